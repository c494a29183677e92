import type { Pod } from '../api/kubernetes.js';
import { type Instant, instantOf, second } from '../support/time.js';
import { isTerminal } from '../scheduling/pod-phase.js';

/** Neither ended nor asked to. */
export const isActive = (pod: Pod): boolean => !isTerminal(pod) && pod.metadata.deletionTimestamp === undefined;

const readyCondition = (pod: Pod) => pod.status?.conditions?.find(({ type }) => type === 'Ready');
export const isReady = (pod: Pod): boolean => readyCondition(pod)?.status === 'True';

/** Since when a pod is Ready; nothing when it is not. */
export function readySince(pod: Pod): Instant | undefined {
  const ready = readyCondition(pod);
  return ready?.status === 'True' ? (instantOf(ready.lastTransitionTime) ?? 0) : undefined;
}

/** When a pod that is Ready counts as available; nothing when it is not Ready. */
export function availableAt(pod: Pod, minReadySeconds = 0): Instant | undefined {
  if (minReadySeconds === 0) return isReady(pod) ? 0 : undefined;
  const since = readySince(pod);
  return since === undefined ? undefined : since + minReadySeconds * second;
}
