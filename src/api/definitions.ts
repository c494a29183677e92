import { ContainerClaim, containerClaimSpec, containerClaimStatus } from './container-claim.js';
import { ContainerPool, containerPoolSpec, containerPoolStatus } from './container-pool.js';
import { ContainerMigration, containerMigrationSpec, containerMigrationStatus } from './container-migration.js';
import { type Definition, define } from './definition.js';
import type { Kind } from './meta/kind.js';
import type { Resource } from './meta/resource.js';
import { ProductionLine, productionLineSpec, productionLineStatus } from './production-line.js';
import { equal } from './schema/equality.js';

const age = { name: 'Age', type: 'date', path: '.metadata.creationTimestamp', about: 'Since its creation.' } as const;

export const containerPool = define({
  kind: ContainerPool,
  about: 'A stock of ready containers, kept ahead of demand.',
  shortName: 'cpool',
  spec: containerPoolSpec,
  status: containerPoolStatus,
  transitions: [],
  scale: { replicas: '.spec.replicas', ready: '.status.replicas', selector: '.status.selector' },
  columns: [
    { name: 'Desired', type: 'integer', path: '.status.desired', about: 'Containers to keep ready.' },
    { name: 'Ready', type: 'integer', path: '.status.ready', about: 'Containers that can be delivered now.' },
    { name: 'Delivered', type: 'integer', path: '.status.delivered', about: 'Containers that claims hold now.' },
    { name: 'Hit-Rate', type: 'string', path: '.status.hitRate', about: 'The share that was delivered from stock.' },
    {
      name: 'Starting',
      type: 'integer',
      path: '.status.starting',
      about: 'Containers that are not ready yet.',
      wide: true,
    },
    age,
  ],
});

export const containerClaim = define({
  kind: ContainerClaim,
  about: 'A request for a batch of containers from a pool, each item with its own configuration.',
  shortName: 'cclaim',
  spec: containerClaimSpec,
  status: containerClaimStatus,
  transitions: [
    {
      field: 'spec',
      rule: 'self == oldSelf',
      message: 'cannot be changed: delete the claim and create a new one',
      reason: 'FieldValueForbidden',
      check: equal,
    },
  ],
  columns: [
    { name: 'Desired', type: 'integer', path: '.status.desired', about: 'Containers that the claim asks for.' },
    { name: 'Delivered', type: 'integer', path: '.status.allocated', about: 'Containers that belong to it.' },
    { name: 'Ready', type: 'integer', path: '.status.ready', about: 'Of these, those that are ready.' },
    {
      name: 'Reason',
      type: 'string',
      path: '.status.conditions[?(@.type=="Delivered")].reason',
      about: 'Why it is delivered, or not yet.',
    },
    { name: 'Place', type: 'integer', path: '.status.queue.place', about: 'Its place in the queue.' },
    { name: 'Pool', type: 'string', path: '.spec.pool.name', about: 'The pool to deliver from.', wide: true },
    { name: 'Tenant', type: 'string', path: '.spec.tenant', about: 'On whose behalf.', wide: true },
    { name: 'Priority', type: 'integer', path: '.spec.priority', about: 'Higher ones go first.', wide: true },
    age,
  ],
});

export const productionLine = define({
  kind: ProductionLine,
  about: 'The stages by which the containers of pools are made, delivered and reclaimed.',
  shortName: 'pline',
  spec: productionLineSpec,
  status: productionLineStatus,
  transitions: [],
  columns: [
    {
      name: 'Accepted',
      type: 'string',
      path: '.status.conditions[?(@.type=="Accepted")].status',
      about: 'Whether pools can work by it as it is now.',
    },
    {
      name: 'Reason',
      type: 'string',
      path: '.status.conditions[?(@.type=="Accepted")].reason',
      about: 'Why, in one word.',
    },
    age,
  ],
});

/** What may change later: how far it is to go. */
const steering: ReadonlySet<string> = new Set(['paused', 'cancelled', 'deadline']);

const withoutSteering = (spec: unknown): unknown =>
  typeof spec === 'object' && spec !== null
    ? Object.fromEntries(Object.entries(spec).filter(([field]) => !steering.has(field)))
    : spec;

export const containerMigration = define({
  kind: ContainerMigration,
  about: 'Moves running containers from one workload to another, without a restart.',
  shortName: 'cmig',
  spec: containerMigrationSpec,
  status: containerMigrationStatus,
  transitions: [
    {
      field: 'spec',
      rule: [
        'self.from == oldSelf.from && self.to == oldSelf.to && self.order == oldSelf.order && self.keepSource == oldSelf.keepSource',
        'has(self.count) == has(oldSelf.count) && (!has(self.count) || self.count == oldSelf.count)',
        'has(self.tenant) == has(oldSelf.tenant) && (!has(self.tenant) || self.tenant == oldSelf.tenant)',
      ].join(' && '),
      message: 'cannot be changed but for paused, cancelled and deadline: create another migration',
      reason: 'FieldValueForbidden',
      check: (now, before, schema) => equal(withoutSteering(now), withoutSteering(before), schema),
    },
  ],
  columns: [
    { name: 'From', type: 'string', path: '.spec.from.name', about: 'Whose containers they are.' },
    { name: 'To', type: 'string', path: '.spec.to.name', about: 'Whose they are to be.' },
    { name: 'Desired', type: 'integer', path: '.status.desired', about: 'Containers to be moved.' },
    { name: 'Moved', type: 'integer', path: '.status.moved', about: 'Of these, those that have been.' },
    {
      name: 'Reason',
      type: 'string',
      path: '.status.conditions[?(@.type=="Complete")].reason',
      about: 'Where it stands, in one word.',
    },
    { name: 'Source', type: 'string', path: '.spec.from.kind', about: 'The kind that they come from.', wide: true },
    { name: 'Target', type: 'string', path: '.spec.to.kind', about: 'The kind that they go to.', wide: true },
    age,
  ],
});

/** The kinds that Penstock adds to a cluster. */
export const definitions: readonly Definition[] = [containerPool, containerClaim, containerMigration, productionLine];

/** What is known of a kind, if it is one of ours. */
export function definitionOf({ group, name }: Pick<Kind<Resource>, 'group' | 'name'>): Definition | undefined {
  return definitions.find(({ kind }) => kind.group === group && kind.name === name);
}
