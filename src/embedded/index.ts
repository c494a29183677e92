/**
 * A Kubernetes cluster in this process: a store with the semantics of an API server, the controllers that a cluster
 * has anyway, and simulated nodes. Controllers and nodes act only through the Cluster port, so they work on a real API
 * server too. Nothing here knows of pools or claims, opens a socket, or takes time from anywhere but the Clock.
 */
export { EmbeddedCluster, type EmbeddedClusterOptions } from './store/cluster.js';
export { createEmbeddedWorld, type EmbeddedWorld, type EmbeddedWorldOptions } from './world.js';
