/**
 * Scores of kube-scheduler by what is requested. For each row: `requested` of cpu and memory with kube-scheduler's defaults,
 * `pod…` what is to be added. A resource of which a node has none is left out.
 */
export interface Allocation {
  readonly rows: number;
  readonly cpuCapacity: Float64Array;
  readonly cpuRequested: Float64Array;
  readonly memoryCapacity: Float64Array;
  readonly memoryRequested: Float64Array;
  readonly podCpu: number;
  readonly podMemory: number;
}

/** out = (⌊(cap − req)·100/cap⌋ of cpu + of memory) / 2, rounded down: NodeResourcesFit with LeastAllocated. */
export function leastAllocated(
  { rows, cpuCapacity, cpuRequested, memoryCapacity, memoryRequested, podCpu, podMemory }: Allocation,
  out: Float64Array,
): void {
  for (let row = 0; row < rows; row++) {
    const cpu = cpuCapacity[row]!;
    const memory = memoryCapacity[row]!;
    const both = freeShare(cpu, cpuRequested[row]! + podCpu) + freeShare(memory, memoryRequested[row]! + podMemory);
    out[row] = cpu !== 0 && memory !== 0 ? both >> 1 : both;
  }
}

/** out = (⌊req·100/cap⌋ of cpu + of memory) / 2, rounded down: NodeResourcesFit with MostAllocated. */
export function mostAllocated(
  { rows, cpuCapacity, cpuRequested, memoryCapacity, memoryRequested, podCpu, podMemory }: Allocation,
  out: Float64Array,
): void {
  for (let row = 0; row < rows; row++) {
    const cpu = cpuCapacity[row]!;
    const memory = memoryCapacity[row]!;
    const both = usedShare(cpu, cpuRequested[row]! + podCpu) + usedShare(memory, memoryRequested[row]! + podMemory);
    out[row] = cpu !== 0 && memory !== 0 ? both >> 1 : both;
  }
}

/**
 * out = 50 + (50 + with − without) / 2, rounded down, where with and without are 100·(1 − σ) of the used shares of cpu and memory:
 * NodeResourcesBalancedAllocation.
 */
export function balancedAllocation(
  { rows, cpuCapacity, cpuRequested, memoryCapacity, memoryRequested, podCpu, podMemory }: Allocation,
  out: Float64Array,
): void {
  for (let row = 0; row < rows; row++) {
    const cpu = cpuCapacity[row]!;
    const memory = memoryCapacity[row]!;
    if (cpu === 0 || memory === 0) {
      // of one resource, or none, the deviation is 0
      out[row] = 75;
      continue;
    }
    const cpuUsed = cpuRequested[row]!;
    const memoryUsed = memoryRequested[row]!;
    const difference =
      balance((cpuUsed + podCpu) / cpu, (memoryUsed + podMemory) / memory) -
      balance(cpuUsed / cpu, memoryUsed / memory);
    out[row] = 50 + ((50 + difference) >> 1);
  }
}

function freeShare(capacity: number, requested: number): number {
  return capacity === 0 || requested > capacity ? 0 : (((capacity - requested) * 100) / capacity) | 0;
}

function usedShare(capacity: number, requested: number): number {
  return capacity === 0 ? 0 : ((Math.min(requested, capacity) * 100) / capacity) | 0;
}

/** 100·(1 − σ) of two shares, each at most 1, rounded down. */
function balance(cpu: number, memory: number): number {
  return ((1 - Math.abs((Math.min(cpu, 1) - Math.min(memory, 1)) / 2)) * 100) | 0;
}
