/** How the caches file what claims look for; `operator` registers these. */
import type { ContainerClaim } from '../api/container-claim.js';
import type { ContainerPool } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import type { Key } from '../api/meta/resource.js';
import type { IndexFunction } from '../runtime/index.js';
import { claimKeyOf, isDeliverable, isDelivered, isKept, isOver, poolKeyOf, tenantOf } from '../line/index.js';
import { isFinished, isServed } from './standing.js';
import { desiredOf } from './slots.js';
import { nobody } from './tenants.js';

export const indexes = {
  /** Pods by the key of the claim that they were delivered to. */
  podsOfClaim: 'claim',
  /** Pods that can be delivered now, by `shelfKey`, in the order in which they became so. */
  shelf: 'shelf',
  /** Pods of a pool that are kept aside: the pools' own index. */
  quarantined: 'quarantined',
  /** Pods that were made by a pool, wherever they are now, by its key. */
  podsOfPool: 'pool',
  /** Delivered pods that have not ended, by `heldKey`. */
  held: 'held',
  /** Claims that still want containers, by the key of their pool, or by `anyPoolOf` where they have a selector. */
  openClaims: 'open',
  /** Of these, those that say that they wait. */
  waitingClaims: 'queue',
  /** Claims that have finished and leave it to their pool how long they stay, by the same. */
  finishedClaims: 'finished',
  /** Pools by their namespace. */
  poolsIn: 'namespace',
} as const;

const some = (value: string | undefined): readonly string[] => (value === undefined ? [] : [value]);

export const podsOfClaim: IndexFunction<Pod> = (pod) => some(claimKeyOf(pod));

export const podsOfPool: IndexFunction<Pod> = (pod) => some(poolKeyOf(pod));

export const shelf: IndexFunction<Pod> = (pod) => {
  const pool = isDeliverable(pod) ? poolKeyOf(pod) : undefined;
  if (pool === undefined) return [];
  if (!isKept(pod)) return [pool];
  const tenant = tenantOf(pod);
  return tenant === undefined ? [] : [shelfKey(pool, tenant)];
};

/** Containers that have served a tenant stand apart: nobody else may have them. */
export const shelfKey = (pool: Key, tenant: string): string => `${pool}@${tenant}`;

export const held: IndexFunction<Pod> = (pod) => {
  // what has ended stands on no node any more
  const holds = isDelivered(pod) && claimKeyOf(pod) !== undefined && !isOver(pod);
  const pool = holds ? poolKeyOf(pod) : undefined;
  return pool === undefined ? [] : [heldKey(pool, tenantOf(pod))];
};

export const heldKey = (pool: Key, tenant: string = nobody): string => `${pool}@${tenant}`;

export const openClaims: IndexFunction<ContainerClaim> = (claim) => (isOpen(claim) ? [poolKeyOfClaim(claim)] : []);

export const waitingClaims: IndexFunction<ContainerClaim> = (claim) =>
  isOpen(claim) && isWaiting(claim) ? [poolKeyOfClaim(claim)] : [];

export const finishedClaims: IndexFunction<ContainerClaim> = (claim) =>
  isFinished(claim) && claim.spec.ttlSecondsAfterFinished === undefined ? [poolKeyOfClaim(claim)] : [];

export const poolsIn: IndexFunction<ContainerPool> = ({ metadata: { namespace } }) => [namespace ?? ''];

function poolKeyOfClaim({ metadata: { namespace = '' }, spec: { pool } }: ContainerClaim): Key {
  return pool.name === undefined ? anyPoolOf(namespace) : `${namespace}/${pool.name}`;
}

/** In place of a pool's key, for claims that may be served by several; no pool has this name. */
export const anyPoolOf = (namespace: string): Key => `${namespace}/*`;

function isOpen(claim: ContainerClaim): boolean {
  if (isFinished(claim) || claim.metadata.deletionTimestamp !== undefined) return false;
  return !isServed(claim) || (claim.status?.allocated ?? 0) < desiredOf(claim);
}

/** Whether the claim says that it waits for stock. */
export const isWaiting = ({ status }: ContainerClaim): boolean =>
  status?.conditions?.some(({ type, reason }) => type === 'Delivered' && reason === 'Waiting') ?? false;
