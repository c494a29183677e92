/** How the caches file what claims look for; `operator` registers these. */
import type { ContainerClaim } from '../api/container-claim.js';
import type { Pod } from '../api/kubernetes.js';
import type { IndexFunction } from '../runtime/index.js';
import { claimKeyOf, isDeliverable, poolKeyOf } from '../line/index.js';
import { isFinished, isServed } from './plan.js';
import { desiredOf } from './slots.js';

export const indexes = {
  /** Pods by the key of the claim that they were delivered to. */
  podsOfClaim: 'claim',
  /** Pods that can be delivered now, by the key of their pool, in the order in which they became so. */
  shelf: 'shelf',
  /** Claims that still want containers, by the key of their pool. */
  openClaims: 'open',
} as const;

const some = (value: string | undefined): readonly string[] => (value === undefined ? [] : [value]);

export const podsOfClaim: IndexFunction<Pod> = (pod) => some(claimKeyOf(pod));

export const shelf: IndexFunction<Pod> = (pod) => (isDeliverable(pod) ? some(poolKeyOf(pod)) : []);

export const openClaims: IndexFunction<ContainerClaim> = (claim) => (isOpen(claim) ? [poolKeyOfClaim(claim)] : []);

export function poolKeyOfClaim({ metadata, spec }: ContainerClaim): string {
  return `${metadata.namespace}/${spec.pool.name}`;
}

function isOpen(claim: ContainerClaim): boolean {
  if (isFinished(claim) || claim.metadata.deletionTimestamp !== undefined) return false;
  return !isServed(claim) || (claim.status?.allocated ?? 0) < desiredOf(claim);
}
