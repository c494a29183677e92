import { customResourceDefinitions } from '../../api/crds.js';
import { group } from '../../api/names.js';
import { leaseName } from '../names.js';
import { electionRightsOn } from './election.js';
import type { Right } from './right.js';

/**
 * Everything that the operator may do, and nothing else. A test runs it with these rights alone and compares them with
 * the calls that it made: what is missing here fails there, and so does what nothing used.
 */
export const operatorRights: readonly Right[] = [
  {
    group,
    resource: 'containerpools',
    verbs: ['get', 'list', 'watch'],
    why: 'sees which stock is wanted; asks once more before it clears a stock whose pool is gone',
  },
  { group, resource: 'containerpools/status', verbs: ['patch'], why: 'says how the stock stands' },
  {
    group,
    resource: 'containerclaims',
    verbs: ['delete', 'get', 'list', 'patch', 'watch'],
    why: 'sees what is asked for; holds a claim, by a finalizer, until its containers have gone back to their pool or passed what their line has for their end; deletes it when `ttlSecondsAfterFinished` is over',
  },
  { group, resource: 'containerclaims/status', verbs: ['patch'], why: 'says what was delivered' },
  {
    group,
    resource: 'containermigrations',
    verbs: ['list', 'watch'],
    why: 'sees which running containers are to change their workload',
  },
  { group, resource: 'containermigrations/status', verbs: ['patch'], why: 'says what was moved' },
  {
    group,
    resource: 'productionlines',
    verbs: ['get', 'list', 'watch'],
    why: 'sees by which stages containers are made, delivered and reclaimed; reads that of a pool which a migration names',
  },
  { group, resource: 'productionlines/status', verbs: ['patch'], why: 'says whether a line can be worked by' },
  {
    group: '',
    resource: 'pods',
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'watch'],
    why: 'makes stock, hands containers over with one patch, retires what is used, lost or unfit',
  },
  {
    group: '',
    resource: 'pods/eviction',
    verbs: ['create'],
    why: 'has a container of a claim go that was asked to, once another one has taken its place, as far as disruption budgets allow it',
  },
  {
    group: '',
    resource: 'pods/resize',
    verbs: ['patch'],
    why: 'gives a delivered container the resources that its claim wants, in place',
  },
  {
    group: 'apps',
    resource: 'deployments',
    verbs: ['get', 'list', 'patch', 'watch'],
    why: 'sees which Deployments take their new replicas from a pool; reads, and makes larger or smaller, one that a migration names',
  },
  {
    group: 'apps',
    resource: 'replicasets',
    verbs: ['list', 'watch'],
    why: 'sees which template their pods have, and how many there are to be',
  },
  {
    group: '',
    resource: 'nodes',
    verbs: ['list', 'watch'],
    why: 'sees which nodes are cordoned, drained or taken away, as their stock is given to nobody and replaced; reads the labels of nodes where the template of a Deployment says which replicas may stand beside which',
  },
  {
    group: '',
    resource: 'configmaps',
    verbs: ['create', 'get', 'patch'],
    why: 'writes down what was asked of a pool that sizes itself, so that a restart forgets nothing; only those that it made, `POOL-demand-UID`, though a right cannot be bound to such names',
  },
  {
    group: 'apps',
    resource: 'controllerrevisions',
    verbs: ['create', 'delete', 'list'],
    why: 'keeps the last template that worked, of a pool whose renewal may roll back; only those that it made, `POOL-TEMPLATE-UID`',
  },
  { group: 'events.k8s.io', resource: 'events', verbs: ['create', 'patch'], why: 'reports what people should know' },
  {
    group: 'apiextensions.k8s.io',
    resource: 'customresourcedefinitions',
    verbs: ['get'],
    names: customResourceDefinitions.map(({ metadata }) => metadata.name ?? ''),
    why: 'refuses to work with definitions that are older than itself',
  },
  {
    group,
    resource: 'containerpools/finalizers',
    verbs: ['update'],
    askedBy: 'admission',
    why: 'makes pods that keep their pool from going first, where the server checks that (OwnerReferencesPermissionEnforcement)',
  },
  {
    group,
    resource: 'containerclaims/finalizers',
    verbs: ['update'],
    askedBy: 'admission',
    why: 'the same for the pods of claims',
  },
  {
    group: 'apps',
    resource: 'replicasets/finalizers',
    verbs: ['update'],
    askedBy: 'admission',
    why: 'the same for containers that become replicas of a Deployment',
  },
  {
    group,
    resource: 'reservedmarks',
    verbs: ['set'],
    askedBy: 'admission',
    why: 'sets the labels and annotations that are reserved to the operator: no resource, the policy asks for this right',
  },
];

/** Only with the feature `secrets`: who does without Secrets in claims need not give the operator any. */
export const secretRights: readonly Right[] = [
  {
    group: '',
    resource: 'secrets',
    verbs: ['create', 'delete', 'get'],
    why: 'reads the Secret that a claim names, and puts it where the container looks for it; it cannot list them',
  },
];

/** Only with the feature `exec`: for lines that run programs in containers. */
export const execRights: readonly Right[] = [
  {
    group: '',
    resource: 'pods/exec',
    verbs: ['get'],
    why: 'runs the programs that the stages warm and notify of a production line name, in the containers of its pools: over a WebSocket that begins with a GET',
  },
  {
    group: '',
    resource: 'pods/exec',
    verbs: ['create'],
    askedBy: 'admission',
    why: 'the same: servers from 1.35 on ask for it besides',
  },
];

/** In the operator's own namespace only. */
export const electionRights = electionRightsOn(leaseName);
