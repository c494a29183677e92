import type { PodDisruptionBudgetStatus } from '../api/administration.js';
import { setCondition } from '../runtime/index.js';
import type { Instant } from '../support/time.js';

export const disruptionAllowed = 'DisruptionAllowed';

/** The status with the condition that its `disruptionsAllowed` calls for (`UpdateDisruptionAllowedCondition`). */
export function withDisruptionAllowed(status: PodDisruptionBudgetStatus, now: Instant): PodDisruptionBudgetStatus {
  const { observedGeneration } = status;
  const update = {
    type: disruptionAllowed,
    ...(status.disruptionsAllowed > 0
      ? { status: 'True' as const, reason: 'SufficientPods' }
      : { status: 'False' as const, reason: 'InsufficientPods' }),
    message: '',
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  };
  return { ...status, conditions: setCondition(status.conditions, update, now) };
}
