/**
 * The Cluster port over HTTPS: a real Kubernetes API server.
 * Finds it through a kubeconfig or the pod's service account, keeps connections and credentials fresh, holds back what
 * may wait (limiter.ts), turns answers into the port's errors, and errors into sentences for people (explain.ts).
 * It may not know what Penstock does with the objects, cache them, or retry what the server may have executed.
 */
export { type Connection, type ConnectOptions, connect } from './connect.js';
export { type Credentials, fixedCredentials } from './credentials.js';
export { explain, type Where } from './explain.js';
export { KubernetesCluster, type KubernetesClusterOptions } from './kubernetes-cluster.js';
