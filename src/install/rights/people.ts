import { group } from '../../api/names.js';
import type { Right } from './right.js';

/** Come to everybody who has Kubernetes' own role `view`, and with it to `edit` and `admin`. */
export const viewerRights: readonly Right[] = [
  { group, resource: 'containerpools', verbs: ['get', 'list', 'watch'], why: 'look at pools' },
  { group, resource: 'containerclaims', verbs: ['get', 'list', 'watch'], why: 'look at claims' },
  { group, resource: 'containermigrations', verbs: ['get', 'list', 'watch'], why: 'look at migrations' },
  { group, resource: 'productionlines', verbs: ['get', 'list', 'watch'], why: 'look at production lines' },
  { group, resource: 'productionlines/status', verbs: ['get'], why: 'look at whether a line was accepted' },
  { group, resource: 'containerpools/status', verbs: ['get'], why: 'look at how a stock stands' },
  { group, resource: 'containerclaims/status', verbs: ['get'], why: 'look at how a claim stands' },
  { group, resource: 'containermigrations/status', verbs: ['get'], why: 'look at what was moved' },
  { group, resource: 'containerpools/scale', verbs: ['get'], why: 'look at the size of a stock' },
];

const writing = ['create', 'delete', 'deletecollection', 'patch', 'update'];

/** Come to everybody who has Kubernetes' own role `edit` or `admin`, beside what viewers may. */
export const editorRights: readonly Right[] = [
  { group, resource: 'containerpools', verbs: writing, why: 'keep pools' },
  { group, resource: 'containerclaims', verbs: writing, why: 'claim containers and give them back' },
  { group, resource: 'containermigrations', verbs: writing, why: 'move containers between workloads' },
  { group, resource: 'containerpools/scale', verbs: ['patch', 'update'], why: '`kubectl scale`, autoscalers' },
];

/**
 * Come to everybody who has Kubernetes' own role `admin`, beside what editors may: a line makes the operator call addresses
 * and run programs in containers.
 */
export const adminRights: readonly Right[] = [
  { group, resource: 'productionlines', verbs: writing, why: 'arrange production lines' },
];
