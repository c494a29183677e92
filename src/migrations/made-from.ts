/** What the workload that a container comes from has declared of it: the rest of its pod is admission's. Pure. */
import type { TemplatedPool } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import { keyOf, nameOf } from '../api/meta/resource.js';
import { annotations, labels } from '../api/names.js';
import { type Containing, configurableSpec, mainContainerName, poolKeyOf, templateFingerprint } from '../line/index.js';
import type { ClaimEnd, End } from './workloads.js';

/** The template that the pod was made from; `undefined` where that is not known (any more). */
export function madeFrom(pod: Pod, from: End): Containing | undefined {
  switch (from.kind) {
    case 'Deployment':
      return from.replicaSet.spec?.template;
    case 'ContainerPool':
      return fromPool(pod, from.pool);
    case 'ContainerClaim': {
      const maker = from.pools.find((pool) => keyOf(nameOf(pool)) === poolKeyOf(pod));
      return maker ? fromPool(pod, maker) : passedFor(pod, from);
    }
  }
}

const fromPool = (pod: Pod, pool: TemplatedPool): Containing | undefined =>
  pod.metadata.labels?.[labels.template] === templateFingerprint(pool) ? declaredBy(pool, pod) : undefined;

/** One that was moved to the claim has passed for one of a pool that serves it. */
function passedFor({ metadata, spec }: Pod, { pools }: ClaimEnd): Containing | undefined {
  const names = new Set(spec?.containers.map(({ name }) => name));
  const pool = pools.find(({ spec: { template } }) => template.spec?.containers.every(({ name }) => names.has(name)));
  return pool && declaredBy(pool, { metadata });
}

/** What the pool makes its containers from, this one by its name. */
export const declaredBy = (pool: TemplatedPool, { metadata }: Pick<Pod, 'metadata'>): Containing => ({
  metadata: pool.spec.template.metadata,
  spec: configurableSpec(pool, metadata.name),
});

/** The pod with its main container noted: a replica of a Deployment does not say which it is, its template does. */
export function withMainNoted(pod: Pod, made: Containing | undefined): Pod {
  const marks = { [annotations.mainContainer]: mainContainerName(made ?? pod) ?? '' };
  if (pod.metadata.annotations?.[annotations.mainContainer] !== undefined) return pod;
  return { ...pod, metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, ...marks } } };
}
