import type { TemplatedPool } from '../api/container-pool.js';
import { templateFingerprint } from '../line/index.js';
import { type Duration, minute, parseDuration } from '../support/time.js';

/** By what a pool judges what it has in stock, read once for all its containers. */
export interface StockRules {
  /** The fingerprint of what they are made from now. */
  readonly template: string;
  readonly startDeadline: Duration;
  /** Infinity where they never grow too old. */
  readonly expireAfter: Duration;
  readonly unhealthyAfter: Duration;
  readonly maxRestarts: number;
  /** The durations as the user wrote them. */
  readonly words: { readonly expireAfter: string | undefined; readonly unhealthyAfter: string };
}

export function rulesOf(pool: TemplatedPool): StockRules {
  const { expireAfter, audit, refill } = pool.spec;
  return {
    template: templateFingerprint(pool),
    startDeadline: parseDuration(refill.startDeadline) ?? 5 * minute,
    expireAfter: expireAfter === undefined ? Infinity : (parseDuration(expireAfter) ?? Infinity),
    unhealthyAfter: parseDuration(audit.unhealthyAfter) ?? 0,
    maxRestarts: audit.maxRestarts,
    words: { expireAfter, unhealthyAfter: audit.unhealthyAfter },
  };
}

export const sameRules = (a: StockRules, b: StockRules): boolean =>
  a.template === b.template &&
  a.startDeadline === b.startDeadline &&
  a.expireAfter === b.expireAfter &&
  a.unhealthyAfter === b.unhealthyAfter &&
  a.maxRestarts === b.maxRestarts;
