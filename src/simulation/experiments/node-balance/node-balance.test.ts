import { beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../../support/random.js';
import type { Outcome } from '../experiment.js';
import { arrangements } from '../rearrange.js';
import { nodeBalance } from './node-balance.js';
import { resources, sixNodes, usedBefore } from './six-nodes.js';

const run = async (policy: string, seed: number): Promise<Outcome> =>
  (await nodeBalance.open({})).run({ policy, at: {}, seed });

describe('the six nodes before', () => {
  let measures: Outcome['measures'] = {};
  beforeAll(async () => {
    ({ measures } = await run('balance', 1));
  });

  test('use over 90 % of their network on nodes 2 and 5 alone, whose load is over 16', () => {
    const network = usedBefore.map((_, row) => measures[`node${row + 1}NetworkBefore`] ?? 0);
    const volume = usedBefore.map((_, row) => measures[`node${row + 1}VolumeBefore`] ?? 0);
    expect(network.map((use) => use > 0.9)).toEqual([false, true, false, false, true, false]);
    expect(volume.map((load) => load > 16)).toEqual([false, true, false, false, true, false]);
    expect(measures['nodesOverLimitBefore']).toBe(2);
  });

  test('have the loads that follow from their use', () => {
    // by hand: 1/(0.7 · 0.65 · 0.06) and 1/(0.6 · 0.7 · 0.08); (0.3 + 0.35 + 0.94)/3
    expect(measures['node2VolumeBefore']).toBeCloseTo(36.63, 2);
    expect(measures['node5VolumeBefore']).toBeCloseTo(29.76, 2);
    expect(measures['node2MeanUseBefore']).toBeCloseTo(0.53, 9);
  });

  test.each([1, 2, 3])('use the same with seed %i, however it is divided among the pods', (seed) => {
    const hosts = sixNodes(8, seededRandom(seed));
    hosts.settle(60_000);
    for (const [row, used] of usedBefore.entries())
      for (const resource of resources) {
        const column = hosts.nodes.column(resource)!;
        expect(column.use[row]! / column.capacity[row]!).toBeCloseTo(used[resource], 9);
      }
  });
});

describe('the six nodes after', () => {
  test.each([
    ['rebalancer', 1],
    ['rebalancer', 2],
    ['rebalancer', 7],
    ['balance', 1],
    ['balance', 2],
    ['balance', 7],
  ])('are under 90 %% and under 16 with %s, seed %i', async (policy, seed) => {
    const { measures } = await run(policy, seed);
    expect(measures['maxUseAfter']).toBeLessThan(0.9);
    expect(measures['maxVolumeAfter']).toBeLessThan(16);
    expect(measures['nodesOverLimitAfter']).toBe(0);
  });

  test('are reached by few moves of the rebalancer', async () => {
    const { measures } = await run('rebalancer', 1);
    expect(measures['moves']).toBeGreaterThan(0);
    expect(measures['moves']).toBeLessThan(10);
  });

  test.each(arrangements)('hold all pods under %s, and use as much altogether as before', async (policy) => {
    const { measures } = await run(policy, 4);
    const total = (when: string) =>
      usedBefore.reduce((sum, _, row) => sum + (measures[`node${row + 1}MeanUse${when}`] ?? 0), 0);
    expect(measures['unplaced']).toBe(0);
    expect(total('After')).toBeCloseTo(total('Before'), 9);
  });

  test('are the same again for the same seed', async () => {
    expect(await run('genetic', 5)).toEqual(await run('genetic', 5));
  });
});

test('node-balance refuses more pods than a node has room for', async () => {
  await expect(nodeBalance.open({ pods: 11 })).rejects.toThrow('pods must be');
});
