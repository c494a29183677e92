import type { Right } from './right.js';

const seeing = ['list', 'watch'];

/** To see which nodes the volumes of a pod let it go to. */
export const volumeRights: readonly Right[] = [
  {
    group: '',
    resource: 'persistentvolumeclaims',
    verbs: seeing,
    why: 'sees whether the claims of a pod are bound, and to which volume',
  },
  {
    group: '',
    resource: 'persistentvolumes',
    verbs: seeing,
    why: 'sees within reach of which nodes a volume is',
  },
  {
    group: 'storage.k8s.io',
    resource: 'storageclasses',
    verbs: seeing,
    why: 'sees which claims are bound only when their pod has a node',
  },
  { group: 'storage.k8s.io', resource: 'csinodes', verbs: seeing, why: 'sees how many volumes a node takes' },
  {
    group: 'storage.k8s.io',
    resource: 'csidrivers',
    verbs: seeing,
    why: 'sees which drivers must be on the node of their pods',
  },
  {
    group: 'storage.k8s.io',
    resource: 'volumeattachments',
    verbs: seeing,
    why: 'sees which volumes are attached to a node, or about to be',
  },
];
