/**
 * What nodes really use, measured: sources that read it (kubelets, the metrics API, Prometheus, simulated nodes) behind one
 * interface, and a collector that keeps the last minutes of every node and says what is known of none. It decides nothing: the
 * figures go into the snapshot of `scheduling/`, where estimates stand for what is missing. Parsing, rates and statistics are pure.
 */
export { type SourceStatus, UseCollector, type UseCollectorOptions } from './collector.js';
export type { AddressType } from './kubelet/address.js';
export { KubeletSource, type KubeletSourceOptions } from './kubelet/kubelet-source.js';
export { readerCredentials } from './kubelet/reader-credentials.js';
export { kubeletDiskRights, kubeletRights, readerTokenRights } from './kubelet/rights.js';

export { metricsApiPodRights, metricsApiRights } from './metrics-api/rights.js';
export type { PodUse } from './pod-window.js';
export { type MeasurableNodes, SimulatedSource } from './simulated-source.js';
export type { Pressure, UseReport, UseSample, UseSource } from './use-source.js';
export type { WindowUse } from './window.js';
