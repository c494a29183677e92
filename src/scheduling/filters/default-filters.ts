import type { Filter } from './filter.js';
import { gpuShareFit } from './gpu-share-fit.js';
import { interPodAffinity } from './inter-pod-affinity.js';
import { nodeAffinity } from './node-affinity.js';
import { nodeDeclaredFeatures } from './node-declared-features.js';
import type { NodeFilter } from './node-filter.js';
import { NodeMasks } from './node-masks.js';
import { nodeName } from './node-name.js';
import { nodePorts } from './node-ports.js';
import { nodeResourcesFit } from './node-resources-fit.js';
import { nodeUnschedulable } from './node-unschedulable.js';
import { nodeVolumeLimits } from './node-volume-limits.js';
import { podTopologySpread } from './pod-topology-spread.js';
import { taintToleration } from './taint-toleration.js';
import { volumeBinding } from './volume-binding.js';
import { volumeRestrictions } from './volume-restrictions.js';
import { volumeZone } from './volume-zone.js';

const nodeFilters: readonly NodeFilter[] = [nodeName, nodeUnschedulable, taintToleration, nodeAffinity];

/** What the filters that look at the node alone accept. */
export const acceptingNodes = new NodeMasks(nodeFilters);

/** The others, in the order in which they are asked after those. */
export const otherFilters: readonly Filter[] = [
  nodePorts,
  nodeResourcesFit,
  volumeRestrictions,
  nodeVolumeLimits,
  volumeBinding,
  volumeZone,
  podTopologySpread,
  interPodAffinity,
  nodeDeclaredFeatures,
  gpuShareFit,
];

/** Those that look at pods on other nodes too. */
export const acrossNodes: readonly Filter[] = [podTopologySpread, interPodAffinity];

/** Those of kube-scheduler's default profile (1.37), without DynamicResources, in its order; after them GpuShareFit, which is ours. */
export const defaultFilters: readonly Filter[] = [...nodeFilters, ...otherFilters];
