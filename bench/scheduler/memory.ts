import { SchedulerCache } from '../../src/scheduler/cache/scheduler-cache.js';
import { nodeOf, podOf } from './objects.js';

const mebibyte = 2 ** 20;

/** Bytes that the scheduler's cache takes beside the informers, which hold the pods themselves: of so many Deployments. */
export function cacheMemory(nodes: number, pods: number, deployments: number): number {
  const before = usedBytes();
  const cache = new SchedulerCache();
  for (let index = 0; index < nodes; index++) cache.setNode(nodeOf(index));
  for (let index = 0; index < pods; index++) {
    const deployment = index % deployments;
    const facts = { app: `app-${deployment}`, cpu: 50 + deployment, memory: 64 + deployment };
    cache.observe(podOf(`app-${deployment}-${index}`, { ...facts, on: `node-${index % nodes}` }));
  }
  const after = usedBytes();
  if (cache.snapshot.size !== nodes) throw new Error('not all nodes are there');
  return (after - before) / mebibyte;
}

function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
