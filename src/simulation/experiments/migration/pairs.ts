/** Every pair of workloads between which containers may be moved. */
import type { ContainerMigrationSpec, Workload } from '../../../api/container-migration.js';
import type { End, MigrationWorkloads, Outcome } from './workloads.js';

const pool = (name: string): Workload => ({ kind: 'ContainerPool', name });
const claim = (name: string): Workload => ({ kind: 'ContainerClaim', name });
const deployment = (name: string): Workload => ({ kind: 'Deployment', name });

export interface Pair {
  readonly from: End;
  readonly to: End;
  /** Makes both ends, with three containers to move, and tells what they are and how many each has when two are moved. */
  prepare(
    workloads: MigrationWorkloads,
    name: string,
  ): Promise<{
    readonly spec: Pick<ContainerMigrationSpec, 'from' | 'to'> & Partial<ContainerMigrationSpec>;
    readonly counts: Outcome['counts'];
  }>;
}

/** Of each, two of three containers go. */
export const pairs: readonly Pair[] = [
  {
    from: 'pool',
    to: 'claim',
    async prepare(workloads, name) {
      await workloads.pool(`${name}-a`, 3);
      await workloads.pool(`${name}-b`, 0);
      await workloads.claim(`${name}-b`, 2, {}, false);
      return { spec: { from: pool(`${name}-a`), to: claim(`${name}-b`) }, counts: { from: 3, to: 2 } };
    },
  },
  {
    from: 'claim',
    to: 'claim',
    async prepare(workloads, name) {
      await workloads.pool(`${name}-a`, 3);
      await workloads.claim(`${name}-a`, 3);
      await workloads.pool(`${name}-c`, 0);
      await workloads.claim(`${name}-b`, 2, { pool: { name: `${name}-c` } }, false);
      return { spec: { from: claim(`${name}-a`), to: claim(`${name}-b`) }, counts: { from: 1, to: 2 } };
    },
  },
  {
    from: 'claim',
    to: 'pool',
    async prepare(workloads, name) {
      await workloads.supervisedPool(`${name}-a`, 3);
      await workloads.claim(`${name}-a`, 3);
      return { spec: { from: claim(`${name}-a`), to: pool(`${name}-a`) }, counts: { from: 1, to: 5 } };
    },
  },
  {
    from: 'pool',
    to: 'pool',
    async prepare(workloads, name) {
      await workloads.pool(`${name}-a`, 3);
      await workloads.emptyPool(`${name}-b`, 2);
      return { spec: { from: pool(`${name}-a`), to: pool(`${name}-b`) }, counts: { from: 3, to: 2 } };
    },
  },
  {
    from: 'pool',
    to: 'Deployment',
    async prepare(workloads, name) {
      await workloads.pool(`${name}-a`, 3);
      await workloads.deployment(`${name}-b`, 1);
      return { spec: { from: pool(`${name}-a`), to: deployment(`${name}-b`) }, counts: { from: 3, to: 3 } };
    },
  },
  {
    from: 'claim',
    to: 'Deployment',
    async prepare(workloads, name) {
      await workloads.pool(`${name}-a`, 3);
      await workloads.claim(`${name}-a`, 3);
      await workloads.deployment(`${name}-b`, 1);
      return { spec: { from: claim(`${name}-a`), to: deployment(`${name}-b`) }, counts: { from: 1, to: 3 } };
    },
  },
  {
    from: 'Deployment',
    to: 'claim',
    async prepare(workloads, name) {
      await workloads.deployment(`${name}-a`, 3);
      await workloads.pool(`${name}-b`, 0);
      await workloads.claim(`${name}-b`, 2, {}, false);
      return { spec: { from: deployment(`${name}-a`), to: claim(`${name}-b`) }, counts: { from: 1, to: 2 } };
    },
  },
  {
    from: 'Deployment',
    to: 'pool',
    async prepare(workloads, name) {
      await workloads.deployment(`${name}-a`, 3, 'stock');
      await workloads.emptyPool(`${name}-a`, 2, { template: undefined, fromDeployment: { name: `${name}-a` } });
      return { spec: { from: deployment(`${name}-a`), to: pool(`${name}-a`) }, counts: { from: 1, to: 2 } };
    },
  },
  {
    from: 'Deployment',
    to: 'Deployment',
    async prepare(workloads, name) {
      await workloads.deployment(`${name}-a`, 3);
      await workloads.deployment(`${name}-b`, 1);
      return { spec: { from: deployment(`${name}-a`), to: deployment(`${name}-b`) }, counts: { from: 1, to: 3 } };
    },
  },
];
