/**
 * Of the account as which kubelets are asked, an account of its own: each kubelet sees its token, so that whoever has taken a
 * node over has what the account may do.
 *
 * To read `/stats/summary` on kubelets. Not `nodes/proxy`, which would let its holder run programs in every container.
 */
export const kubeletRights = [
  { group: '', resource: 'nodes/stats', verbs: ['get'], why: 'reads from each kubelet what its node and its pods use' },
] as const;

/** Beside, to read `/metrics/cadvisor`. */
export const kubeletDiskRights = [
  { group: '', resource: 'nodes/metrics', verbs: ['get'], why: 'reads from each kubelet what its disks do' },
] as const;

/** Of the operator, to ask as that account. */
export const readerTokenRights = (account: string) =>
  [
    {
      group: '',
      resource: 'serviceaccounts/token',
      verbs: ['create'],
      names: [account],
      why: 'asks kubelets as an account that may do nothing else: never as itself, since each kubelet sees the token',
    },
  ] as const;
