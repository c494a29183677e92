/** Containers that a stage could not act on, because a call for just this one failed: each has a back-off of its own. */
import type { Key, Resource } from '../api/meta/resource.js';
import { backOffDelay, type Context } from '../runtime/index.js';
import { type Duration, type Instant, minute, second } from '../support/time.js';
import type { Verdict } from './stage.js';

/** A failure that concerns one container. */
export interface Refusal {
  /** The pod's name. */
  readonly pod: string;
  readonly stage: string;
  /** Whether the pod was to be deleted. */
  readonly deletes: boolean;
  /** The server's words. */
  readonly message: string;
  /** Whether it is the first of this container in a row. */
  readonly isNew: boolean;
}

const backOff = { base: second, max: 2 * minute };
/** Containers that are remembered: of more the oldest are tried again. */
const remembered = 10_000;

/** Of which container it is, and which pool made that. */
export interface RefusedPod {
  readonly pod: Key;
  readonly pool: Key;
}

interface Entry {
  readonly of: RefusedPod | undefined;
  readonly refusal: Refusal;
  readonly failures: number;
  /** No try before. */
  readonly until: Instant;
}

/** In memory only: a restarted operator tries each once more, and learns it again. */
export class Refusals {
  readonly #entries = new Map<string, Entry>();
  /** The pods by the pool that made them, then by the entry's key. */
  readonly #byPool = new Map<Key, Map<string, Key>>();

  /** What is known of the container, and how long it waits for its next try, where that is not due. */
  pending(key: string, now: Instant): { readonly refusal: Refusal; readonly after: Duration } | undefined {
    const entry = this.#entries.get(key);
    return entry && now < entry.until ? { refusal: entry.refusal, after: entry.until - now } : undefined;
  }

  /** Returns after how long to try again. */
  note(
    key: string,
    refusal: Omit<Refusal, 'isNew'>,
    now: Instant,
    of?: RefusedPod,
  ): { readonly refusal: Refusal; readonly after: Duration } {
    const failures = (this.#entries.get(key)?.failures ?? 0) + 1;
    const after = backOffDelay(failures, backOff);
    this.forget(key);
    this.#entries.set(key, { refusal: { ...refusal, isNew: false }, failures, until: now + after, of });
    if (of) this.#byPool.set(of.pool, (this.#byPool.get(of.pool) ?? new Map()).set(key, of.pod));
    if (this.#entries.size > remembered)
      for (const [oldest] of this.#entries) {
        this.forget(oldest);
        break;
      }
    return { refusal: { ...refusal, isNew: failures === 1 }, after };
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  forget(key: string): void {
    const of = this.#entries.get(key)?.of;
    this.#entries.delete(key);
    if (!of) return;
    const pods = this.#byPool.get(of.pool);
    pods?.delete(key);
    if (pods?.size === 0) this.#byPool.delete(of.pool);
  }

  /** The pods of a pool that could not be acted on, by their keys. */
  of(pool: Key): readonly Key[] {
    return [...(this.#byPool.get(pool)?.values() ?? [])];
  }
}

export function refusalsIn(verdicts: readonly Verdict<unknown>[]): readonly Refusal[] {
  return verdicts.flatMap((one) => (one.verdict === 'retry' ? (one.refusal ?? []) : []));
}

/** An Event for each that is new, not for each try. */
export function warnOfRefusals(regarding: Resource, refusals: readonly Refusal[], { events }: Context): void {
  const news = describeRefusals(refusals.filter(({ isNew }) => isNew));
  if (news) events.record(regarding, 'Warning', news.reason, news.message);
}

/** What a Degraded condition says of them: deletions first, as what cannot go takes room. Nothing where there are none. */
export function describeRefusals(
  refusals: readonly Refusal[],
): { readonly reason: string; readonly message: string } | undefined {
  const [deletions, others] = [refusals.filter(({ deletes }) => deletes), refusals.filter(({ deletes }) => !deletes)];
  const messages = [describe(deletions, 'cannot be deleted'), describe(others, 'cannot be changed')];
  const message = messages.filter((one) => one !== undefined).join('; ');
  if (message === '') return undefined;
  return { reason: deletions.length > 0 ? 'DeletionRefused' : 'ContainerRefused', message };
}

function describe(refusals: readonly Refusal[], what: string): string | undefined {
  // the same example each time: a condition is not to change with the order of the tries
  const [first] = refusals.toSorted((a, b) => (a.pod < b.pod ? -1 : 1));
  if (!first) return undefined;
  const count = new Set(refusals.map(({ pod }) => pod)).size;
  const who = count === 1 ? `pod ${first.pod} ${what}` : `${count} pods ${what}, such as ${first.pod}`;
  const stage = first.deletes ? '' : ` (stage ${first.stage})`;
  return `${who}${stage}: ${first.message}`;
}
