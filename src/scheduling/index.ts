/**
 * What nodes offer and pods ask, and which node suits a pod best: resources, filters, load models, policies, and the snapshot
 * that they work on. Pure: no cluster, no clock, no chance of its own. The scheduler, the embedded cluster, the rebalancer and the
 * simulator use the same objects. Loops over all nodes stand in `kernels/`, over typed arrays, without allocation per node.
 */
export { type Diagnosis, diagnose } from './algorithm/diagnosis.js';
export { ScheduleAlgorithm } from './algorithm/schedule-algorithm.js';
export { termOf } from './affinity/term.js';
export {
  acrossNodes,
  explainNode,
  explainWithout,
  type Filter,
  filterNodes,
  isLocal,
  nodeAffinity,
  type Refusal,
} from './filters/index.js';
export { type Cost, costOf, describePrices, type Prices, priceSettings } from './cost/cost.js';
export { explainPod, type NodeExplanation, type PodExplanation, weighedInVain } from './explanation/explain-pod.js';
export { createLoadModel, loadSettings } from './load/index.js';
export type { LoadModel, LoadTerm, Weights } from './load/load-model.js';
export type { Candidate } from './preemption/candidate.js';
export { DisruptionBudgets } from './preemption/disruption-budgets.js';
export { explainPreemption } from './preemption/explain-preemption.js';
export { PreemptionAlgorithm } from './preemption/preemption-algorithm.js';
export { type Preemptor, preemptorOf } from './preemption/preemptor.js';
export type { PodUse, UseOfPods } from './preemption/steadiness.js';
export type { VictimGroup } from './preemption/victim-group.js';
export { leavingReason } from './node-lifecycle.js';
export { isTerminal } from './pod-phase.js';
export { type Labels, placedShape, type PodShape, podShape, shapeSource } from './pod-shape.js';
export { createPolicy, createScorePolicy, policyTypes } from './policies/index.js';
export type { Assignment, BatchPolicy, Policy, Queue, ScorePolicy, Term } from './policies/policy.js';
export { type Amounts, amountOf, formatAmount } from './resources/amounts.js';
export { capacityPrefix, estimatePrefix } from './resources/estimate.js';
export { containerRequests, podRequests, type Resources } from './resources/pod-requests.js';
export { type QosClass, qosClass } from './resources/qos.js';
export { type NodeInfo, type NodeUse, type PodInfo, podInfo } from './snapshot/node-info.js';
export type { ResourceColumn } from './snapshot/columns.js';
export { Snapshot } from './snapshot/snapshot.js';
export {
  defaultSelectorOf,
  type DefaultSelector,
  type ServiceSelector,
  type WorkloadSelector,
} from './topology-spread/default-selector.js';
export { unsupportedBy } from './volumes/unsupported.js';
export type { VolumeView } from './volumes/volume-view.js';
