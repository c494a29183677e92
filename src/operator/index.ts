/**
 * The one place where controllers and the production line are put together for a cluster and a clock. Programs differ in
 * the cluster and the clock that they bring, never in how the parts are wired.
 */
export { poolMetrics } from '../pools/index.js';
export { createOperator } from './operator.js';
export { createExtender } from './extender.js';
export { createScheduler } from './scheduler.js';
export { createRebalancer, moveLogName, type RebalancerProgramOptions } from './rebalancer.js';
export {
  apiVersion as rebalancerApiVersion,
  type ConfiguredRebalancer,
  configureRebalancer,
  kind as rebalancerKind,
  readerAccount as rebalancerReaderAccount,
  rebalancerConfiguration,
} from './rebalancer-configuration.js';
