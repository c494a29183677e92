import { describe, expect, test } from 'vitest';
import { lacks } from '../control-plane/binaries.js';
import { check, type Failure } from './check.js';

describe.skipIf(lacks(['scheduler-oracle'], 'parity with kube-scheduler'))('filters, scores and pre-emption', () => {
  test('are those of the real kube-scheduler on 300 drawn clusters', async () => {
    const differing: Failure[] = [];
    const { feasible, preempted, unasked } = await check({
      seed: 1,
      cases: 300,
      report: (failure) => differing.push(failure),
    });
    if (unasked.length > 0) console.log(`skipped: ${unasked.join(', ')}, which this scheduler-oracle does not know`);
    expect(differing).toEqual([]);
    expect(preempted > 15 || unasked.includes('preemption')).toBe(true);
    // clusters in which no node is left say little of scores
    expect(feasible).toBeGreaterThan(100);
  });
});
