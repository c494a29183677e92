import type { Right } from './right.js';

/** To be elected by a Lease, in the holder's own namespace only. */
export const electionRightsOn = (lease: string): readonly Right[] => [
  {
    group: 'coordination.k8s.io',
    resource: 'leases',
    verbs: ['get', 'update'],
    names: [lease],
    why: 'one of its replicas works, the others stand by',
  },
  {
    group: 'coordination.k8s.io',
    resource: 'leases',
    verbs: ['create'],
    why: 'the first replica makes the Lease; a right to create cannot be bound to a name',
  },
];
