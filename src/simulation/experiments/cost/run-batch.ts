/** A batch of tasks on hosts under a policy, and what it costs. */
import { type Cost, costOf, type NodeRun, type Part, type Prices } from '../../../scheduling/cost/cost.js';
import type { Policy } from '../../../scheduling/policies/policy.js';
import type { Random } from '../../../support/random.js';
import type { HostType } from '../../engine/cloudsim-types.js';
import { NodeTime } from '../../engine/node-time.js';
import { shapeOf, snapshotOf } from '../../engine/objects.js';
import { byBatch, type JobClass, oneByOne, simulateSlots } from '../../engine/slots.js';
import { countsOf, type TaskClass, timeSpread } from './task-classes.js';

export interface Batch {
  readonly tasks: number;
  readonly classes: readonly TaskClass[];
  readonly hosts: number;
  readonly host: HostType;
  /** Seconds from one decision to the next. */
  readonly slot: number;
  /** After so many slots what has not ended is unfinished. */
  readonly horizon: number;
}

export interface BatchOutcome {
  readonly cost: Cost;
  readonly started: number;
  readonly completed: number;
  /** Seconds until the last task ends, or until the horizon. */
  readonly makespan: number;
  /** Hours that hosts were on, all together. */
  readonly hostHours: number;
  readonly hostsUsed: number;
  /** Mean seconds that a task waited until it started, of those that did. */
  readonly waited: number;
}

/**
 * All tasks are there at the beginning. A host is on, and paid for as a whole, while it holds a task (k1); it fetches the data of a class
 * over the link `external` the first time that it runs a task of it, and each task sends its output over `internal` (k2).
 */
export function runBatch(batch: Batch, policy: Policy, prices: Prices, random: Random): BatchOutcome {
  const { classes, hosts, host, slot, horizon } = batch;
  const jobs = jobClasses(batch);
  const nodes = snapshotOf(Array.from({ length: hosts }, () => ({ capacity: host.capacity })));
  const ledger = new HostLedger(batch);
  const dispatch = policy.kind === 'score' ? oneByOne(policy, jobs) : byBatch(policy, jobs, random.split('policy'));
  const { started, completed, waited } = simulateSlots(
    {
      classes: jobs,
      nodes,
      slots: horizon,
      random,
      started: (job, row, from, to) => {
        const task = classes[job];
        if (task) ledger.add(task, { job, row, from, to: Math.min(to, horizon) });
      },
    },
    dispatch,
  );
  const hostSeconds = ledger.time.busy.reduce((sum, time) => sum + time, 0) * slot;
  return {
    cost: costOf(ledger.parts(), ledger.runs(), prices),
    started,
    completed,
    makespan: ledger.time.end * slot,
    hostHours: hostSeconds / 3600,
    hostsUsed: ledger.time.busy.reduce((count, time) => count + (time > 0 ? 1 : 0), 0),
    waited: started === 0 ? 0 : (waited * slot) / started,
  };
}

function jobClasses({ classes, tasks, slot }: Batch): readonly JobClass[] {
  const counts = countsOf(classes, tasks);
  return classes.map(({ requests: { cpu = 0, memory = 0, network = 0, disk = 0 }, medianTime }, index) => ({
    shape: shapeOf({ cpu, memory }, { estimate: { network, disk } }),
    arrivals: (now) => (now === 0 ? (counts[index] ?? 0) : 0),
    duration: (random) => random.logNormal(medianTime, timeSpread) / slot,
  }));
}

interface TaskRun {
  readonly job: number;
  readonly row: number;
  /** In slots. */
  readonly from: number;
  readonly to: number;
}

/** What each host did. */
class HostLedger {
  readonly time: NodeTime;
  readonly #tasks: Int32Array;
  readonly #output: Float64Array;
  readonly #fetched: Float64Array;
  /** 1 where a host has the data of a class: `has[row · classes + class]`. */
  readonly #has: Uint8Array;

  constructor(private readonly batch: Batch) {
    const { hosts, classes } = batch;
    this.time = new NodeTime(hosts);
    this.#tasks = new Int32Array(hosts);
    this.#output = new Float64Array(hosts);
    this.#fetched = new Float64Array(hosts);
    this.#has = new Uint8Array(hosts * classes.length);
  }

  add({ requests: { cpu = 0 }, output, dataSet }: TaskClass, { job, row, from, to }: TaskRun): void {
    this.time.add(row, from, to, cpu);
    this.#tasks[row] = (this.#tasks[row] ?? 0) + 1;
    this.#output[row] = (this.#output[row] ?? 0) + output;
    const at = row * this.batch.classes.length + job;
    if (this.#has[at] === 1) return;
    this.#has[at] = 1;
    this.#fetched[row] = (this.#fetched[row] ?? 0) + dataSet;
  }

  /** A part of the placement for each host that ran something. */
  parts(): readonly Part[] {
    const { host, slot } = this.batch;
    return [...this.#tasks.keys()]
      .filter((row) => this.#tasks[row] !== 0)
      .map((row) => ({
        tasks: this.#tasks[row] ?? 0,
        resources: host.capacity,
        busy: (this.time.busy[row] ?? 0) * slot,
        transfers: [
          { bytes: this.#fetched[row] ?? 0, link: 'external' },
          { bytes: this.#output[row] ?? 0, link: 'internal' },
        ],
      }));
  }

  runs(): readonly NodeRun[] {
    const { host, slot } = this.batch;
    const capacity = host.capacity.cpu ?? 1;
    return [...this.time.busy].flatMap((busy, row) =>
      busy === 0
        ? []
        : [
            {
              power: host.power,
              utilization: (this.time.cpuTime[row] ?? 0) / (busy * capacity),
              on: busy * slot,
            },
          ],
    );
  }
}
