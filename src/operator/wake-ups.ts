/** Which pools a change concerns, and how much it matters: what the watches of several controllers share. */
import type { ContainerClaim } from '../api/container-claim.js';
import { ContainerPool } from '../api/container-pool.js';
import { type Node, Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import type { ProductionLine } from '../api/production-line.js';
import * as claims from '../claims/index.js';
import { poolKeyOf } from '../line/index.js';
import * as pools from '../pools/index.js';
import type { Cache } from '../runtime/index.js';

/** At the start of a term deliveries come first, then stock, then the rest. */
export const priorities = { delivery: 20, stock: 10 } as const;

export const poolsWithStockOn = ({ metadata: { name } }: Node, cache: Cache): readonly Key[] => [
  ...new Set([...cache.byIndex(Pod, pools.indexes.stockOn, name).values()].flatMap(poolsOf)),
];

/** The pools that go by it. */
export const poolsBy = (line: ProductionLine, cache: Cache): readonly Key[] => [
  ...cache.byIndex(ContainerPool, pools.indexes.byLine, keyOf(nameOf(line))).keys(),
];

/** Whether pools go by another version of it. */
export function goesOtherwise(old: ProductionLine | undefined, line: ProductionLine | undefined): boolean {
  const newest = (one: ProductionLine | undefined) => one?.status?.accepted?.[0]?.generation;
  const said = (one: ProductionLine | undefined) => one?.status?.conditions?.[0]?.message;
  return !old || !line || newest(old) !== newest(line) || said(old) !== said(line);
}

export function poolsOf(pod: Pod): readonly Key[] {
  const pool = poolKeyOf(pod);
  return pool === undefined ? [] : [pool];
}

/** The pools that a claim names or selects, whether they serve it or not. */
export const poolsFor = (claim: ContainerClaim, cache: Cache): readonly Key[] =>
  claims.poolsOf(claim, cache).map((pool) => keyOf(nameOf(pool)));
