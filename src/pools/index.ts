/**
 * Pools: keep each one stocked. What its stock needs is a pure function of the pool and its pods (plan-stock), done
 * through the line's stages (controller), told in its status (status). A pool's own pods are those marked `stocked`; what
 * was delivered belongs to claims, and this room only counts it.
 */
export { PoolController } from './controller.js';
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
