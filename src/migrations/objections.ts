/** Why one container cannot go from one end of a migration to a place at the other, in a sentence. Pure. */
import type { ClaimItem, ContainerClaim } from '../api/container-claim.js';
import type { ContainerMigrationSpec } from '../api/container-migration.js';
import type { TemplatedPool } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import { keyOf, nameOf } from '../api/meta/resource.js';
import { leastOf, quotaObjection } from '../claims/index.js';
import { isConstrained } from '../deployments/index.js';
import {
  carries,
  changedImage,
  type Containing,
  configures,
  isLatched,
  mainContainer,
  poolKeyOf,
  refusalOf,
  returnObjection,
  type Slot,
} from '../line/index.js';
import { canonicalJson } from '../support/digest.js';
import { differences, type Leave, sentenceOf } from './differences.js';
import { declaredBy, madeFrom, withMainNoted } from './made-from.js';
import type { ClaimEnd, DeploymentEnd, End, PoolEnd } from './workloads.js';

/** Why nothing can go from one end to the other, whichever container it is. */
export function objectionToEnds(from: End, to: End, { tenant }: Pick<ContainerMigrationSpec, 'tenant'>) {
  return (
    tenantObjection(from, tenant) ??
    tenantObjection(to, tenant) ??
    apart(from, to) ??
    (from.kind === 'ContainerPool' && to.kind === 'ContainerClaim' ? beyondQuota(to, from.pool) : undefined) ??
    (from.kind === 'Deployment' && to.kind === 'ContainerPool' && !isOwnPool(from, to)
      ? `replicas of Deployment ${from.deployment.metadata.name} have served, and nobody can clean them: only a pool that is made for this Deployment (spec.fromDeployment) takes them, as its stock goes to nobody else`
      : undefined) ??
    (to.kind === 'Deployment' && isConstrained(to.replicaSet.spec?.template?.spec)
      ? `the template of Deployment ${to.deployment.metadata.name} says on which nodes its replicas may stand beside each other (required anti-affinity or spread): that is left to the scheduler`
      : undefined)
  );
}

/** Whether the pool keeps stock for this very Deployment: then nobody else gets what comes back. */
function isOwnPool(from: End, { pool }: PoolEnd): boolean {
  return from.kind === 'Deployment' && pool.spec.fromDeployment?.name === from.deployment.metadata.name;
}

function tenantObjection(end: End, tenant: string | undefined): string | undefined {
  if (end.kind !== 'ContainerClaim') return undefined;
  const { metadata, spec } = end.claim;
  if (spec.tenant === undefined || spec.tenant === tenant) return undefined;
  return `claim ${metadata.name} is tenant ${spec.tenant}'s, and ${tenant === undefined ? 'the migration states no tenant' : `the migration is on behalf of ${tenant}`}: a container never goes from one tenant to another (spec.tenant)`;
}

function beyondQuota({ claim }: ClaimEnd, pool: TemplatedPool): string | undefined {
  const quota = quotaObjection(claim, pool);
  return quota === undefined ? undefined : `claim ${claim.metadata.name}: ${quota}`;
}

function apart(from: End, to: End): string | undefined {
  if (from.kind !== 'ContainerClaim' || to.kind !== 'ContainerClaim') return undefined;
  if (from.claim.spec.tenant === to.claim.spec.tenant) return undefined;
  return 'the two claims are not of one tenant, and a container never goes from one tenant to another';
}

/** How many more a pool keeps: more than it is to have in stock it would delete. */
export function roomInStock(from: End, to: End): number {
  // what has come back from a claim is kept beside the stock
  if (to.kind !== 'ContainerPool' || from.kind === 'ContainerClaim') return Infinity;
  return Math.max(0, (to.pool.status?.desired ?? to.pool.spec.replicas) - to.stock.length);
}

/** A claim that is not served yet takes all or nothing, and ends with nothing at its deadline. */
export function roomObjection(to: End, count: number): string | undefined {
  if (to.kind !== 'ContainerClaim') return undefined;
  const { claim, held } = to;
  const least = leastOf(claim);
  const isServed = claim.status?.conditions?.some(({ type, status }) => type === 'Delivered' && status === 'True');
  if (isServed || held.length + count >= least) return undefined;
  return `claim ${claim.metadata.name} takes nothing unless it gets ${least} containers (spec.minAvailable), and would have ${held.length + count}`;
}

/** @param slot in a claim, the number that it would have there */
export function objectionTo(pod: Pod, from: End, to: End, slot: Slot | undefined): string | undefined {
  if (to.kind === 'Deployment') return toDeployment(pod, from, to);
  if (to.kind === 'ContainerPool') return toPool(pod, from, to);
  return slot ? toClaim(pod, from, to, slot) : 'the claim has no number for it';
}

function toDeployment(pod: Pod, from: End, { replicaSet, deployment }: DeploymentEnd): string | undefined {
  if (isMortal(pod)) return mortal;
  const template = replicaSet.spec?.template;
  if (!template?.spec) return `Deployment ${deployment.metadata.name} has no template`;
  return unlike(pod, from, template, { size: false, configuration: true });
}

function toPool(pod: Pod, from: End, { pool, cleans }: PoolEnd): string | undefined {
  if (from.kind === 'ContainerClaim') {
    const own = poolKeyOf(pod);
    if (own !== keyOf(nameOf(pool)))
      return `it was made by pool ${own?.slice(own.indexOf('/') + 1)}, and what has served goes back to its own pool alone`;
    if (!cleans)
      return `production line ${pool.spec.line?.name} of pool ${pool.metadata.name} has no stage scrub in its chain reclaim: by it nothing comes back`;
    return returnObjection({ pod, claim: from.claim, pool });
  }
  if (isMortal(pod)) return mortal;
  return unlike(pod, from, declaredBy(pool, pod), { size: false, configuration: false });
}

/** A pod's deadline can be brought forward, and not taken away. */
const isMortal = ({ spec }: Pod): boolean => spec?.activeDeadlineSeconds !== undefined;
const mortal = 'its claim has given it a lifetime, which cannot be taken away again (spec.activeDeadlineSeconds)';

function toClaim(given: Pod, from: End, to: ClaimEnd, { item }: Slot): string | undefined {
  const pod = withMainNoted(given, madeFrom(given, from));
  if (item.secret !== undefined)
    return `item ${item.name ?? ''} of claim ${to.claim.metadata.name} brings a Secret, which only its own delivery can put into a container`;
  const maker = from.kind === 'ContainerClaim' ? makerOf(pod, from.pools) : undefined;
  const quota = maker && beyondQuota(to, maker);
  if (quota !== undefined) return quota;
  const size = refusalOf(item, pod);
  if (size !== undefined) return size;
  const other = changedImage(pod, { image: item.image ?? imageIn(to, pod) });
  if (other !== undefined)
    return `its image is ${mainContainer(pod)?.image}, and item ${item.name ?? ''} of claim ${to.claim.metadata.name} has ${other}: it would restart`;
  const begun = from.kind === 'ContainerClaim' ? begunObjection(pod, from, to.claim, item) : undefined;
  if (begun !== undefined) return begun;
  const own = makerOf(pod, to.pools);
  if (own) return isLatched(pod) || carries(pod, item, own) ? undefined : uncarried(item);
  if (configures(item) && from.kind === 'Deployment') return uncarried(item);
  return alikeOneOf(pod, from, to, { size: true, configuration: !configures(item) });
}

/** What the pool that made the container gives to those that ask for no other. */
const imageIn = ({ pools }: ClaimEnd, pod: Pod): string | undefined => {
  const maker = makerOf(pod, pools);
  return maker && mainContainer(maker.spec.template)?.image;
};

const makerOf = (pod: Pod, pools: readonly TemplatedPool[]): TemplatedPool | undefined =>
  pools.find((pool) => keyOf(nameOf(pool)) === poolKeyOf(pod));

const uncarried = ({ name }: ClaimItem) =>
  `item ${name ?? ''} has env or files, and the container has no place where they would be shown`;

/** What a latched container began with it has for good. */
function begunObjection(pod: Pod, { claim, held }: ClaimEnd, target: ContainerClaim, item: ClaimItem) {
  const before = held.find((one) => one.pod.metadata.uid === pod.metadata.uid)?.slot.item;
  if (before?.secret !== undefined) return 'its claim has brought a Secret, which goes with that claim';
  if (!isLatched(pod)) return undefined;
  if (canonicalJson(configurationOf(before)) !== canonicalJson(configurationOf(item)))
    return `its program has begun with the env and files of claim ${claim.metadata.name}, and those of claim ${target.metadata.name} are others`;
  const lifetimes = [claim, target].some(({ spec, status }) => spec.lifetime ?? status?.expiresAt);
  return lifetimes && claim.spec.tenant !== undefined
    ? 'its latch ends its program at the time that it was delivered with: neither claim may have a lifetime'
    : undefined;
}

const configurationOf = ({ env = [], files = [] }: Partial<ClaimItem> = {}) => ({ env, files });

function alikeOneOf(pod: Pod, from: End, { claim, pools }: ClaimEnd, leave: Leave): string | undefined {
  let best: string | undefined;
  for (const pool of pools) {
    const found = unlike(pod, from, declaredBy(pool, pod), leave);
    if (found === undefined) return undefined;
    best ??= `beside what pool ${pool.metadata.name} makes for claim ${claim.metadata.name}: ${found}`;
  }
  return best ?? `no pool serves claim ${claim.metadata.name}`;
}

function unlike(pod: Pod, from: End, template: Containing, leave: Leave): string | undefined {
  const found = differences(pod, template, leave, madeFrom(pod, from));
  return found.length === 0 ? undefined : sentenceOf(found);
}
