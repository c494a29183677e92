import type { Key } from '../../src/api/meta/resource.js';
import { weightedSum } from '../../src/scheduling/load/weighted-sum.js';
import { DisruptionBudgets } from '../../src/scheduling/preemption/disruption-budgets.js';
import { PreemptionAlgorithm } from '../../src/scheduling/preemption/preemption-algorithm.js';
import type { PodUse } from '../../src/scheduling/preemption/steadiness.js';
import type { PodInfo, PodShape, Snapshot } from '../../src/scheduling/index.js';
import { type Random, seededRandom } from '../../src/support/random.js';
import { minute } from '../../src/support/time.js';
import { type Machine, slot, slots } from '../planetlab.js';

const load = weightedSum({ cpu: 1 }, { deviations: 0 });
/** What a pod used so long ago weighs 1/e of what it uses now. */
const window = 30 * minute;
const weight = 1 - Math.exp(-slot / window);
const quarters = 4;

/** What a pod uses over the day: that of a machine of the trace, from another time of the day on. */
interface Course {
  readonly machine: Machine;
  readonly offset: number;
}

/** The mean and the variance over time of the load of nodes, a figure for each quarter of the day. */
export interface DayOutcome {
  readonly decisions: number;
  readonly victims: number;
  readonly sumOfPriorities: number;
  readonly load: readonly number[];
  readonly variance: readonly number[];
  /** Milliseconds of all decisions. */
  readonly took: number;
}

export interface DayOptions {
  /** A cluster that is full; it is changed. */
  readonly nodes: Snapshot;
  readonly machines: readonly Machine[];
  readonly preemptor: PodShape;
  readonly preemptors: number;
  readonly byUse: boolean;
}

/** Preemptors come evenly over the day; their victims go at once, and they come in their place. */
export function preemptionDay({ nodes, machines, preemptor, preemptors, byUse }: DayOptions): DayOutcome {
  const random = seededRandom('preemption/day');
  const budgets = new DisruptionBudgets([]);
  const algorithm = new PreemptionAlgorithm();
  const courses = new Map<Key, Course>();
  const uses = new Map<Key, PodUse>();
  const quarterly = Array.from({ length: quarters }, () => new LoadOverTime(nodes.rows));
  let [decisions, victims, sumOfPriorities, took] = [0, 0, 0, 0];
  for (let at = 0; at < slots; at++) {
    const loads = measure(nodes, at, courses, uses, machines, random);
    quarterly[Math.floor((at * quarters) / slots)]?.add(loads);
    const due = Math.floor(((at + 1) * preemptors) / slots);
    const use = byUse ? { use: { load, useOf: (key: Key) => uses.get(key) } } : {};
    for (; decisions < due; decisions++) {
      const key = `bench/q${decisions}`;
      const start = performance.now();
      const chosen = algorithm.select({ key, shape: preemptor, policy: undefined, nominatedNode: undefined }, nodes, {
        budgets,
        ...use,
      });
      took += performance.now() - start;
      if (!chosen) continue;
      victims += chosen.victims.length;
      for (const victim of chosen.victims) {
        sumOfPriorities += victim.shape.priority;
        nodes.remove(victim, chosen.row);
        courses.delete(victim.key);
        uses.delete(victim.key);
      }
      nodes.place(arrived(key, preemptor, at), chosen.row);
    }
  }
  return {
    decisions,
    victims,
    sumOfPriorities,
    load: quarterly.map((one) => one.mean),
    variance: quarterly.map((one) => one.variance),
    took,
  };
}

const arrived = (key: Key, shape: PodShape, at: number): PodInfo => ({
  key,
  uid: key,
  shape,
  since: at * slot,
  startTime: at * slot,
  terminating: false,
  preempted: false,
});

/** What every pod uses now, the mean and variance that are known of it by now, and what its node uses. Returns the load of each row. */
function measure(
  nodes: Snapshot,
  at: number,
  courses: Map<Key, Course>,
  uses: Map<Key, PodUse>,
  machines: readonly Machine[],
  random: Random,
): Float64Array {
  const loads = new Float64Array(nodes.rows);
  for (const { row, pods } of nodes.infos()) {
    let cpu = 0;
    for (const { key, shape } of pods) {
      const course = courses.get(key) ?? courseOf(key, machines, random);
      courses.set(key, course);
      const { machine, offset } = course;
      const share = machine.cpu((at + offset) % slots) / (machine.requests.cpu / 0.15);
      const used = share * (shape.requests.cpu ?? 0);
      cpu += used;
      uses.set(key, carriedOn(uses.get(key), used));
    }
    nodes.setUse(row, { from: (at - 1) * slot, to: at * slot, mean: { cpu } });
    loads[row] = cpu / (nodes.column('cpu')?.capacity[row] ?? 1);
  }
  return loads;
}

/** By its name alone, so that it is the same whatever was decided before. */
function courseOf(key: Key, machines: readonly Machine[], random: Random): Course {
  const own = random.split(key);
  return { machine: own.pick(machines), offset: own.integer(0, slots - 1) };
}

function carriedOn(before: PodUse | undefined, used: number): PodUse {
  const mean = before?.mean['cpu'] ?? used;
  const distance = used - mean;
  const variance = (1 - weight) * ((before?.variance['cpu'] ?? 0) + weight * distance ** 2);
  return { mean: { cpu: mean + weight * distance }, variance: { cpu: variance } };
}

/** Sums of the loads of all nodes over some time. */
class LoadOverTime {
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  #samples = 0;

  constructor(private readonly rows: number) {
    this.#sums = new Float64Array(rows);
    this.#squares = new Float64Array(rows);
  }

  add(loads: Float64Array): void {
    this.#samples++;
    for (let row = 0; row < this.rows; row++) {
      const now = loads[row]!;
      this.#sums[row]! += now;
      this.#squares[row]! += now ** 2;
    }
  }

  get mean(): number {
    return this.#average((row) => this.#sums[row]! / this.#samples);
  }

  /** Of each node over time, the mean of all nodes. */
  get variance(): number {
    return this.#average((row) => this.#squares[row]! / this.#samples - (this.#sums[row]! / this.#samples) ** 2);
  }

  #average(value: (row: number) => number): number {
    let total = 0;
    for (let row = 0; row < this.rows; row++) total += value(row);
    return total / this.rows;
  }
}
