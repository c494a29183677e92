import { balancedAllocationScorer, leastAllocatedScorer } from './allocation.js';
import { imageLocalityScorer } from './image-locality.js';
import { interPodAffinityScorer } from './inter-pod-affinity.js';
import { nodeAffinityScorer } from './node-affinity.js';
import { podTopologySpreadScorer } from './pod-topology-spread.js';
import type { WeightedScorer } from './total.js';
import { taintTolerationScorer } from './taint-toleration.js';

/**
 * The Score plug-ins of kube-scheduler's default profile (1.37) with their weights. VolumeBinding is left out: it gives 0 to pods
 * whose claims are bound.
 */
export const defaultScorers: readonly WeightedScorer[] = [
  { scorer: taintTolerationScorer, weight: 3 },
  { scorer: nodeAffinityScorer, weight: 2 },
  { scorer: leastAllocatedScorer, weight: 1 },
  { scorer: podTopologySpreadScorer, weight: 2 },
  { scorer: interPodAffinityScorer, weight: 2 },
  { scorer: balancedAllocationScorer, weight: 1 },
  { scorer: imageLocalityScorer, weight: 1 },
];
