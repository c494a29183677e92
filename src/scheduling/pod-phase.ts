import type { Pod } from '../api/kubernetes.js';

/** A pod that has ended holds nothing any more and does not run again (`IsPodTerminal`). */
export const isTerminal = (pod: Pick<Pod, 'status'>): boolean =>
  pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
