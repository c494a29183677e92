/**
 * Deployments from stock: a new replica of a Deployment that names a pool, and that the pool names, is a container of that
 * pool. For each pod of its ReplicaSets that does not run yet a warm one is handed over (plan, controller), where the
 * template's required anti-affinity and spread allow it (constraints); the ReplicaSet then deletes what is too many. Pods
 * that are held back by the gate are let go where the stock has none for them. This room makes no stock and writes nothing
 * to Deployments and ReplicaSets: with the operator down they are ordinary ones.
 */
export { DeploymentController } from './controller.js';
export { isConstrained } from './constraints.js';
export { gatedDeployments, hasGatedPods } from './gated.js';
export { indexes, repelling, warm } from './indexes.js';
export { trimDeployment, trimReplicaSet } from './trim.js';
export { OtherPodTrimmer } from './trim-other-pod.js';
