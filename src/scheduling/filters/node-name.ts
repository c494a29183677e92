import { nodeFilter } from './node-filter.js';

/** A pod that names its node fits no other. */
export const nodeName = nodeFilter({
  name: 'NodeName',
  candidates: (pod) => (pod.nodeName ? new Set([pod.nodeName]) : undefined),
  accepts: (pod, { metadata }) => !pod.nodeName || pod.nodeName === metadata.name,
  reason: "node(s) didn't match the requested node name",
  remedy: (pod) => `the pod names node ${pod.nodeName}`,
});
