/**
 * The production line: chains of stages by which containers are produced, delivered and reclaimed. A stage does one thing
 * to one container and says what came of it; `Line` owns order, concurrency and measurement. What the stages read and
 * write are the pods themselves, which are the only ledger. This room decides nothing about how many containers there
 * should be or whose turn it is: that is for pools and claims.
 */
export { handOver } from './stages/hand-over/hand-over.js';
export { Line } from './line.js';
export { type LineMetrics, lineMetrics, unmeasured } from './metrics.js';
export * from './pod-state.js';
export { coldPod, templateFingerprint } from './pod-template.js';
export { isResized, resize } from './stages/resize/resize.js';
export { refusalOf } from './stages/resize/resources.js';
export { soonestRetry, type StageContext, type Verdict } from './stage.js';
export { matchOldest } from './stages/match.js';
export { provision } from './stages/provision.js';
export { retire } from './stages/retire.js';
export { verify } from './stages/verify.js';
export type { DeliverWork, ProduceWork, ReclaimWork, Slot } from './work.js';
