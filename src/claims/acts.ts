/** What a claim does that is no stage of a line: it makes containers cold, and looks up those that must stay. */
import type { ContainerClaim } from '../api/container-claim.js';
import type { ContainerPool } from '../api/container-pool.js';
import { evictionRequestOf } from '../api/eviction-request.js';
import { Pod, Secret } from '../api/kubernetes.js';
import { nameOf } from '../api/meta/resource.js';
import { origins } from '../api/names.js';
import { isObjectFailure, NotFound } from '../cluster/errors.js';
import {
  claimUidOf,
  coldPod,
  coldSecret,
  hasSucceeded,
  indexOf,
  isOver,
  isReady,
  isTerminating,
  removeSecret,
  type StageContext,
} from '../line/index.js';
import { messageOf } from '../support/errors.js';
import type { Random } from '../support/random.js';
import type { Assignment } from './offer.js';
import type { ClaimPlan, Retirement } from './plan.js';
import type { Secrets } from './secrets.js';

/**
 * Those that may go. Of two containers with one number the other one is looked up first: it may have ended since, unseen
 * by a cache that is behind, and then this one is the only one.
 */
export async function withKeepers<R extends Retirement>(
  retire: readonly R[],
  { cluster, signal }: StageContext,
): Promise<readonly R[]> {
  const kept = await Promise.all(
    retire.map(async ({ keeper }) => {
      if (!keeper) return true;
      const live = await cluster.get(Pod, nameOf(keeper), { signal }).catch((error: unknown) => {
        if (error instanceof NotFound) return undefined;
        throw error;
      });
      return live?.metadata.uid === keeper.metadata.uid && fulfilsSame(live, keeper);
    }),
  );
  return retire.filter((_, index) => kept[index]);
}

/** As well as it was known to: one that has ceased to be ready, or is asked to go since, is not to be relied on. */
const fulfilsSame = (live: Pod, known: Pod): boolean =>
  (hasSucceeded(live) || (!(isTerminating(live) || isOver(live)) && (isReady(live) || !isReady(known)))) &&
  (evictionRequestOf(live) === undefined || evictionRequestOf(known) !== undefined) &&
  claimUidOf(live) === claimUidOf(known) &&
  indexOf(live) === indexOf(known);

/** How many containers one claim may be creating at once: cold starts are no reason to keep deliveries waiting. */
const coldAtOnce = 16;

export interface ColdStart extends Pick<ClaimPlan, 'cold' | 'expiresAt'> {
  readonly claim: ContainerClaim;
  readonly secrets: Secrets;
  /** The version of the line that a pool's containers go by. */
  readonly lineOf: (pool: ContainerPool) => string | undefined;
  readonly random: Random;
}

export interface StartedCold {
  readonly made: number;
  /** The server's words, where it refuses an item. */
  readonly refusal?: string;
}

/**
 * Makes containers for the claim itself, as their pools would have made them. What is refused to one of an item would be to
 * all others of it, and says nothing about other items. Throws when the server fails as such.
 */
export async function makeCold({ cold, ...start }: ColdStart, context: StageContext): Promise<StartedCold> {
  const refused = new Map<string, string>();
  let made = 0;
  const make = async (assignment: Assignment) => {
    const { itemName } = assignment.slot;
    try {
      await makeOne(assignment, start, context);
      made++;
    } catch (error) {
      if (context.signal.aborted || !isObjectFailure(error)) throw error;
      refused.set(itemName, messageOf(error));
    }
  };
  for (let rest = cold; rest.length > 0; rest = rest.slice(coldAtOnce)) {
    context.signal.throwIfAborted();
    rest = rest.filter(({ slot }) => !refused.has(slot.itemName));
    await allOf(rest.slice(0, coldAtOnce).map(make));
  }
  const several = start.claim.spec.items.length > 1;
  const [refusal] = [...refused].map(([item, words]) => (several ? `item ${item}: ${words}` : words));
  return { made, ...(refusal !== undefined && { refusal }) };
}

async function makeOne(
  { slot, pool }: Assignment,
  { claim, expiresAt, secrets, lineOf, random }: Omit<ColdStart, 'cold'>,
  context: StageContext,
): Promise<void> {
  const { cluster, clock, term, signal } = context;
  const delivery = {
    claim,
    slot,
    origin: origins.cold,
    line: lineOf(pool),
    term,
    now: clock.now(),
    ...(expiresAt !== undefined && { expiresAt }),
  };
  const pod = coldPod(pool, delivery, random);
  const secret = slot.item.secret && secrets.get(slot.item.secret.name);
  const { name } = pod.metadata;
  // before the pod: the kubelet looks for it once, when it starts the container, and then not for a while
  const brought =
    secret && name !== undefined
      ? await cluster.create(Secret, coldSecret({ ...delivery, secret }, name), { flow: 'control', signal })
      : undefined;
  try {
    await cluster.create(Pod, pod, { flow: 'control', signal });
  } catch (error) {
    // where it is not known whether there is a pod now, it may need its Secret
    if (brought && isObjectFailure(error)) await removeSecret(brought, context);
    throw error;
  }
}

/** Waits for all, also when one of them fails. */
async function allOf(all: readonly Promise<void>[]): Promise<void> {
  for (const one of await Promise.allSettled(all)) if (one.status === 'rejected') throw one.reason;
}
