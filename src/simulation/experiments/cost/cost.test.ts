import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { priceSettings } from '../../../scheduling/cost/cost.js';
import { linearPower } from '../../../scheduling/power/power-model.js';
import { seededRandom } from '../../../support/random.js';
import { g5 } from '../../engine/cloudsim-types.js';
import { comparedPolicies, policyOf } from '../policies.js';
import { cost } from './cost.js';
import { type Batch, runBatch } from './run-batch.js';
import { countsOf, drawTaskClasses, type TaskClass } from './task-classes.js';

const prices = priceSettings.parse({
  core: 1,
  gibibyte: 0,
  disk: 0,
  network: 0,
  links: { internal: 0.5, external: 2 },
});
const ranking = ['cpu', 'memory', 'network', 'disk'];

/** Half a host of 2 cores; its image has 1 GB, its output 0.1 GB. */
const half: TaskClass = {
  requests: { cpu: 1000, memory: 1000, network: 0, disk: 0 },
  medianTime: 3600,
  share: 1,
  dataSet: 1e9,
  output: 1e8,
};

const host = { name: 'two cores', capacity: { cpu: 2000, memory: 2000, pods: 110 }, power: linearPower(100, 200) };

describe('the cost of a batch', () => {
  const batch: Batch = { tasks: 4, classes: [half], hosts: 2, host, slot: 60, horizon: 60 * 24 };
  const outcome = runBatch(batch, policyOf('pack', ['cpu']), prices, seededRandom(1));

  test('is two cores for as long as the hosts are on, and what they fetch and send', () => {
    // by hand: 2 cores at 1 an hour for each host-hour; each host fetches 1 GB at 2; four tasks send 0.1 GB at 0.5
    expect(outcome.completed).toBe(4);
    expect(outcome.hostsUsed).toBe(2);
    expect(outcome.cost.execution).toBeCloseTo(2 * outcome.hostHours, 9);
    expect(outcome.cost.transfer).toBeCloseTo(2 * 2 + 4 * 0.05, 9);
    expect(outcome.cost.unit).toBeCloseTo(outcome.cost.total / 4, 12);
  });

  test('leaves unfinished what has not ended at the horizon, and pays for what ran until then', () => {
    // by hand: two hosts are on for one minute
    const short = runBatch({ ...batch, horizon: 1 }, policyOf('pack', ['cpu']), prices, seededRandom(1));
    expect(short.completed).toBe(0);
    expect(short.cost.execution).toBeCloseTo((2 * 2) / 60, 9);
  });
});

test('counts of classes add up to the tasks, whatever their shares', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 0, max: 5000 }),
      fc.nat(),
      (classes, tasks, seed) => {
        const counts = countsOf(drawTaskClasses(classes, seededRandom(seed)), tasks);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(tasks);
        expect(counts.every((count) => count >= 0)).toBe(true);
      },
    ),
  );
});

test('every task is finished or still there, and k is k1 + k2, under every policy', () => {
  const batches = fc.record({
    tasks: fc.integer({ min: 1, max: 120 }),
    hosts: fc.integer({ min: 1, max: 6 }),
    horizon: fc.integer({ min: 1, max: 200 }),
    seed: fc.nat(1000),
    policy: fc.constantFrom(...comparedPolicies),
  });
  fc.assert(
    fc.property(batches, ({ tasks, hosts, horizon, seed, policy }) => {
      const random = seededRandom(seed);
      const classes = drawTaskClasses(5, random.split('classes'));
      const batch = { tasks, classes, hosts, host: g5, slot: 60, horizon };
      const { cost: result, started, completed } = runBatch(batch, policyOf(policy, ranking), prices, random);
      expect(completed).toBeLessThanOrEqual(started);
      expect(started).toBeLessThanOrEqual(tasks);
      expect(result.tasks).toBe(started);
      expect(Math.abs(result.total - result.execution - result.transfer)).toBeLessThan(1e-6);
    }),
    { numRuns: 60 },
  );
});

describe('the experiment cost', () => {
  test('gives the same outcome for the same seed, and another for another', async () => {
    const opened = await cost.open({ tasks: [500], hosts: 20 });
    const trial = { policy: 'max-weight', at: { tasks: 500 }, seed: 3 };
    const [first, again, other] = [
      await opened.run(trial),
      await opened.run(trial),
      await opened.run({ ...trial, seed: 4 }),
    ];
    expect(again).toEqual(first);
    expect(other.measures['k']).not.toBe(first.measures['k']);
    expect(first.measures['unfinished']).toBe(0);
  });

  test.each([
    [{ hosts: 0 }, 'hosts must be'],
    [{ tasks: [] }, 'tasks must'],
    [{ tasks: [1000, 1000] }, 'tasks must not name a number twice'],
    [{ slot: 3600, horizon: 0.5 }, 'horizon must be at least as long as a slot'],
    [{ priceCore: -1 }, 'priceCore must be'],
  ])('refuses %j', async (given, message) => {
    await expect(cost.open(given)).rejects.toThrow(message);
  });

  test('leaves the genetic policy out of the largest batch', () => {
    expect(cost.applies('genetic', { tasks: 10_000 })).toBe(true);
    expect(cost.applies('genetic', { tasks: 100_000 })).toBe(false);
  });
});
