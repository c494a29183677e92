/** To read `/stats/summary` on kubelets. Not `nodes/proxy`, which would let its holder run programs in every container. */
export const kubeletRights = [
  { group: '', resource: 'nodes/stats', verbs: ['get'], why: 'reads from each kubelet what its node and its pods use' },
] as const;

/** Beside, to read `/metrics/cadvisor`. */
export const kubeletDiskRights = [
  { group: '', resource: 'nodes/metrics', verbs: ['get'], why: 'reads from each kubelet what its disks do' },
] as const;
