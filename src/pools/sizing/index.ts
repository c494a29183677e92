/**
 * How large a pool's stock is to be, from what was asked for: demand is counted (history) and written down (record), foretold
 * (forecast/), and the forecast and margin that kept the promise on the recent past with the least idle stock are used
 * (choose). `size` then decides within the limits, and says why. All but the sizer is arithmetic on what it is given.
 */
export { chooseRule } from './choose.js';
export { DemandController, isReplica, ReplicaDemandController } from './demand-controller.js';
export { DemandHistory, day, leadSlots, periodOf } from './history.js';
export { type PoolMetrics, poolMetrics, unobserved } from './metrics.js';
export { RuleBook } from './rule-book.js';
export { sizeStock, webhookName } from './size.js';
export { type SizedPool, Sizer } from './sizer.js';
