/**
 * Moves load away from hot nodes and empties lightly used ones (B7). `planning/` decides, as data: what moves, why, and why not more. It
 * is pure and knows no cluster; it may import only `scheduling`, `api` and `support`. Whoever carries a plan out tells `RebalanceState` what it
 * began, and keeps new pods away from the nodes that the plan reports as stoppable.
 */
export type {
  Change,
  HotNode,
  Move,
  MoveMeans,
  MoveReason,
  MoveRefusal,
  NeededNode,
  NeedReason,
  Plan,
  RefusalReason,
  StoppableNode,
} from './planning/plan.js';
export { planRebalance } from './planning/plan-rebalance.js';
export { type RebalancerSettings, rebalancerSettings } from './planning/settings.js';
export { RebalanceState } from './planning/state.js';
export type { RebalanceView, Replacement } from './planning/view.js';
export { isMarked, reportOf, type StoppableReport, withdrawReport } from './execution/node-reports.js';
export { requester, withdrawRequest } from './execution/eviction-requests.js';
export { type RebalancerMetrics, rebalancerMetrics } from './metrics.js';
export { Rebalancer, type RebalancerOptions, type RebalancerProfile } from './rebalancer.js';
export { describeMove } from './wording.js';
export { rebalancerPorts } from './ports.js';
