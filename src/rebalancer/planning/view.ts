import type { Pod } from '../../api/kubernetes.js';
import type { Key } from '../../api/meta/resource.js';
import type { PodShape } from '../../scheduling/pod-shape.js';
import type { ScorePolicy } from '../../scheduling/policies/policy.js';
import type { DisruptionBudgets } from '../../scheduling/preemption/disruption-budgets.js';
import type { UseOfPods } from '../../scheduling/preemption/steadiness.js';
import type { Snapshot } from '../../scheduling/snapshot/snapshot.js';
import type { Instant } from '../../support/time.js';
import type { RebalancerSettings } from './settings.js';
import type { RebalanceState } from './state.js';

/** A ready container of the stock that could take a pod's place. */
export interface Replacement {
  readonly pod: Key;
  readonly node: string;
}

/** All that a plan is made from. None of it is changed. */
export interface RebalanceView {
  /** Without the marks by which pods are kept away from stoppable nodes: here they are kept away by name. */
  readonly nodes: Snapshot;
  /** The use of pods, and the load model. */
  readonly use: UseOfPods;
  /** The pod as the API server has it: its annotations, owners and volumes. */
  readonly podOf: (key: Key) => Pod | undefined;
  readonly budgets: DisruptionBudgets;
  /** What stands in stock for a pod; none of it is given to two pods of one plan. */
  readonly stockOf: (pod: Pod) => readonly Replacement[];
  /** A policy as that of the scheduler which will place the successors of evicted pods. */
  readonly policy: ScorePolicy;
  /** Pods for which no node was found. */
  readonly waiting: readonly PodShape[];
  readonly settings: RebalancerSettings;
  readonly state: RebalanceState;
  readonly now: Instant;
}
