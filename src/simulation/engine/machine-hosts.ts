/** Machines on hosts, at one time: where each of them is, and what it uses. */
import type { Pod } from '../../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../../api/meta/resource.js';
import type { ScheduleAlgorithm } from '../../scheduling/algorithm/schedule-algorithm.js';
import type { PodShape } from '../../scheduling/pod-shape.js';
import type { Amounts } from '../../scheduling/resources/amounts.js';
import { type PodInfo, podInfo } from '../../scheduling/snapshot/node-info.js';
import type { Snapshot } from '../../scheduling/snapshot/snapshot.js';
import type { Duration, Instant } from '../../support/time.js';

/** A machine, as a pod. */
export interface HostedMachine {
  readonly pod: Pod;
  /** What it uses at an instant. */
  use(at: Instant): Amounts;
}

interface Hosted {
  readonly machine: HostedMachine;
  readonly info: PodInfo;
  row: number;
}

export class MachineHosts {
  now: Instant;
  readonly #machines = new Map<Key, Hosted>();

  /**
   * The machines are on no host yet.
   * @param nodes the hosts, which are changed as machines come and go
   */
  constructor(
    readonly nodes: Snapshot,
    machines: readonly HostedMachine[],
    now: Instant,
  ) {
    this.now = now;
    for (const machine of machines) {
      const info = podInfo(machine.pod, now);
      this.#machines.set(keyOf(nameOf(machine.pod)), { machine, info, row: -1 });
    }
  }

  /** In the order of the machines. */
  get keys(): readonly Key[] {
    return [...this.#machines.keys()];
  }

  /** The row of each machine, in their order; -1: it is on no host. */
  get rows(): readonly number[] {
    return Array.from(this.#machines.values(), ({ row }) => row);
  }

  podOf(key: Key): Pod | undefined {
    return this.#machines.get(key)?.machine.pod;
  }

  /** @throws Error for a machine that there is not */
  shapeOf(key: Key): PodShape {
    return this.#of(key).info.shape;
  }

  /** What it uses now. */
  useOf(key: Key): Amounts {
    return this.#machines.get(key)?.machine.use(this.now) ?? {};
  }

  /** Puts a machine on a row, off the one that it was on; -1: on none. */
  put(key: Key, row: number): void {
    const hosted = this.#of(key);
    if (hosted.row >= 0) this.nodes.remove({ key }, hosted.row);
    if (row >= 0) this.nodes.place({ ...hosted.info, since: this.now }, row);
    hosted.row = row;
  }

  /** All go, then they are placed again one after the other. Returns those that fit nowhere any more. */
  replace(keys: readonly Key[], algorithm: ScheduleAlgorithm): readonly Key[] {
    for (const key of keys) this.put(key, -1);
    return keys.filter((key) => {
      const row = algorithm.select(this.shapeOf(key), this.nodes);
      this.put(key, row);
      return row < 0;
    });
  }

  /**
   * What the machines of each host use now is taken for the mean of the time before. Of those that came within that time, what they are expected
   * to use counts beside, as it does for the scheduler.
   */
  measure(window: Duration): void {
    for (const { row, pods } of this.nodes.infos()) {
      const mean: Record<string, number> = {};
      for (const { key } of pods) {
        const use = this.useOf(key);
        for (const name in use) mean[name] = (mean[name] ?? 0) + (use[name] ?? 0);
      }
      for (const { name, capacity } of this.nodes.columns) if (name !== 'pods' && capacity[row]! > 0) mean[name] ??= 0;
      this.nodes.setUse(row, { from: this.now - window, to: this.now, mean });
    }
  }

  /** Time passes, and what has come before is measured: nothing counts as expected any more. */
  settle(window: Duration): void {
    this.now += window;
    this.measure(window);
  }

  #of(key: Key): Hosted {
    const hosted = this.#machines.get(key);
    if (!hosted) throw new Error(`there is no machine ${key}`);
    return hosted;
  }
}
