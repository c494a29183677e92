import { PodDisruptionBudget } from '../../api/administration.js';
import { ReplicaSet, ReplicationController, Service, StatefulSet } from '../../api/kubernetes.js';
import { PodGroup } from '../../api/pod-group.js';
import { schedulerName } from '../names.js';
import { electionRightsOn } from './election.js';
import type { Right } from './right.js';
import { volumeRights } from './volumes.js';

const seeing = ['list', 'watch'];

/** What `kube-default` spreads pods by that state no constraint. */
const spreadRights: readonly Right[] = [Service, ReplicationController, ReplicaSet, StatefulSet].map(
  ({ group, plural, name }) => ({
    group,
    resource: plural,
    verbs: seeing,
    why: `sees which pods a ${name} selects: the policy \`kube-default\` spreads them; not watched without that policy`,
  }),
);

/**
 * Everything that the scheduler may do in all namespaces, and nothing else; what it needs to read the use of nodes stands with the
 * sources, in `scheduler/use`. A test runs it with these rights alone and compares them with the calls that it made.
 */
export const schedulerRights: readonly Right[] = [
  {
    group: '',
    resource: 'pods',
    verbs: seeing,
    why: 'sees which pods wait for a node, and what those on nodes hold',
  },
  {
    group: '',
    resource: 'pods',
    verbs: ['get'],
    why: 'reads what became of a pod whose binding had no answer, or came too late',
  },
  { group: '', resource: 'pods', verbs: ['delete'], why: 'has pods of a lower priority make room for others' },
  {
    group: PodDisruptionBudget.group,
    resource: PodDisruptionBudget.plural,
    verbs: seeing,
    why: 'sees which pods are to be spared when others make room',
  },
  {
    group: PodGroup.group,
    resource: PodGroup.plural,
    verbs: seeing,
    why: 'sees which pods are placed all together or not at all, where the server has PodGroups',
  },
  {
    group: PodGroup.group,
    resource: `${PodGroup.plural}/status`,
    verbs: ['patch'],
    why: 'says whether a PodGroup was scheduled, in its condition `PodGroupInitiallyScheduled`',
  },
  { group: '', resource: 'nodes', verbs: seeing, why: 'sees which nodes there are, and what they offer' },
  { group: '', resource: 'pods/binding', verbs: ['create'], why: 'binds a pod to a node' },
  {
    group: '',
    resource: 'pods/status',
    verbs: ['patch'],
    why: 'says why a pod has no node, in its condition `PodScheduled`, where it is going while its binding takes long or others make room, in `nominatedNodeName`, and why a pod makes room, in its condition `DisruptionTarget`',
  },
  {
    group: 'events.k8s.io',
    resource: 'events',
    verbs: ['create', 'patch'],
    why: 'reports where pods went, and why they wait',
  },
  {
    group: '',
    resource: 'namespaces',
    verbs: seeing,
    why: 'sees the labels of namespaces, by which affinity selects those of other pods',
  },
  ...spreadRights,
  ...volumeRights,
];

/** In its own namespace only. */
export const schedulerElectionRights = electionRightsOn(schedulerName);
