/** What a waiting claim says of its place, and when it says it anew. Pure. */
import type { ContainerPool } from '../../api/container-pool.js';
import { type Duration, type Instant, second } from '../../support/time.js';
import type { QueuePlace } from '../standing.js';
import type { Ahead, Cause } from './view.js';

export interface Waiting {
  readonly queue: QueuePlace;
  readonly cause: Cause;
  /** Containers that the claim lacks. */
  readonly lacks: number;
  /** So many it takes at once, or none. */
  readonly least: number;
  /** Ready, and kept for it. */
  readonly kept: number;
  readonly ahead: Ahead;
  readonly tenant: string;
  readonly pools: readonly {
    readonly pool: ContainerPool;
    /** Most that it may ever have ready. */
    readonly ceiling: number;
    /** Containers of it that the tenant holds, and may hold at most. */
    readonly held: number;
    readonly most: number;
  }[];
}

/** Pools that a sentence names. */
const mostNamed = 3;

export function sentence(waiting: Waiting): string {
  const { queue, lacks, least, kept, ahead } = waiting;
  const parts = [
    `place ${queue.place} of ${queue.length}`,
    `waits for ${lacks} more ${lacks === 1 ? 'container' : 'containers'} of ${namesOf(waiting)}`,
    least > 1 ? `takes none before ${least} can be had` : '',
    kept > 0 ? `${kept} ready are kept for it` : '',
    ahead.kept > 0 ? `${ahead.kept} ready are kept for claim ${nameIn(ahead.first)} ahead of it` : '',
    hindrance(waiting),
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function namesOf({ pools }: Waiting): string {
  const names = pools.map(({ pool }) => pool.metadata.name);
  if (names.length > mostNamed) return `${names.length} pools`;
  return `${names.length === 1 ? 'pool' : 'pools'} ${names.join(', ')}`;
}

const nameIn = (key = ''): string => key.slice(key.indexOf('/') + 1);

function hindrance({ cause, tenant, pools, least }: Waiting): string {
  const who = tenant === '' ? 'claims without a tenant' : `tenant ${tenant}`;
  if (cause === 'limit') {
    const limits = pools
      .filter(({ most }) => most < Infinity)
      .slice(0, mostNamed)
      .map(({ pool, held, most }) => `${held} of at most ${most} containers of pool ${pool.metadata.name}`);
    return `${who} ${tenant === '' ? 'hold' : 'holds'} ${limits.join(', ')} (spec.claims.tenants)`;
  }
  if (cause === 'never') {
    const ceilings = pools
      .slice(0, mostNamed)
      .map(
        ({ pool, ceiling, most }) => `pool ${pool.metadata.name} has at most ${Math.min(ceiling, most)} ready for it`,
      );
    return `waits in vain, and keeps nobody waiting: ${ceilings.join(', ')}, fewer than ${least}: raise the pool's replicas, or ask with a lower minAvailable`;
  }
  return '';
}

/** What a claim says of its place, and when that was written by this process. */
export interface Told {
  readonly queue: QueuePlace | undefined;
  readonly message: string;
  readonly at: Instant;
}

/** The claims at the front say all that changes; of the others only a place that has halved, or doubled, is news. */
export const front = 10;
/** The place of one claim is written anew at most so often. */
export const pause: Duration = 5 * second;
/** So many places are written anew within a second at most, those of all claims together; the front comes first. */
export const perSecond = 20;

/**
 * Whether what a claim says of its place should be written anew: now, after a while, or not at all. With ten thousand that
 * wait, each grant moves all of them: to write that would take more writes than all deliveries.
 */
export function tellAt(told: Told, now: { readonly queue: QueuePlace; readonly message: string }): Instant | undefined {
  if (told.queue === undefined) return -Infinity;
  const { place } = told.queue;
  const isNews =
    now.queue.place <= front
      ? told.message !== now.message
      : now.queue.place * 2 <= place || now.queue.place >= place * 2;
  return isNews ? told.at + pause : undefined;
}
