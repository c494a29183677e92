import { describe, expect, test } from 'vitest';
import type { Point } from '../experiment.js';
import { experimentNamed } from '../index.js';
import { checkPolicies } from '../../run/run-experiment.js';
import { trialsOf } from '../../run/trials.js';

const consolidation = experimentNamed('consolidation');
const traces = process.env.PENSTOCK_TRACES;
if (!traces) process.stderr.write("skipped: CloudSim's own figures (PENSTOCK_TRACES is not set)\n");

test('only what draws is run with several seeds', () => {
  const policies = ['lr-mmt-1.2', 'lr-rs-1.2', 'balance'];
  const trials = trialsOf(consolidation, [{}], { policies, seed: 1, seeds: 3 });
  expect(trials.map(({ policy, seed }) => `${policy} ${seed}`)).toEqual([
    'lr-mmt-1.2 1',
    'lr-rs-1.2 1',
    'lr-rs-1.2 2',
    'lr-rs-1.2 3',
    'balance 1',
  ]);
});

test("a policy of CloudSim's may have another parameter", () => {
  expect(() => checkPolicies(consolidation, ['thr-mmt-0.95', 'dvfs'])).not.toThrow();
  expect(() => checkPolicies(consolidation, ['thr-mmt-.8'])).toThrow('did you mean thr-mmt-0.8?');
  expect(() => checkPolicies(consolidation, ['thr-xx-0.8'])).toThrow('does not compare thr-xx-0.8');
});

test('a trace that is not given has no days', async () => {
  await expect(consolidation.open({ day: 'all' })).rejects.toThrow('--day needs a trace');
});

describe.skipIf(!traces)('PlanetLab, 3 March 2011', () => {
  const trace = `${traces}/planetlab/planetlab-all-10-days.tar.gz`;

  /** CloudSim 4.0's own, files in byte order of their names. */
  test.each([
    ['dvfs', { energyKwh: 379.78, migrations: 0, slav: 0, hostShutdowns: 42 }],
    ['thr-mmt-0.8', { energyKwh: 88.07, migrations: 13_077, slav: 3.31e-5, hostShutdowns: 2723 }],
    ['lr-mmt-1.2', { energyKwh: 74.12, migrations: 12_484, slav: 3.93e-5, hostShutdowns: 2151 }],
  ])('%s on 200 hosts is as in CloudSim', async (policy, published) => {
    const opened = await consolidation.open({ trace, day: '20110303', hosts: 200, vms: 500, hostTypes: ['G5'] });
    const { measures } = await opened.run({ policy, at: {}, seed: 1 });
    expect(measures).toMatchObject({ migrations: published.migrations, hostShutdowns: published.hostShutdowns });
    expect(measures['energyKwh']?.toFixed(2)).toBe(published.energyKwh.toFixed(2));
    expect(measures['slav']?.toExponential(2)).toBe(published.slav.toExponential(2));
    expect(Math.abs(measures['energyDifference'] ?? 1)).toBeLessThan(1e-6);
  });

  test("the rebalancer breaks fewer promises than CloudSim's policies, with less energy", async () => {
    const opened = await consolidation.open({ trace, day: '20110303', hosts: 200, vms: 500, hostTypes: ['G5'] });
    const [theirs, ours] = await Promise.all(
      ['lr-mmt-1.2', 'balance'].map(async (policy) => (await opened.run({ policy, at: {}, seed: 1 })).measures),
    );
    expect(ours?.['energyKwh']).toBeLessThan(theirs?.['energyKwh'] ?? 0);
    expect(ours?.['esv']).toBeLessThan((theirs?.['esv'] ?? 0) / 3);
  });

  test('all ten days', async () => {
    const opened = await consolidation.open({ trace, day: 'all', hosts: 100, vms: 100 });
    expect(opened.points).toHaveLength(10);
    expect(opened.points[0]).toEqual({ day: '20110303' });
    const energyOf = async (at: Point | undefined) =>
      (await opened.run({ policy: 'thr-mmt-0.8', at: at ?? {}, seed: 1 })).measures['energyKwh'];
    expect(await energyOf(opened.points[0])).not.toBe(await energyOf(opened.points[9]));
  });
});
