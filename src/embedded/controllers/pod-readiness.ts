import type { Pod } from '../../api/kubernetes.js';
import { type Instant, instantOf, second } from '../../support/time.js';
import { hasEnded } from '../amounts.js';

/** Neither ended nor asked to. */
export const isActive = (pod: Pod): boolean => !hasEnded(pod) && pod.metadata.deletionTimestamp === undefined;

/** Since when a pod is Ready; nothing when it is not. */
export function readySince(pod: Pod): Instant | undefined {
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' ? (instantOf(ready.lastTransitionTime) ?? 0) : undefined;
}

/** When a pod that is Ready counts as available; nothing when it is not Ready. */
export function availableAt(pod: Pod, minReadySeconds = 0): Instant | undefined {
  const since = readySince(pod);
  return since === undefined ? undefined : since + minReadySeconds * second;
}
