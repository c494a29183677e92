// without a schema at run time: clients read pools, and only who writes or serves them needs their rules
import type { z } from 'zod';
import type { DeepReadonly } from '../support/readonly.js';
import type { containerPoolSpec, containerPoolStatus } from './container-pool-schema.js';
import type { PodTemplate } from './kubernetes.js';
import { kind } from './meta/kind.js';
import type { Resource } from './meta/resource.js';
import { group, version } from './names.js';

/** The greatest stock of one pool, and the greatest number of containers of one claim. */
export const largestCount = 10_000;

export type ContainerPoolSpec = DeepReadonly<Omit<z.output<typeof containerPoolSpec>, 'template'>> & {
  readonly template?: PodTemplate;
};
export type ContainerPoolStatus = DeepReadonly<z.output<typeof containerPoolStatus>>;

/** A stock of ready containers, kept ahead of demand. */
export interface ContainerPool extends Resource {
  readonly spec: ContainerPoolSpec;
  readonly status?: ContainerPoolStatus;
}

export type Autoscale = NonNullable<ContainerPoolSpec['autoscale']>;
export type Renewal = ContainerPoolSpec['renewal'];
export type RenewalStatus = NonNullable<ContainerPoolStatus['renewal']>;
export type SizingStatus = NonNullable<ContainerPoolStatus['sizing']>;

/** How many containers it keeps ready, as far as is known: a pool that sizes itself is asked by its status. */
export const stockWanted = ({ spec, status }: Pick<ContainerPool, 'spec' | 'status'>): number =>
  spec.autoscale ? (status?.desired ?? spec.replicas) : spec.replicas;

/** A pool of which it is known what its containers are made from: by its own template, or by its Deployment's. */
export type TemplatedPool = ContainerPool & { readonly spec: { readonly template: PodTemplate } };

export const isTemplated = (pool: ContainerPool): pool is TemplatedPool => pool.spec.template !== undefined;

export const ContainerPool = kind<ContainerPool>({
  group,
  version,
  plural: 'containerpools',
  name: 'ContainerPool',
  namespaced: true,
});
