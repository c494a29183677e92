/** Pods that are asked to go, and what may take their place. Pure readings. */
import { evictionRequestOf } from '../api/eviction-request.js';
import type { Pod } from '../api/kubernetes.js';

/** Whether the container stands where the replacement of the one that is asked to go is to be; for one that is not asked, nothing does. */
export function standsFor(container: Pod, asked: Pod): boolean {
  const request = evictionRequestOf(asked);
  const there = container.spec?.nodeName;
  if (!request || there === undefined) return false;
  return request.node === undefined ? there !== asked.spec?.nodeName : there === request.node;
}
