import type { PodDisruptionBudget } from '../../api/administration.js';
import { matcherOf } from '../../api/meta/label-selector.js';
import { refOf } from '../../api/meta/resource.js';
import type { Labels } from '../pod-shape.js';
import { nobody } from '../filters/filter.js';
import type { PodInfo } from '../snapshot/node-info.js';

interface Budget {
  readonly index: number;
  readonly selects: (labels?: Labels) => boolean;
  /** Names of pods whose eviction the budget has counted already. */
  readonly disrupted: ReadonlySet<string>;
}

/** The disruption budgets of a cluster, at one moment. */
export class DisruptionBudgets {
  readonly #byNamespace = new Map<string, Budget[]>();
  readonly #allowed: readonly number[];
  readonly #left: Int32Array;
  /** Budgets of a pod by its labels: pods of one workload have the same object. */
  readonly #byLabels = new WeakMap<Labels, readonly Budget[]>();

  constructor(budgets: readonly PodDisruptionBudget[]) {
    this.#allowed = budgets.map(({ status }) => status?.disruptionsAllowed ?? 0);
    this.#left = new Int32Array(budgets.length);
    for (const [index, { metadata, spec, status }] of budgets.entries()) {
      const { selector } = spec ?? {};
      if (!selector) continue;
      const disrupted = new Set(Object.keys(status?.disruptedPods ?? {}));
      const budget = { index, selects: matcherOf(selector), disrupted };
      const { namespace = '' } = metadata;
      this.#byNamespace.set(namespace, [...(this.#byNamespace.get(namespace) ?? []), budget]);
    }
  }

  get isEmpty(): boolean {
    return this.#byNamespace.size === 0;
  }

  /**
   * Which of these pods a budget would not allow to be evicted, if they were evicted in this order (`filterPodsWithPDBViolation`). A
   * pod counts for its budgets, in their order, up to the first that has nothing left.
   */
  violating(pods: readonly PodInfo[]): ReadonlySet<PodInfo> {
    if (!pods.some(({ shape }) => this.#of(shape.namespace, shape.labels).length > 0)) return nobody;
    const violating = new Set<PodInfo>();
    const left = this.#left;
    left.set(this.#allowed);
    for (const pod of pods) if (this.#isViolating(pod, left)) violating.add(pod);
    return violating;
  }

  #isViolating({ key, shape }: PodInfo, left: Int32Array): boolean {
    for (const { index, disrupted } of this.#of(shape.namespace, shape.labels))
      if (!disrupted.has(refOf(key).name) && --left[index]! < 0) return true;
    return false;
  }

  #of(namespace: string, labels: Labels): readonly Budget[] {
    const own = this.#byNamespace.get(namespace);
    // kube-scheduler passes over pods without labels, whatever a selector says of labels that are missing
    if (!own || Object.keys(labels).length === 0) return none;
    const known = this.#byLabels.get(labels);
    if (known) return known;
    const found = own.filter(({ selects }) => selects(labels));
    this.#byLabels.set(labels, found);
    return found;
  }
}

const none: readonly Budget[] = [];
