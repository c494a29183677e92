// The controller toolkit: informers, work queues, controllers, leader election, events, conditions, finalizers, metrics.
// It knows Clusters, Clocks and kinds, but none of Penstock's own rules: those belong to the rooms that use it.
// It awaits only the Clock and the Cluster that it is given, so that everything in it runs in virtual time; the HTTP
// servers for health and metrics, in http-server.ts, and the calls to others than the API server, in http-client.ts, are the
// exceptions, and nothing else here depends on them.
// Behaviour follows controller-runtime and client-go where they have an answer.
export { backOffDelay, jittered } from './back-off.js';
export { type Asked, BackgroundCalls, type CallKey } from './background-calls.js';
export type { Cache, IndexFunction, MapFunction } from './cache.js';
export { cachedCluster } from './cached-cluster.js';
export { type ConditionUpdate, findCondition, isTrue, setCondition } from './conditions.js';
export { type ControllerDefinition, defineController } from './controller.js';
export { countedCluster } from './counted-cluster.js';
export { addFinalizer, removeFinalizer } from './finalizers.js';
export { type Checks, defaultPorts, type RunningServer, serveHealth, serveMetrics } from './http-server.js';
export { type JsonAnswer, type JsonServerOptions, serveJson } from './http-server-json.js';
export {
  type HttpAnswer,
  type HttpCall,
  type HttpClient,
  httpClient,
  type KeepAliveHttpClient,
  keepAliveHttpClient,
} from './http-client.js';
export { NotLeading } from './gated-cluster.js';
export { Informer } from './informer.js';
export { Informers } from './informers.js';
export type { ElectionOptions } from './leader-election.js';
export { createManager, Manager, type ManagerOptions } from './manager.js';
export { RuntimeMetrics } from './metrics.js';
export type { OnDemand } from './on-demand.js';
export { again, type Context, done, type EventRecorder, type Reconciler, type Result, Terminal } from './reconciler.js';
export { writeStatus } from './write-status.js';
export { within } from './within.js';
export { Bell, For, Maps, Owns, Rings, type Watch, type WatchOptions } from './watches.js';
