// without a schema at run time: clients read migrations, and only who writes or serves them needs their rules
import type { z } from 'zod';
import type { DeepReadonly } from '../support/readonly.js';
import type { containerMigrationSpec, containerMigrationStatus, workload } from './container-migration-schema.js';
import { kind } from './meta/kind.js';
import type { Resource } from './meta/resource.js';
import { group, version } from './names.js';

/** The kinds that are understood; the last three are refused, with the reason. */
export const workloadKinds = [
  'ContainerPool',
  'ContainerClaim',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
] as const;

/** What a migration moves at most: its status names each container. */
export const mostMoved = 1000;

export type Workload = DeepReadonly<z.output<typeof workload>>;
export type ContainerMigrationSpec = DeepReadonly<z.output<typeof containerMigrationSpec>>;
export type ContainerMigrationStatus = DeepReadonly<z.output<typeof containerMigrationStatus>>;

/** Moves running containers from one workload to another, without a restart. */
export interface ContainerMigration extends Resource {
  readonly spec: ContainerMigrationSpec;
  readonly status?: ContainerMigrationStatus;
}

export const ContainerMigration = kind<ContainerMigration>({
  group,
  version,
  plural: 'containermigrations',
  name: 'ContainerMigration',
  namespaced: true,
});
