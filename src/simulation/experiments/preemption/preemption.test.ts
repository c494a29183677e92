import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../support/random.js';
import { minute } from '../../../support/time.js';
import { rankedLoad } from '../../engine/host-loads.js';
import { Courses } from './courses.js';
import { fullCluster, podsOfNode, preemptorShape, priorities } from './full-cluster.js';
import { LoadOverTime } from './load-over-time.js';
import { preemption } from './preemption.js';
import { preemptionDay } from './preemption-day.js';

describe('load over time', () => {
  const loads = new LoadOverTime();
  for (const [a, b] of [
    [0.2, 0.4],
    [0.4, 0.4],
    [0.6, 0.8],
    [0.8, 0.8],
  ] as const)
    loads.add(Float64Array.of(a, b));

  test('has a mean, at each sample and altogether', () => {
    expect(loads.means.map((value) => Number(value.toFixed(12)))).toEqual([0.3, 0.4, 0.7, 0.8]);
    expect(loads.mean).toBeCloseTo(0.55, 12);
    expect(loads.deviations.map((value) => Number(value.toFixed(12)))).toEqual([0.1, 0, 0.1, 0]);
  });

  test('has the variance of each node over time, also within parts', () => {
    // by hand: of 0.2, 0.4, 0.6, 0.8 it is 0.05, of 0.4, 0.4, 0.8, 0.8 it is 0.04; within halves 0.01 and 0
    expect(loads.variance).toBeCloseTo(0.045, 12);
    expect(loads.varianceWithin(2)).toBeCloseTo(0.005, 12);
  });
});

describe('a day of pre-emption', () => {
  const samples = 48;
  const steady = { name: 'steady', cpu: new Float64Array(samples).fill(0.3) };
  const unsteady = [1, 2, 3].map((number) => {
    const draws = seededRandom(`unsteady ${number}`);
    return { name: `unsteady ${number}`, cpu: Float64Array.from({ length: samples }, () => 0.6 * draws.uniform()) };
  });

  const day = (rule: 'by-use' | 'kube-default' | 'no-preemption', seed = 1) => {
    const cluster = fullCluster(12, seededRandom(seed));
    const courses = new Courses({
      machines: [steady, steady, steady, ...unsteady],
      interval: 5 * minute,
      random: seededRandom(`courses ${seed}`),
      resources: ['cpu'],
    });
    const outcome = preemptionDay({
      nodes: cluster.nodes,
      courses,
      load: rankedLoad(['cpu']),
      samples,
      preemptor: preemptorShape(),
      preemptors: 12,
      rule,
      budgets: (gone) => cluster.budgets(gone),
    });
    return { nodes: cluster.nodes, ...outcome };
  };

  test.each(['by-use', 'kube-default'] as const)(
    'has two pods go for each that comes, and no node over its capacity (%s)',
    (rule) => {
      const { nodes, victims, waiting } = day(rule);
      expect(waiting).toBe(0);
      expect(victims).toHaveLength(24);
      for (const column of nodes.columns)
        for (let row = 0; row < nodes.rows; row++)
          expect(column.requested[row]!).toBeLessThanOrEqual(column.capacity[row]!);
    },
  );

  test('lets those of high priority wait without pre-emption', () => {
    const { nodes, victims, waiting } = day('no-preemption');
    expect([victims.length, waiting]).toEqual([0, 12]);
    expect([...nodes.infos()].every(({ pods }) => pods.length === podsOfNode)).toBe(true);
  });

  test('leaves nodes steadier when victims are chosen by use', () => {
    const total = (rule: 'by-use' | 'kube-default') =>
      [1, 2, 3, 4, 5].reduce((sum, seed) => sum + day(rule, seed).loads.varianceWithin(4), 0);
    expect(total('by-use')).toBeLessThan(total('kube-default'));
  });
});

test('the cluster is full of pods of three priorities', () => {
  const { nodes } = fullCluster(20, seededRandom(1));
  const pods = [...nodes.infos()].flatMap((one) => one.pods);
  expect(pods).toHaveLength(20 * podsOfNode);
  expect(new Set(pods.map(({ shape }) => shape.priority))).toEqual(new Set(priorities));
  for (let row = 0; row < nodes.rows; row++)
    expect(nodes.basicColumn('cpu').capacity[row]! - nodes.basicColumn('cpu').requested[row]!).toBeLessThan(900);
});

describe('the experiment preemption', () => {
  const run = async (policy: string, seed: number) =>
    (await preemption.open({ nodes: 20, preemptors: 20 })).run({ policy, at: {}, seed });

  test('gives the same outcome for the same seed, and another for another', async () => {
    expect(await run('by-use', 1)).toEqual(await run('by-use', 1));
    expect(await run('by-use', 1)).not.toEqual(await run('by-use', 2));
  });

  test.each([
    [{ nodes: 0 }, 'nodes must be'],
    [{ nodes: 2, preemptors: 9 }, 'preemptors must be at most two for each node, 4'],
  ])('refuses %j', async (given, message) => {
    await expect(preemption.open(given)).rejects.toThrow(message);
  });
});
