import { PodDisruptionBudget } from '../../../api/administration.js';
import { CustomResourceDefinition, Pod } from '../../../api/kubernetes.js';
import { selectorOf } from '../../../api/meta/label-selector.js';
import { type Key, keyOf, nameOf, type Ref, type Resource } from '../../../api/meta/resource.js';
import type { Cluster } from '../../../cluster/cluster.js';
import { Conflict } from '../../../cluster/errors.js';
import {
  again,
  type Cache,
  type Context,
  type ControllerDefinition,
  defineController,
  done,
  For,
  type Manager,
  Maps,
  type Reconciler,
  type Result,
  writeStatus,
} from '../../../runtime/index.js';
import type { Clock } from '../../../support/clock.js';
import { messageOf } from '../../../support/errors.js';
import type { Duration } from '../../../support/time.js';
import { byNamespace } from '../workload-indexes.js';
import { ControllerScales, workloads } from './controller-scale.js';
import { countsReplicas, expectationOf, failedStatus, type Finding, saysTheSame, statusOf } from './status.js';

const concurrency = 16;
/** Pods change in bursts: one look at them serves all that came within this time. */
const settle: Duration = 20;

export interface DisruptionControllerOptions {
  readonly manager: Pick<Manager, 'cluster' | 'cache' | 'index'>;
  readonly clock: Clock;
}

/** Says of every PodDisruptionBudget how many of its pods may be evicted now. */
export class DisruptionController implements Reconciler {
  readonly #cluster: Cluster;
  readonly #cache: Cache;
  readonly #clock: Clock;
  readonly #scales: ControllerScales;

  constructor({ manager, clock }: DisruptionControllerOptions) {
    this.#cluster = manager.cluster;
    this.#cache = manager.cache;
    this.#clock = clock;
    this.#scales = new ControllerScales(manager.cluster, manager.cache);
    manager.index(Pod, byNamespace, namespaceOf);
    manager.index(PodDisruptionBudget, byNamespace, namespaceOf);
  }

  definition(): ControllerDefinition {
    const watches = [
      For(PodDisruptionBudget),
      Maps(Pod, (pod) => this.#budgetsOf(pod), { delay: settle }),
      // only to look up owners of pods: as in Kubernetes, their changes wake nobody before their pods change
      ...workloads.map((kind) => Maps(kind, nobody)),
      Maps(CustomResourceDefinition, nobody),
    ];
    return defineController({ name: 'disruption', reconciler: this, watches, concurrency });
  }

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const budget = this.#cache.get(PodDisruptionBudget, keyOf(ref));
    if (!budget) return done;
    const { status, next } = await this.#findingOf(budget, context);
    const { signal } = context;
    // refused when an eviction has been charged meanwhile: then its pod must be counted
    if (!saysTheSame(budget.status, status))
      await writeStatus(this.#cluster, PodDisruptionBudget, budget, status, { signal });
    return next === undefined ? done : again(next - this.#clock.now());
  }

  async #findingOf(budget: PodDisruptionBudget, { signal, events }: Context): Promise<Finding> {
    const pods = this.#podsOf(budget);
    const { spec = {} } = budget;
    try {
      const { replicas, unmanaged } = countsReplicas(spec)
        ? await this.#scales.expected(pods, signal)
        : { replicas: pods.length, unmanaged: [] };
      if (unmanaged.length > 0) events.record(budget, 'Warning', 'UnmanagedPods', unmanagedMessage);
      return statusOf(budget, pods, expectationOf(spec, replicas), this.#clock.now());
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Conflict) throw error;
      const message = messageOf(error);
      const said = `Failed to calculate the number of expected pods: ${message}`;
      events.record(budget, 'Warning', 'CalculateExpectedPodCountFailed', said);
      return { status: failedStatus(budget, message, this.#clock.now()), next: undefined };
    }
  }

  /** A budget without a selector selects nothing, one with an empty selector all pods of its namespace. */
  #podsOf({ metadata, spec }: PodDisruptionBudget): readonly Pod[] {
    if (!spec?.selector) return [];
    const selects = selectorOf(spec.selector);
    const there = this.#cache.byIndex(Pod, byNamespace, metadata.namespace ?? '').values();
    return [...there].filter((pod) => selects(pod.metadata.labels));
  }

  #budgetsOf({ metadata }: Pod): readonly Key[] {
    const budgets = this.#cache.byIndex(PodDisruptionBudget, byNamespace, metadata.namespace ?? '');
    if (budgets.size === 0) return [];
    return [...budgets.values()].flatMap((budget) =>
      budget.spec?.selector && selectorOf(budget.spec.selector)(metadata.labels) ? [keyOf(nameOf(budget))] : [],
    );
  }
}

const nobody = (): readonly Key[] => [];
const namespaceOf = ({ metadata }: Resource): readonly string[] => [metadata.namespace ?? ''];

const unmanagedMessage =
  'Pods selected by this PodDisruptionBudget have no controller and are not counted; set minAvailable to an integer to count them';
