import { nominatedBefore } from '../filters/nominated.js';
import { type PreemptionCosts, type PreemptionDemand, reprieve } from '../kernels/preemption.js';
import { type RankedRow, rankedPods } from './ranked-pods.js';
import type { DryRun } from './select-victims.js';

/** `selectVictims` in numbers, for a pod about which only NodeResourcesFit has something to say: most are. Keeps arrays between calls. */
export class ResourceDryRun {
  #dryRun: DryRun | undefined;
  #ranked: readonly (RankedRow | undefined)[] = [];
  #demands: PreemptionDemand[] = [];
  #widest = 0;
  #order = new Int32Array(0);
  #left = new Float64Array(0);

  start(dryRun: DryRun): void {
    const { preemptor, nodes } = dryRun;
    const { requests } = preemptor.shape;
    this.#dryRun = dryRun;
    this.#ranked = rankedPods(nodes);
    this.#demands = nodes.columns.flatMap(({ name, capacity, requested }, index) => {
      const amount = requests[name] ?? 0;
      return amount > 0 ? [{ index, capacity, requested, amount, promised: promisedOf(dryRun, name) }] : [];
    });
    this.#widest = Math.max(-1, ...this.#demands.map(({ index }) => index));
    this.#left = new Float64Array(this.#demands.length);
  }

  /** Writes what pre-emption on this row would cost. Returns the number of victims; `undefined`: numbers do not tell. */
  run(row: number, costs: PreemptionCosts): number | undefined {
    const ranked = this.#ranked[row];
    if (!ranked || !this.#dryRun) return 0;
    // a resource that nobody had when the row was read
    if (this.#widest >= ranked.resources) return undefined;
    const { preemptor, budgets, groupOf } = this.#dryRun;
    if (groupOf && ranked.pods.some((pod) => groupOf(pod))) return undefined;
    const { length } = ranked.pods;
    const { priority } = preemptor.shape;
    let first = 0;
    while (first < length && ranked.priorities[first]! >= priority) first++;
    if (first === length) return 0;
    if (this.#order.length < length) this.#order = new Int32Array(2 * length);
    const violating = budgets.isEmpty ? this.#orderFrom(first, length) : this.#orderByBudgets(ranked, first);
    return reprieve(row, ranked, this.#demands, this.#order, length - first, violating, this.#left, costs);
  }

  #orderFrom(first: number, length: number): number {
    for (let pod = first; pod < length; pod++) this.#order[pod - first] = pod;
    return 0;
  }

  /** Those that a budget protects first. Returns how many. */
  #orderByBudgets({ pods }: RankedRow, first: number): number {
    const violating = this.#dryRun?.budgets.violating(pods.slice(first));
    if (!violating || violating.size === 0) return this.#orderFrom(first, pods.length);
    let [front, back] = [0, violating.size];
    for (let pod = first; pod < pods.length; pod++) this.#order[violating.has(pods[pod]!) ? front++ : back++] = pod;
    return violating.size;
  }
}

const nothing = new Map<number, Float64Array>();

/** What has been promised to nominated pods to which this one must leave their place, for each row. */
function promisedOf({ preemptor: { key, shape }, nodes }: DryRun, resource: string): Float64Array {
  if (nodes.nominated.size === 0) return noneOf(nodes.present.length);
  const promised = new Float64Array(nodes.present.length);
  for (const name of nodes.nominated.keys()) {
    const row = nodes.rowOf(name);
    if (row === undefined) continue;
    for (const pod of nominatedBefore(shape, nodes, name, key)) promised[row]! += pod.shape.requests[resource] ?? 0;
  }
  return promised;
}

/** Zeros, one array for each length. */
function noneOf(length: number): Float64Array {
  const none = nothing.get(length) ?? new Float64Array(length);
  nothing.set(length, none);
  return none;
}
