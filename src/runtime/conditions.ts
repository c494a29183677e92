import type { Condition } from '../api/meta/metadata.js';
import { type Instant, timestamp } from '../support/time.js';

export type ConditionUpdate = Omit<Condition, 'lastTransitionTime'>;

/**
 * The conditions with this one set: replaced in its place, or added at the end. `lastTransitionTime` changes only when the
 * status does. Returns the very same array when nothing changes, so that a caller sees that there is nothing to write.
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  update: ConditionUpdate,
  now: Instant,
): readonly Condition[] {
  const known = conditions ?? [];
  const place = known.findIndex(({ type }) => type === update.type);
  const old = known[place];
  if (old && isSame(old, update)) return known;
  const lastTransitionTime = old?.status === update.status ? old.lastTransitionTime : timestamp(now);
  const condition = { ...update, lastTransitionTime };
  return old ? known.with(place, condition) : [...known, condition];
}

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

function isSame(old: Condition, update: ConditionUpdate): boolean {
  return (
    old.status === update.status &&
    old.reason === update.reason &&
    old.message === update.message &&
    old.observedGeneration === update.observedGeneration
  );
}
