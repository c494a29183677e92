import { claimColumns, lineColumns, migrationColumns, poolColumns } from './columns.js';
import { ContainerClaim } from './container-claim.js';
import { containerClaimSpec, containerClaimStatus } from './container-claim-schema.js';
import { ContainerMigration } from './container-migration.js';
import { containerMigrationSpec, containerMigrationStatus } from './container-migration-schema.js';
import { ContainerPool } from './container-pool.js';
import { containerPoolSpec, containerPoolStatus } from './container-pool-schema.js';
import { type Definition, define } from './definition.js';
import type { Kind } from './meta/kind.js';
import type { Resource } from './meta/resource.js';
import { ProductionLine } from './production-line.js';
import { productionLineSpec, productionLineStatus } from './production-line-schema.js';
import { equal } from './schema/equality.js';

export const containerPool = define({
  kind: ContainerPool,
  about: 'A stock of ready containers, kept ahead of demand.',
  shortName: 'cpool',
  spec: containerPoolSpec,
  status: containerPoolStatus,
  transitions: [],
  scale: { replicas: '.spec.replicas', ready: '.status.replicas', selector: '.status.selector' },
  columns: poolColumns,
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
  columns: claimColumns,
});

export const productionLine = define({
  kind: ProductionLine,
  about: 'The stages by which the containers of pools are made, delivered and reclaimed.',
  shortName: 'pline',
  spec: productionLineSpec,
  status: productionLineStatus,
  transitions: [],
  columns: lineColumns,
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
  columns: migrationColumns,
});

/** The kinds that Penstock adds to a cluster. */
export const definitions: readonly Definition[] = [containerPool, containerClaim, containerMigration, productionLine];

/** What is known of a kind, if it is one of ours. */
export function definitionOf({ group, name }: Pick<Kind<Resource>, 'group' | 'name'>): Definition | undefined {
  return definitions.find(({ kind }) => kind.group === group && kind.name === name);
}
