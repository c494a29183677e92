import {
  type Allocation,
  type AllocationKernel,
  balancedAllocation,
  leastAllocated,
  mostAllocated,
} from '../kernels/allocation.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Scorer } from './scorer.js';

const fitScorer = (kernel: AllocationKernel): Scorer => ({
  name: 'NodeResourcesFit',
  add: (pod, nodes, weight, out, rows) => {
    kernel({ ...rows, ...scoredAllocation(pod, nodes) }, weight, out);
    return true;
  },
});

/** Favours nodes of which little is requested. */
export const leastAllocatedScorer = fitScorer(leastAllocated);

/** Favours nodes of which much is requested. */
export const mostAllocatedScorer = fitScorer(mostAllocated);

/** Favours nodes whose used shares of cpu and memory the pod brings nearer to each other. A pod without requests has no say. */
export const balancedAllocationScorer: Scorer = {
  name: 'NodeResourcesBalancedAllocation',
  add: (pod, nodes, weight, out, rows) => {
    const { cpu = 0, memory = 0 } = pod.requests;
    if (cpu === 0 && memory === 0) return false;
    balancedAllocation({ ...rows, ...allocation(pod, nodes) }, weight, out);
    return true;
  },
};

function scoredAllocation({ scoredRequests }: PodShape, nodes: Snapshot): Omit<Allocation, 'from' | 'to'> {
  const [cpu, memory] = [nodes.basicColumn('cpu'), nodes.basicColumn('memory')];
  return {
    cpuCapacity: cpu.capacity,
    cpuRequested: cpu.nonZeroRequested,
    memoryCapacity: memory.capacity,
    memoryRequested: memory.nonZeroRequested,
    podCpu: scoredRequests.cpu ?? 0,
    podMemory: scoredRequests.memory ?? 0,
  };
}

function allocation({ requests }: PodShape, nodes: Snapshot): Omit<Allocation, 'from' | 'to'> {
  const [cpu, memory] = [nodes.basicColumn('cpu'), nodes.basicColumn('memory')];
  return {
    cpuCapacity: cpu.capacity,
    cpuRequested: cpu.requested,
    memoryCapacity: memory.capacity,
    memoryRequested: memory.requested,
    podCpu: requests.cpu ?? 0,
    podMemory: requests.memory ?? 0,
  };
}
