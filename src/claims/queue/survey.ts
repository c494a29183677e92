/** What a decision needs to know, read from the cache. */
import { ContainerClaim } from '../../api/container-claim.js';
import type { TemplatedPool } from '../../api/container-pool.js';
import { Pod, type PodSpec } from '../../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../../api/meta/resource.js';
import {
  carries,
  carrying,
  carryingNow,
  claimKeyOf,
  configures,
  isDelivered,
  isKept,
  isOver,
  isStocked,
  isTerminating,
  type Slot,
  tenantOf,
} from '../../line/index.js';
import type { Cache } from '../../runtime/index.js';
import { requestsOf } from '../fit/waste.js';
import type { Instant } from '../../support/time.js';
import { indexes, shelfKey } from '../indexes.js';
import { readLedger } from '../ledger.js';
import { needsOf } from '../offer.js';
import type { Shelf } from '../shelf.js';
import { desiredOf, leastOf, openSlotsOf } from '../slots.js';
import { isServed } from '../standing.js';
import { nobody, rulesFor, type TenantRules } from '../tenants.js';
import type { LineUp } from './line-up.js';
import { type Holding, nothing, plus, type Use } from './share.js';
import type { Applicant, QueuedPool, QueueView } from './view.js';

interface Parts {
  readonly cache: Cache;
  readonly shelf: Shelf;
}

/** Containers of one pool that are ready and can carry the same. */
interface Lot {
  /** Its place among the bins. */
  bin: number;
  readonly pool: number;
  readonly tenant: string | undefined;
  readonly word: string;
  readonly sample: Pod | undefined;
  ready: number;
}

export function survey({ pools, claims }: LineUp, parts: Parts, now: Instant): QueueView {
  const keys = [...pools.keys()];
  const places = new Map(keys.map((key, at) => [key, at]));
  const all = [...pools.values()];
  const tenants = new Set([...claims.values()].map(({ claim }) => claim.spec.tenant ?? nobody));
  const stock = new Stocktaking(all, tenants, parts);
  const taking = takenBy(keys, parts);
  const applicants = [...claims].flatMap(([key, { claim, fit }]) => {
    const missing = missingOf(claim, key, taking.get(claim.metadata.uid), parts, now);
    const needs = needsOf(missing, fit, (pool, slot) => stock.binsFor(places.get(pool) ?? -1, claim, slot));
    return missing.length === 0
      ? []
      : [
          {
            ...applicantOf(key, claim, missing.length),
            needs,
            pools: [...fit.pools.keys()].map((pool) => places.get(pool) ?? -1),
          },
        ];
  });
  return {
    applicants,
    pools: stock.pools,
    bins: stock.lots.map(({ pool, ready }) => ({ pool, ready })),
    holdings: stock.holdings,
    rules: rulesOf(all),
  };
}

function applicantOf(key: Key, claim: ContainerClaim, missing: number): Omit<Applicant, 'needs' | 'pools'> {
  const { metadata, spec } = claim;
  const has = desiredOf(claim) - missing;
  const takesAny = isServed(claim) || spec.whenEmpty === 'Cold';
  return {
    key,
    uid: metadata.uid,
    tenant: spec.tenant ?? nobody,
    priority: spec.priority ?? 0,
    createdAt: metadata.creationTimestamp,
    least: takesAny ? 1 : Math.max(1, leastOf(claim) - has),
    reserves: spec.whenEmpty === 'Wait' || isServed(claim),
  };
}

/** What the claim lacks, and is not taking at this moment. */
function missingOf(
  claim: ContainerClaim,
  key: Key,
  taking: ReadonlySet<number> | undefined,
  { cache, shelf }: Parts,
  now: Instant,
): readonly Slot[] {
  const pods = cache.byIndex(Pod, indexes.podsOfClaim, key);
  const { completedIndexes, retries } = claim.status ?? {};
  const isNew = pods.size === 0 && completedIndexes === undefined && retries === undefined;
  const missing = isNew ? openSlotsOf(claim) : readLedger(claim, pods.values(), now, shelf.isRefused).missing;
  return taking ? missing.filter(({ index }) => !taking.has(index)) : missing;
}

/** The numbers of the containers that claims are taking, by the claim's uid. */
function takenBy(pools: readonly Key[], { shelf }: Parts): ReadonlyMap<string, ReadonlySet<number>> {
  const taken = new Map<string, Set<number>>();
  for (const { claim, slot } of pools.flatMap((pool) => [...shelf.flights(pool)])) {
    const { uid } = claim.metadata;
    taken.set(uid, (taken.get(uid) ?? new Set()).add(slot.index));
  }
  return taken;
}

function rulesOf(pools: readonly TemplatedPool[]): QueueView['rules'] {
  const known = pools.map(() => new Map<string, TenantRules>());
  return (tenant, pool) => {
    const rules = known[pool]?.get(tenant);
    const spec = pools[pool]?.spec;
    if (rules || !spec) return rules ?? { weight: 1, maxContainers: 0 };
    const found = rulesFor(spec, tenant);
    known[pool]?.set(tenant, found);
    return found;
  };
}

/** Counts what the pools have, and what tenants hold of it. */
class Stocktaking {
  readonly lots: Lot[] = [];
  readonly pools: QueuedPool[] = [];
  readonly holdings = new Map<string, Holding[]>();
  readonly #lotsOf: Lot[][] = [];

  constructor(
    private readonly templates: readonly TemplatedPool[],
    tenants: ReadonlySet<string>,
    private readonly parts: Parts,
  ) {
    for (const [at, pool] of templates.entries()) this.#take(at, pool, tenants);
  }

  /** Those that can serve an item of the claim, the best first: what served its tenant before, and what others cannot use. */
  binsFor(pool: number, { spec: { tenant } }: ContainerClaim, { item }: Slot): readonly number[] {
    const template = this.templates[pool];
    if (!template) return [];
    const fits = ({ sample, tenant: kept }: Lot) =>
      (kept === undefined || kept === tenant) && (!sample || !configures(item) || carries(sample, item, template));
    return (this.#lotsOf[pool] ?? []).filter(fits).map(({ bin }) => bin);
  }

  #take(at: number, pool: TemplatedPool, tenants: ReadonlySet<string>): void {
    const key = keyOf(nameOf(pool));
    const now = carryingNow(pool);
    const fresh: Lot = { bin: -1, pool: at, tenant: undefined, word: now, sample: undefined, ready: 0 };
    const old = new Map<string, Lot>();
    const count = (tenant: string | undefined, pod: Pod) => {
      const word = wordOf(pod);
      if (tenant === undefined && word === now) fresh.ready++;
      else {
        const lot = old.get(`${tenant}/${word}`) ?? { bin: -1, pool: at, tenant, word, sample: pod, ready: 0 };
        lot.ready++;
        old.set(`${tenant}/${word}`, lot);
      }
    };
    for (const pod of this.parts.shelf.untakenOn(key)) count(undefined, pod);
    for (const tenant of tenants)
      if (tenant !== nobody) for (const pod of this.parts.shelf.untakenOn(shelfKey(key, tenant))) count(tenant, pod);
    const lots = [...[...old.values()].sort(keptFirst), fresh];
    this.#lotsOf[at] = lots;
    for (const lot of lots) lot.bin = this.lots.push(lot) - 1;
    const { total, stocked } = this.#holdingsOf(at, key);
    const { refill, replicas, autoscale } = pool.spec;
    const ceiling = refill.paused ? stocked : Math.max(stocked, autoscale?.max ?? replicas);
    const each = useOf(pool.spec.template.spec);
    // a pool that has nothing at all is as large as one container: shares of nothing would all be the same
    this.pools.push({ total: total.containers === 0 ? each : total, each, fresh: fresh.bin, ceiling });
  }

  /** What claims hold of a pool, by tenant; and what there is in all. */
  #holdingsOf(at: number, pool: Key): { readonly total: Use; readonly stocked: number } {
    const byClaim = new Map<Key, { tenant: string; use: Use }>();
    const hold = (claim: Key, tenant: string, spec: PodSpec | undefined) => {
      const held = byClaim.get(claim);
      if (held) held.use = plus(held.use, useOf(spec));
      else byClaim.set(claim, { tenant, use: useOf(spec) });
    };
    let total = nothing;
    let stocked = 0;
    for (const pod of this.parts.cache.byIndex(Pod, indexes.podsOfPool, pool).values()) {
      total = plus(total, useOf(pod.spec));
      const claim = isDelivered(pod) ? claimKeyOf(pod) : undefined;
      if (claim === undefined) stocked += Number(isStocked(pod) && !isKept(pod) && !isTerminating(pod) && !isOver(pod));
      // what has ended stands on no node any more
      else if (!isOver(pod)) hold(claim, tenantOf(pod) ?? nobody, pod.spec);
    }
    for (const { claim, pod } of this.parts.shelf.flights(pool))
      hold(keyOf(nameOf(claim)), claim.spec.tenant ?? nobody, pod.spec);
    for (const [key, { tenant, use }] of byClaim) {
      const holdings = this.holdings.get(tenant);
      const holding = { ...this.#standingOf(key), pool: at, use };
      if (holdings) holdings.push(holding);
      else this.holdings.set(tenant, [holding]);
    }
    return { total, stocked };
  }

  /** Of a claim that is gone it is only known that it came first. */
  #standingOf(key: Key) {
    const claim = this.parts.cache.get(ContainerClaim, key);
    if (!claim) return { priority: Infinity, createdAt: '', uid: key };
    const { metadata, spec } = claim;
    return { priority: spec.priority ?? 0, createdAt: metadata.creationTimestamp, uid: metadata.uid };
  }
}

/** What is only for its tenant goes before what everybody can have. */
const keptFirst = (a: Lot, b: Lot): number =>
  Number(a.tenant === undefined) - Number(b.tenant === undefined) || (a.word < b.word ? -1 : 1);

/** Objects never change: what a pod comes to, and what it can carry, is worked out once. */
const uses = new WeakMap<PodSpec, Use>();
const words = new WeakMap<Pod, string>();

function useOf(spec: PodSpec | undefined): Use {
  if (!spec) return nothing;
  const known = uses.get(spec);
  if (known) return known;
  const use = { containers: 1, ...requestsOf(spec) };
  uses.set(spec, use);
  return use;
}

function wordOf(pod: Pod): string {
  const known = words.get(pod);
  if (known !== undefined) return known;
  const word = carrying(pod);
  words.set(pod, word);
  return word;
}
