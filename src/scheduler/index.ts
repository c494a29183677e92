/**
 * Binds pods to nodes by what nodes really use: the queue of pods that wait, the cache of what is on which node, and the
 * bindings. Which node is decided in `scheduling/`. It acts through the Cluster port and the Clock alone, so that it runs on a real
 * API server and in the embedded cluster, in virtual time too.
 */
export { type SchedulerMetrics, schedulerMetrics } from './metrics.js';
export { type Profile, spreadsByDefault } from './profile.js';
export { Scheduler, type SchedulerOptions } from './scheduler.js';
export { controllerSelectors, serviceSelectors, trimSelectors, workloadSelectors } from './cache/selectors.js';
export { trimmedPod } from './cache/trimmed-pod.js';
export { type Configured, defaultConfiguration, parseConfiguration, readConfiguration } from './configuration/read.js';
export {
  apiVersion,
  defaultReaderAccount,
  kind,
  schedulerConfiguration,
  type UseConfiguration,
  useConfigurationOf,
} from './configuration/schema.js';
export { servesPodGroups } from './pod-groups/discovery.js';
export { schedulerPorts } from './ports.js';
export { kubeletDiskRights, kubeletRights, readerTokenRights } from './use/kubelet/rights.js';
export { metricsApiPodRights, metricsApiRights } from './use/metrics-api/rights.js';
export { openSource } from './use/open-source.js';
export { useMetrics } from './use/metrics.js';
export { trackUse } from './use/track.js';
export { UseTracker } from './use/use-tracker.js';
export { SchedulerCache } from './cache/scheduler-cache.js';
export { SimulatedSource, type UseSample, type UseSource } from './use/index.js';
export { Extender } from './extender/extender.js';
export { followCluster } from './cache/follow.js';
export { extenderRoutes } from './extender/handler.js';
