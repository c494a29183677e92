import { PodGroup, podGroupInitiallyScheduled } from '../../api/pod-group.js';
import { type Key, keyOf, nameOf } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import { Conflict } from '../../cluster/errors.js';
import { type ConditionUpdate, type Context, isTrue, setCondition, writeStatus } from '../../runtime/index.js';
import type { Clock } from '../../support/clock.js';
import { messageOf } from '../../support/errors.js';

/** Whether the policy of a group is fulfilled; else why not. */
export type GroupOutcome = { readonly scheduled: true } | { readonly scheduled: false; readonly message: string };

type Writing = Pick<Context, 'signal' | 'log'>;

interface Pending {
  readonly outcome: GroupOutcome;
  readonly context: Writing;
}

/** Writes the condition `PodGroupInitiallyScheduled`, as kube-scheduler does: true once, it stays so. */
export class PodGroupConditions {
  /** What could not be written because the group had changed: that change is on its way here. */
  readonly #pending = new Map<Key, Pending>();

  constructor(private readonly options: { readonly cluster: Cluster; readonly clock: Clock }) {}

  report(group: PodGroup, outcome: GroupOutcome, context: Writing): void {
    const { metadata, status = {} } = group;
    if (isTrue(status.conditions, podGroupInitiallyScheduled)) return;
    const { generation } = metadata;
    const observed = generation === undefined ? {} : { observedGeneration: generation };
    const conditions = setCondition(
      status.conditions,
      { ...conditionOf(outcome), ...observed },
      this.options.clock.now(),
    );
    if (conditions === status.conditions) return;
    void this.#write(group, { ...status, conditions }, { outcome, context });
  }

  /** A group has changed: what is still to be said of it is said now. */
  observe(group: PodGroup): void {
    const key = keyOf(nameOf(group));
    const pending = this.#pending.get(key);
    this.#pending.delete(key);
    if (pending && !pending.context.signal.aborted) this.report(group, pending.outcome, pending.context);
  }

  forget(key: Key): void {
    this.#pending.delete(key);
  }

  async #write(group: PodGroup, status: NonNullable<PodGroup['status']>, pending: Pending): Promise<void> {
    const { signal, log } = pending.context;
    try {
      await writeStatus(this.options.cluster, PodGroup, group, status, { signal });
    } catch (error) {
      if (signal.aborted) return;
      const key = keyOf(nameOf(group));
      if (error instanceof Conflict) this.#pending.set(key, pending);
      else log.warn({ podGroup: key, error: messageOf(error) }, 'could not report what became of a pod group');
    }
  }
}

const conditionOf = (outcome: GroupOutcome): ConditionUpdate =>
  outcome.scheduled
    ? { type: podGroupInitiallyScheduled, status: 'True', reason: 'Scheduled', message: '' }
    : { type: podGroupInitiallyScheduled, status: 'False', reason: 'Unschedulable', message: outcome.message };
