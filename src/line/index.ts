/**
 * The production line: chains of stages by which containers are produced, delivered and reclaimed. A stage does one thing
 * to one container and says what came of it; `Line` owns order, concurrency and measurement. What the stages read and
 * write are the pods themselves, which are the only ledger. This room decides nothing about how many containers there
 * should be or whose turn it is: that is for pools and claims.
 */
export {
  deploymentKeyOf,
  disagreement,
  type Hindrance,
  isHindrance,
  revisionOf,
  templateFor,
  withTemplateOf,
} from './from-deployment.js';
export { AcceptanceController } from './acceptance.js';
export { carries, carrying, carryingNow, configures } from './carries.js';
export { secretObjection } from './secret-objection.js';
export { configurationObjection } from './configuration-objection.js';
export { handOver, move, type MoveWork, swapIn } from './stages/hand-over/hand-over.js';
export type { Moment, Target } from './stages/hand-over/target.js';
export { toClaim } from './stages/hand-over/to-claim.js';
export { toReplicaSet } from './stages/hand-over/to-replica-set.js';
export { Journeys } from './journeys.js';
export { Line } from './line.js';
export { type CompiledLine, hasScrub } from './compile.js';
export { isNoLine, lineObjection, Lines, type NoLine } from './lines.js';
export { abandonAbout, abandonBy } from './outside.js';
export { describeRefusals, type Refusal, Refusals, refusalsIn, warnOfRefusals } from './refusals.js';
export { failedStages, passedStages } from './noted.js';
export { stageTypes } from './stages/registry.js';
export type { Workshop } from './stage-type.js';
export { asksForLoads, nodeLoads } from './stages/match/by-node.js';
export { renumber } from './stages/renumber.js';
export { quarantine } from './stages/quarantine.js';
export { type LineMetrics, lineMetrics, unmeasured } from './metrics.js';
export * from './pod-state.js';
export { LeavingNodes, leavesOtherwise, watchLeavingNodes } from './leaving-nodes.js';
export { standsFor } from './eviction.js';
export { type Ending, endingOf, hasSucceeded, isEndedByNode, isRestarted } from './ending.js';
export {
  type Containing,
  mainContainer,
  mainContainerId,
  mainContainerName,
  mainStatus,
  withMainContainer,
} from './main-container.js';
export { latchObjection } from './latch/objection.js';
export { isLatched } from './latch/pod-latch.js';
export { coldPod, configurableSpec, stockedMarks, templateFingerprint } from './pod-template.js';
export { changedImage, hasItsImage, imageObjection } from './image.js';
export { isResized } from './stages/resize/resize.js';
export { withFirstDeletion } from './first-deletion.js';
export { refusalOf, wantedResources } from './stages/resize/resources.js';
export { fail, soonestRetry, type StageContext, type Verdict } from './stage.js';
export { foreignObjection } from './foreign.js';
export { openGate, openPatch } from './stages/open-gate.js';
export { coldSecret, removeSecret } from './stages/bring-secret.js';
export { canReturn, claimsMarks, returnObjection } from './stages/take-back.js';
export { hasTemplateSize } from './stages/restock.js';
export { replicas, replicaSets, workloadIndexes } from './workload-indexes.js';
export type {
  DeliverWork,
  GatedWork,
  ProduceWork,
  QuarantineWork,
  ReclaimWork,
  RenumberWork,
  ReturnWork,
  Slot,
  SwapWork,
} from './work.js';
