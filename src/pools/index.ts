/**
 * Pools: keep each one stocked. What its stock needs is a pure function of the pool and its pods (plan-stock), which are kept
 * sorted (stock-cache), done through the line's stages (controller), told in its status (status-controller). A pool's own pods are those marked `stocked`; what
 * was delivered belongs to claims, and this room only counts it.
 */
export { PoolController } from './controller.js';
export { Findings } from './findings.js';
export { Planner } from './planner.js';
export type { PoolLines } from './production.js';
export { Reminders } from './reminders.js';
export { PoolStatusController } from './status-controller.js';
export { StockCache, type StockWitnesses } from './stock-cache.js';
export { Templates } from './templates.js';
export { byLine, delivered, forDeployment, indexes, quarantined, returned, stock, stockOn } from './indexes.js';
export {
  DemandController,
  isReplica,
  type PoolMetrics,
  poolMetrics,
  ReplicaDemandController,
  Sizer,
  unobserved,
} from './sizing/index.js';
