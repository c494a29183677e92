/** What a claim says of containers that could not be deleted, or changed. Pure. */
import type { Condition } from '../api/meta/metadata.js';
import { describeRefusals, type Refusal } from '../line/index.js';
import { type ConditionUpdate, findCondition } from '../runtime/index.js';

/** Nothing is said where nothing ever was; what is over is said to be over. */
export function degradedDraft(
  before: readonly Condition[] | undefined,
  refusals: readonly Refusal[],
): readonly ConditionUpdate[] {
  const degraded = describeRefusals(refusals);
  if (degraded) return [{ type: 'Degraded', status: 'True', ...degraded }];
  if (!findCondition(before, 'Degraded')) return [];
  return [{ type: 'Degraded', status: 'False', reason: 'AsExpected', message: 'no container is refused' }];
}
