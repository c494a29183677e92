/**
 * Experiments: policies side by side, with seeds, in time that is not real. A run is many trials that do not depend on one another;
 * what came out is data, which reports show. Host-level experiments use `engine/`, arrays without API objects; `control-plane/` runs the
 * whole of Penstock on the virtual clock. Nothing here knows a policy's name beyond the lists of `experiments/`.
 */
export { asGiven, hidden } from './cluster-snapshot/naming.js';
export { openSnapshot, writeSnapshotFile } from './cluster-snapshot/snapshot-file.js';
export { type SnapshotSummary, summarize } from './cluster-snapshot/summary.js';
export { type TakeOptions, takeSnapshot } from './cluster-snapshot/take-snapshot.js';
export { type Experiment, type Opened, type Trial } from './experiments/experiment.js';
export { experimentNamed, experiments } from './experiments/index.js';
export { csvOf } from './report/csv.js';
export { documentOf, parseDocument, type ResultDocument } from './report/document.js';
export { renderHtml } from './report/html/render.js';
export { type Report } from './report/report.js';
export { renderText } from './report/text/render.js';
export { compareRuns } from './run/compare.js';
export { mergeParts } from './run/merge.js';
export { type Request, type Result } from './run/result.js';
export { checkPolicies, inProcess, resultOf, runTrials } from './run/run-experiment.js';
export { isRunFolder, readRun, type RunHeader, TrialStore, writeWhole } from './run/trial-store.js';
export { inShard, type Shard, trialsOf } from './run/trials.js';
export { Workers } from './run/workers.js';
