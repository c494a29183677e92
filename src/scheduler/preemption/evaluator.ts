import type { Key } from '../../api/meta/resource.js';
import {
  explainPreemption,
  type LoadModel,
  type PodInfo,
  type PodUse,
  PreemptionAlgorithm,
  type Preemptor,
  preemptorOf,
  type UseOfPods,
} from '../../scheduling/index.js';
import type { SchedulerCache } from '../cache/scheduler-cache.js';
import type { QueuedPod } from '../queue/scheduling-queue.js';

/** How the pods of a profile have others make room for them. */
export interface PreemptionSettings {
  /** How the use of a victim adds up to load: unsteady ones go first. Absent: the choice is kube-scheduler's. */
  readonly load?: LoadModel;
}

/** A pod that goes, and where it is. */
export interface Victim extends PodInfo {
  readonly node: string;
}

/** Pods that go, so that another has room on their node. */
export interface Preemption {
  readonly node: string;
  /** The most important first; at least one. Those that can only go with others may be on other nodes. */
  readonly victims: readonly Victim[];
}

/** Decides which pods make room for one that fits nowhere. No I/O. */
export class Evaluator {
  readonly #algorithm = new PreemptionAlgorithm();
  /** One object for each load model, so that what is kept for equal pods is known to be the same. */
  readonly #uses = new Map<LoadModel, UseOfPods>();

  constructor(private readonly cache: SchedulerCache) {}

  /** `undefined`: no pods that go would help it, or it may not have them go. */
  evaluate(pod: QueuedPod, { load }: PreemptionSettings): Preemption | undefined {
    const { snapshot, budgets } = this.cache;
    const use = load && this.#useBy(load);
    const groupOf = this.cache.hasVictimGroups ? (one: PodInfo) => this.cache.victimGroupOf(one) : undefined;
    const rules = { budgets, ...(use && { use }), ...(groupOf && { groupOf }) };
    const candidate = this.#algorithm.select(this.#preemptor(pod), snapshot, rules);
    const node = candidate && snapshot.info(candidate.row)?.name;
    if (!candidate || node === undefined) return undefined;
    const victims = candidate.victims.map((victim) => ({ ...victim, node: this.cache.nodeOf(victim.key) ?? node }));
    return { node, victims };
  }

  /** Why not. */
  explain(pod: QueuedPod): string {
    return explainPreemption(this.#preemptor(pod), this.cache.snapshot);
  }

  #preemptor({ pod, shape, key }: QueuedPod): Preemptor {
    return { ...preemptorOf(pod, shape), nominatedNode: this.cache.nominatedNode(key) };
  }

  #steadyUse(key: Key): PodUse | undefined {
    const use = this.cache.podUse(key);
    return use && use.samples > 1 ? use : undefined;
  }

  #useBy(load: LoadModel): UseOfPods {
    const known = this.#uses.get(load) ?? { load, useOf: (key) => this.#steadyUse(key) };
    this.#uses.set(load, known);
    return known;
  }
}
