// Simulated nodes: machines that exist only as objects of a cluster, and the life of the pods on them.
// They act through the Cluster port and the Clock alone, so they serve the embedded cluster and a real API server alike.
// How a pod comes to run, fails, is resized and ends is a pure state machine (advance.ts); what a kubelet says of it is
// a pure function of that state (report.ts). The keepers read, advance, and write what has changed.
// No rule of Penstock's own is in here, and no node is ever chosen here: that is a scheduler's.
export { simulation } from './faults.js';
export { mediumNode, type NodeTemplate, simulatedLabel } from './node-object.js';
export { instant, realistic } from './profile.js';
export { SimulatedNodes, type SimulatedNodesOptions } from './simulated-nodes.js';
