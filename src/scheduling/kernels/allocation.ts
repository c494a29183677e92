/** What kube-scheduler's scores by requests look at: cpu and memory of each row, and what the pod adds. */
export interface Allocation {
  /** The rows that are scored: up to the last but one. */
  readonly from: number;
  readonly to: number;
  readonly cpuCapacity: Float64Array;
  readonly cpuRequested: Float64Array;
  readonly memoryCapacity: Float64Array;
  readonly memoryRequested: Float64Array;
  readonly podCpu: number;
  readonly podMemory: number;
}

/** A score from 0 to 100 for each row, times `weight`, added to `out`. A resource of which a node has none is left out. */
export type AllocationKernel = (allocation: Allocation, weight: number, out: Float64Array) => void;

/** (⌊(cap − req)·100/cap⌋ of cpu + of memory) / 2, rounded down: NodeResourcesFit with LeastAllocated. */
export const leastAllocated: AllocationKernel = (
  { from, to, cpuCapacity, cpuRequested, memoryCapacity, memoryRequested, podCpu, podMemory },
  weight,
  out,
) => {
  for (let row = from; row < to; row++) {
    const cpu = cpuCapacity[row]!;
    const memory = memoryCapacity[row]!;
    const cpuLeft = cpu - cpuRequested[row]! - podCpu;
    const memoryLeft = memory - memoryRequested[row]! - podMemory;
    const cpuShare = cpu === 0 || cpuLeft < 0 ? 0 : ((cpuLeft * 100) / cpu) | 0;
    const memoryShare = memory === 0 || memoryLeft < 0 ? 0 : ((memoryLeft * 100) / memory) | 0;
    const both = cpuShare + memoryShare;
    out[row]! += weight * (cpu !== 0 && memory !== 0 ? both >> 1 : both);
  }
};

/** (⌊min(req, cap)·100/cap⌋ of cpu + of memory) / 2, rounded down: NodeResourcesFit with MostAllocated. */
export const mostAllocated: AllocationKernel = (
  { from, to, cpuCapacity, cpuRequested, memoryCapacity, memoryRequested, podCpu, podMemory },
  weight,
  out,
) => {
  for (let row = from; row < to; row++) {
    const cpu = cpuCapacity[row]!;
    const memory = memoryCapacity[row]!;
    const cpuUsed = cpuRequested[row]! + podCpu;
    const memoryUsed = memoryRequested[row]! + podMemory;
    const cpuShare = cpu === 0 ? 0 : cpuUsed >= cpu ? 100 : ((cpuUsed * 100) / cpu) | 0;
    const memoryShare = memory === 0 ? 0 : memoryUsed >= memory ? 100 : ((memoryUsed * 100) / memory) | 0;
    const both = cpuShare + memoryShare;
    out[row]! += weight * (cpu !== 0 && memory !== 0 ? both >> 1 : both);
  }
};

/**
 * 50 + (50 + with − without) / 2, rounded down, where with and without the pod it is 100·(1 − σ) of the used shares of cpu and
 * memory, rounded down: NodeResourcesBalancedAllocation.
 */
export const balancedAllocation: AllocationKernel = (
  { from, to, cpuCapacity, cpuRequested, memoryCapacity, memoryRequested, podCpu, podMemory },
  weight,
  out,
) => {
  for (let row = from; row < to; row++) {
    const cpu = cpuCapacity[row]!;
    const memory = memoryCapacity[row]!;
    const cpuUsed = cpuRequested[row]!;
    const memoryUsed = memoryRequested[row]!;
    // of one resource, or none, the deviation is 0
    const difference =
      cpu === 0 || memory === 0
        ? 0
        : balance(share(cpuUsed + podCpu, cpu), share(memoryUsed + podMemory, memory)) -
          balance(share(cpuUsed, cpu), share(memoryUsed, memory));
    out[row]! += weight * (50 + ((50 + difference) >> 1));
  }
};

function share(used: number, capacity: number): number {
  return used >= capacity ? 1 : used / capacity;
}

/** 100·(1 − σ) of two shares, rounded down. */
function balance(cpu: number, memory: number): number {
  return ((1 - Math.abs((cpu - memory) / 2)) * 100) | 0;
}
