import type { Pod } from '../api/kubernetes.js';

/**
 * The pod with the times of its deletion as they were first seen. Where its grace has run out, the kubelet's last delete moves
 * them to that moment, after the end of its containers: then they would seem to have ended by themselves.
 */
export function withFirstDeletion(pod: Pod, old: Pod | undefined): Pod {
  const { deletionTimestamp: first, deletionGracePeriodSeconds: grace } = old?.metadata ?? {};
  const { uid, deletionTimestamp } = pod.metadata;
  if (
    uid !== old?.metadata.uid ||
    first === undefined ||
    deletionTimestamp === undefined ||
    deletionTimestamp === first
  )
    return pod;
  const metadata = { ...pod.metadata, deletionTimestamp: first };
  return { ...pod, metadata: grace === undefined ? metadata : { ...metadata, deletionGracePeriodSeconds: grace } };
}
