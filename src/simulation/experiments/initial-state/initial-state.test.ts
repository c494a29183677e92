import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../support/random.js';
import { imbalanceOf } from '../../engine/host-loads.js';
import { arrangements } from '../rearrange.js';
import { initialState } from './initial-state.js';
import { mostMachines, publishedCounts, sevenServers } from './seven-servers.js';

test('the imbalance is the standard deviation of the loads of the servers in use', () => {
  // by hand: the mean is 0.4, the squares are 0.04, 0, 0.04; the last server is stopped
  const used = Uint8Array.of(1, 1, 1, 0);
  expect(imbalanceOf(Float64Array.of(0.2, 0.4, 0.6, 0), used)).toBeCloseTo(Math.sqrt(0.08 / 3), 12);
});

test('a server holds as many machines as the parameters allow, by requests', () => {
  const hosts = sevenServers([mostMachines, 0], seededRandom(1));
  for (const name of ['cpu', 'memory', 'pods']) {
    const column = hosts.nodes.column(name)!;
    expect(column.requested[0]!).toBeLessThanOrEqual(column.capacity[0]!);
  }
});

describe('the seven servers', () => {
  const run = async (policy: string, seed = 1) => (await initialState.open({})).run({ policy, at: {}, seed });

  test.each(arrangements)('hold the 105 machines of the paper before and after %s', async (policy) => {
    const { measures } = await run(policy);
    const held = (when: string) => publishedCounts.map((_, row) => measures[`server${row + 1}Machines${when}`] ?? 0);
    expect(held('Before')).toEqual(publishedCounts);
    expect(held('After').reduce((sum, count) => sum + count, 0)).toBe(105);
    expect(measures['unplaced']).toBe(0);
  });

  test('are balanced when the policy balance places all anew', async () => {
    const { measures } = await run('balance');
    expect(measures['imbalanceAfter']).toBeLessThan(0.03);
    expect(measures['imbalanceAfter']).toBeLessThan(measures['imbalanceBefore']! / 2);
  });

  test('end the same for the same seed, and otherwise for another', async () => {
    expect(await run('balance', 2)).toEqual(await run('balance', 2));
    expect(await run('balance', 2)).not.toEqual(await run('balance', 3));
  });
});

test.each([
  [{ machines: [17] }, 'machines must'],
  [{ machines: [0, 0] }, 'machines must name at least one machine'],
  [{ machines: [25, 1] }, 'machines[0] must be at most 24'],
  [{ machine: [1, 2] }, 'machine is no parameter; did you mean machines?'],
])('initial-state refuses %j', async (given, message) => {
  await expect(initialState.open(given)).rejects.toThrow(message);
});
