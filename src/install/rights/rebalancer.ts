import { PodDisruptionBudget } from '../../api/administration.js';
import { evictionMark, group } from '../../api/names.js';
import { moveLogName } from '../../operator/index.js';
import { rebalancerName } from '../names.js';
import { electionRightsOn } from './election.js';
import type { Right } from './right.js';
import { volumeRights } from './volumes.js';

const seeing = ['list', 'watch'];

/**
 * Everything that the rebalancer may do in all namespaces, and nothing else; what it needs to read the use of nodes stands with the
 * sources, in `scheduler/use`. A test runs it with these rights alone and compares them with the calls that it made.
 */
export const rebalancerRights: readonly Right[] = [
  {
    group: '',
    resource: 'pods',
    verbs: seeing,
    why: 'sees what nodes hold, which pods may be moved, which stand in stock and which wait for a node',
  },
  {
    group: '',
    resource: 'pods',
    verbs: ['patch'],
    why: 'asks the owner of a container for a replacement, in the annotation `penstock.dev/eviction-request`, and takes that back',
  },
  {
    group: '',
    resource: 'pods/eviction',
    verbs: ['create'],
    why: 'evicts pods for which nobody responds, as far as disruption budgets allow',
  },
  {
    group: PodDisruptionBudget.group,
    resource: PodDisruptionBudget.plural,
    verbs: seeing,
    why: 'sees which pods may not be evicted now',
  },
  { group: '', resource: 'nodes', verbs: seeing, why: 'sees which nodes there are, and what they offer' },
  {
    group: '',
    resource: 'nodes',
    verbs: ['get', 'patch'],
    why: 'says of a node that it is being emptied or can be stopped, in a label, an annotation and a taint, and takes that back',
  },
  {
    group: '',
    resource: 'namespaces',
    verbs: seeing,
    why: 'sees the labels of namespaces, by which affinity selects those of other pods',
  },
  ...volumeRights,
  {
    group: 'events.k8s.io',
    resource: 'events',
    verbs: ['create', 'patch'],
    why: 'reports what it moves and why, and of which nodes it says what',
  },
  {
    group,
    resource: 'reservedmarks',
    verbs: ['set'],
    names: [evictionMark],
    askedBy: 'admission',
    why: 'sets that annotation, where the feature `reserved` reserves it; no other mark of Penstock',
  },
];

/** In its own namespace only. */
export const rebalancerHomeRights: readonly Right[] = [
  ...electionRightsOn(rebalancerName),
  {
    group: '',
    resource: 'configmaps',
    verbs: ['get', 'patch'],
    names: [moveLogName],
    why: 'writes down which moves were begun, so that who leads next keeps to the budgets and sends nothing back',
  },
  {
    group: '',
    resource: 'configmaps',
    verbs: ['create'],
    why: 'the first move makes that ConfigMap; a right to create cannot be bound to a name',
  },
];
