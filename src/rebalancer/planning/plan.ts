import type { OwnerReference } from '../../api/meta/metadata.js';
import type { Key } from '../../api/meta/resource.js';

/** Why a pod is moved. */
export type MoveReason = 'NodeHot' | 'NodeUnderutilized' | 'NodeLeaving';

/**
 * How: `replacement`, a ready container of the stock takes its place before it goes; `eviction`, it goes, its owner makes another one and
 * the scheduler places that.
 */
export type MoveMeans = 'replacement' | 'eviction';

/** A number before and after. */
export interface Change {
  readonly before: number;
  readonly after: number;
}

export interface Move {
  /** As it was when that was decided. */
  readonly pod: { readonly key: Key; readonly uid: string; readonly resourceVersion: string };
  /** The controller of the pod. */
  readonly owner: Pick<OwnerReference, 'apiVersion' | 'kind' | 'name' | 'uid'>;
  readonly from: string;
  /** Where the replacement stands, or where the scheduler will put the pod's successor. */
  readonly to: string;
  readonly reason: MoveReason;
  /** Of a hot node: the resource that is furthest over the target. */
  readonly resource?: string;
  readonly means: MoveMeans;
  /** The container of the stock that takes its place. */
  readonly replacement?: Key;
  /** Node-seconds, see `payoff.ts`. */
  readonly gain: number;
  /** Node-seconds. */
  readonly cost: number;
  /** Composite loads Q of both nodes. */
  readonly loads: { readonly from: Change; readonly to: Change };
  /** Of the moves that empty a node: before the first and after the last of them, with the emptied node out of use. */
  readonly imbalance: Change;
}

/** A node with a resource over the threshold in enough of the last samples. */
export interface HotNode {
  readonly node: string;
  /** The resource used most of those that are over. */
  readonly resource: string;
  /** Use over capacity of that resource. */
  readonly utilization: number;
}

/** A node that nothing will run on once the moves are made but what goes with the node. */
export interface StoppableNode {
  readonly node: string;
  /** Pods that have still to leave it: moves of this plan, or of an earlier one. It can be stopped when there are none. */
  readonly leaving: readonly Key[];
}

/** A node whose report as stoppable is withdrawn. */
export interface NeededNode {
  readonly node: string;
  readonly reason: NeedReason;
  readonly message: string;
}

export type NeedReason = 'PodsWait' | 'NodeHot' | 'InUseAgain';

/** What is not done, and why: of a pod, why it is not moved; of a node, why it is not relieved or emptied. */
export interface MoveRefusal {
  readonly subject: { readonly kind: 'Pod' | 'Node'; readonly key: Key };
  /** What was refused. */
  readonly action: MoveReason;
  readonly reason: RefusalReason;
  /** For people. */
  readonly message: string;
}

/** Why a pod cannot go, whatever its node is like. */
export type PodStayReason =
  | 'DaemonSetPod'
  | 'StaticPod'
  | 'NoController'
  | 'LocalStorage'
  | 'NotSafeToEvict'
  | 'DoNotDisrupt'
  | 'Terminating'
  | 'MoveInFlight'
  | 'NotReplaced'
  | 'PodGroupMember'
  | 'SystemCritical'
  | 'UseUnknown'
  | 'ObjectUnknown';

/** Why a node is not relieved or emptied. */
export type NodeStayReason =
  | 'NotMeasured'
  | 'NodeLeaving'
  | 'NodeNotReady'
  | 'ControlPlane'
  | 'DoNotDisrupt'
  | 'FreshTaint'
  | 'ScaleDownDisabled'
  | 'TooYoung'
  | 'PodsWait'
  | 'HotNodesFirst'
  | 'PodStays'
  | 'LastInUse'
  | 'StillOverTarget';

export type MoveStayReason =
  | 'NoTarget'
  | 'SchedulerReturnsIt'
  | 'TargetTooFull'
  | 'LeftThereLately'
  | 'DisruptionBudget'
  | 'NodeBudget'
  | 'HourBudget'
  | 'OwnerBudget'
  | 'RaisesImbalance'
  | 'DoesNotPay';

/** Why a move that could be made is not. */
export interface MoveStay {
  readonly reason: MoveStayReason;
  readonly message: string;
}

export type RefusalReason = PodStayReason | NodeStayReason | MoveStayReason;

/** What the rebalancer would do now, and why it does not do more. It is data: it can be printed, compared, and shown by a dry run. */
export interface Plan {
  /** In the order in which they were decided: each counts on those before it. */
  readonly moves: readonly Move[];
  readonly hot: readonly HotNode[];
  /**
   * All that are stoppable as of now, those of earlier plans included. Whoever carries out the plan keeps new pods away from them: where
   * successors of evicted pods go was decided without them.
   */
  readonly stoppable: readonly StoppableNode[];
  readonly needed: readonly NeededNode[];
  readonly refusals: readonly MoveRefusal[];
  /**
   * The standard deviation of the composite load over the nodes in use, those that are not stoppable. A node that holds nothing
   * changes sides before it is taken: what is compared is what the moves do.
   */
  readonly imbalance: Change;
}
