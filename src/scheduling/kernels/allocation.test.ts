import { expect, test } from 'vitest';
import { type AllocationKernel, balancedAllocation, leastAllocated, mostAllocated } from './allocation.js';

const scoreOf = (kernel: AllocationKernel, cpu: readonly number[], memory: readonly number[]): number => {
  const out = new Float64Array([1000]);
  const column = (values: readonly number[], index: number) => new Float64Array([values[index] ?? 0]);
  const allocation = {
    from: 0,
    to: 1,
    cpuCapacity: column(cpu, 0),
    cpuRequested: column(cpu, 1),
    podCpu: cpu[2] ?? 0,
    memoryCapacity: column(memory, 0),
    memoryRequested: column(memory, 1),
    podMemory: memory[2] ?? 0,
  };
  kernel(allocation, 2, out);
  return ((out[0] ?? 0) - 1000) / 2;
};

// by hand from the formulas, rounded down at each step; [capacity, requested, of the pod]
test.each<[string, AllocationKernel, number[], number[], number]>([
  ['least: 25 % of cpu and 50 % of memory left', leastAllocated, [4000, 0, 3000], [10_000, 0, 5000], 37],
  ['least: none where more is asked for than there is', leastAllocated, [4000, 3000, 2000], [10_000, 0, 5000], 25],
  ['least: of memory alone where the node has no cpu', leastAllocated, [0, 0, 100], [10_000, 1, 0], 99],
  ['most: 75 % of cpu and 50 % of memory used', mostAllocated, [4000, 0, 3000], [10_000, 0, 5000], 62],
  ['most: never more than all', mostAllocated, [4000, 4000, 1000], [10_000, 0, 0], 50],
  // σ = |¾ − ½|/2: 87 with the pod, 100 without: 50 + (50 − 13)/2
  ['balance: worse with the pod', balancedAllocation, [4000, 0, 3000], [10_000, 0, 5000], 68],
  // from ½ and 0 to ½ and ½: 100 with it, 75 without
  ['balance: better with the pod', balancedAllocation, [4000, 2000, 0], [10_000, 0, 5000], 87],
  ['balance: of one resource', balancedAllocation, [0, 0, 100], [10_000, 0, 5000], 75],
])('%s', (_what, kernel, cpu, memory, expected) => {
  expect(scoreOf(kernel, cpu, memory)).toBe(expected);
});
