/** What pods use over the day, and what is known of that by now. */
import type { Key } from '../../../api/meta/resource.js';
import type { PodShape } from '../../../scheduling/pod-shape.js';
import type { PodUse } from '../../../scheduling/preemption/steadiness.js';
import type { Snapshot } from '../../../scheduling/snapshot/snapshot.js';
import type { Random } from '../../../support/random.js';
import { type Duration, minute } from '../../../support/time.js';
import type { MachineTrace } from '../../workloads/usage-trace.js';
import type { TracedResource } from '../../engine/use-over-time.js';

/** What a pod used so long ago weighs 1/e of what it uses now. */
const memory: Duration = 30 * minute;

/** That of a machine of the trace, from another time of the day on. */
interface Course {
  readonly machine: MachineTrace;
  readonly offset: number;
}

export interface CoursesOptions {
  readonly machines: readonly MachineTrace[];
  /** From one sample of the trace to the next. */
  readonly interval: Duration;
  /** The course of a pod depends on its name alone, so that it is the same whatever was decided before. */
  readonly random: Random;
  readonly resources: readonly TracedResource[];
}

export class Courses {
  readonly #courses = new Map<Key, Course>();
  readonly #uses = new Map<Key, PodUse>();
  readonly #weight: number;

  constructor(private readonly options: CoursesOptions) {
    this.#weight = 1 - Math.exp(-options.interval / memory);
  }

  get interval(): Duration {
    return this.options.interval;
  }

  /** Mean and variance as they are known by now. */
  useOf(key: Key): PodUse | undefined {
    return this.#uses.get(key);
  }

  /** A pod is gone. */
  forget(key: Key): void {
    this.#courses.delete(key);
    this.#uses.delete(key);
  }

  /** What every pod uses at a sample, until the next one, is measured: of the pod, and of its node. */
  measure(nodes: Snapshot, sample: number): void {
    const { interval, resources } = this.options;
    for (const { row, pods } of nodes.infos()) {
      const mean: Record<string, number> = {};
      for (const resource of resources) mean[resource] = 0;
      for (const { key, shape } of pods) {
        const used = this.#usedBy(key, shape, sample);
        this.#uses.set(key, carriedOn(this.#uses.get(key), used, this.#weight));
        for (const resource of resources) mean[resource] = (mean[resource] ?? 0) + (used[resource] ?? 0);
      }
      nodes.setUse(row, { from: sample * interval, to: (sample + 1) * interval, mean });
    }
  }

  /** Shares of the trace of what the pod is expected to need: what it requests, and of the rest what it says. */
  #usedBy(key: Key, { estimate }: PodShape, sample: number): Record<string, number> {
    const { machine, offset } = this.#courseOf(key);
    const used: Record<string, number> = {};
    for (const resource of this.options.resources) {
      const shares = machine[resource];
      used[resource] = shares ? (shares[(sample + offset) % shares.length] ?? 0) * (estimate[resource] ?? 0) : 0;
    }
    return used;
  }

  #courseOf(key: Key): Course {
    const known = this.#courses.get(key);
    if (known) return known;
    const own = this.options.random.split(key);
    const machine = own.pick(this.options.machines);
    const course = { machine, offset: own.integer(0, machine.cpu.length - 1) };
    this.#courses.set(key, course);
    return course;
  }
}

/** Exponentially weighted mean and variance. */
function carriedOn(before: PodUse | undefined, used: Readonly<Record<string, number>>, weight: number): PodUse {
  const mean: Record<string, number> = {};
  const variance: Record<string, number> = {};
  for (const [name, now] of Object.entries(used)) {
    const last = before?.mean[name] ?? now;
    const distance = now - last;
    mean[name] = last + weight * distance;
    variance[name] = (1 - weight) * ((before?.variance[name] ?? 0) + weight * distance ** 2);
  }
  return { mean, variance };
}
