// The controller toolkit: informers, work queues, controllers, leader election, events, conditions, finalizers, metrics.
// It knows Clusters, Clocks and kinds, but none of Penstock's own rules: those belong to the rooms that use it.
// It awaits only the Clock and the Cluster that it is given, so that everything in it runs in virtual time; the HTTP
// servers for health and metrics, in http-server.ts, are the one exception, and nothing else here depends on them.
// Behaviour follows controller-runtime and client-go where they have an answer.
export type { Cache, IndexFunction, MapFunction } from './cache.js';
export { type ControllerDefinition, defineController } from './controller.js';
export { createManager, Manager, type ManagerOptions } from './manager.js';
export { again, type Context, done, type EventRecorder, type Reconciler, type Result, Terminal } from './reconciler.js';
export { For, Maps, Owns, type WatchOptions } from './watches.js';
