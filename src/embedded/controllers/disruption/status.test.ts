import { describe, expect, it, test } from 'vitest';
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../../api/administration.js';
import type { Pod } from '../../../api/kubernetes.js';
import { minute, second, timestamp } from '../../../support/time.js';
import { virtualEpoch } from '../../../support/virtual-clock.js';
import { countsReplicas, expectationOf, failedStatus, saysTheSame, statusOf } from './status.js';

const now = virtualEpoch;
const envelope = { uid: 'u', resourceVersion: '1', creationTimestamp: timestamp(now) };

const podOf = (name: string, ready: 'True' | 'False' = 'True', metadata: Partial<Pod['metadata']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...envelope, ...metadata },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready }] },
});
const budgetOf = (status?: PodDisruptionBudgetStatus): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'b', ...envelope, generation: 3 },
  ...(status && { status }),
});

// by hand: a share of n pods is its ceiling, so 30 % of 4 are 2 pods, whether they must be there or may be away
describe('what a budget asks', () => {
  it.each([
    [{}, 4, { expectedPods: 0, desiredHealthy: 0 }],
    [{ minAvailable: 0 }, 4, { expectedPods: 4, desiredHealthy: 0 }],
    [{ minAvailable: 3 }, 4, { expectedPods: 4, desiredHealthy: 3 }],
    [{ minAvailable: 5 }, 4, { expectedPods: 4, desiredHealthy: 5 }],
    [{ minAvailable: '30%' }, 4, { expectedPods: 4, desiredHealthy: 2 }],
    [{ minAvailable: '100%' }, 4, { expectedPods: 4, desiredHealthy: 4 }],
    [{ minAvailable: '1%' }, 0, { expectedPods: 0, desiredHealthy: 0 }],
    [{ maxUnavailable: 0 }, 4, { expectedPods: 4, desiredHealthy: 4 }],
    [{ maxUnavailable: 1 }, 4, { expectedPods: 4, desiredHealthy: 3 }],
    [{ maxUnavailable: 5 }, 4, { expectedPods: 4, desiredHealthy: 0 }],
    [{ maxUnavailable: '30%' }, 4, { expectedPods: 4, desiredHealthy: 2 }],
  ])('with %j of %i pods is %j', (spec, count, expected) => {
    expect(expectationOf(spec, count)).toEqual(expected);
  });

  it.each([
    [{ minAvailable: 3 }, false],
    [{ minAvailable: '3%' }, true],
    [{ maxUnavailable: 3 }, true],
    [{}, false],
  ])('with %j counts replicas: %s', (spec, expected) => {
    expect(countsReplicas(spec)).toBe(expected);
  });
});

describe('the status of a budget', () => {
  const three = { expectedPods: 4, desiredHealthy: 3 };
  const ready = ['a', 'b', 'c', 'd'].map((name) => podOf(name));

  it.each([
    ['all are ready', ready, three, 4, 1],
    ['one is not ready', [...ready.slice(1), podOf('a', 'False')], three, 3, 0],
    ['two are missing', ready.slice(2), three, 2, 0],
    ['one is terminating', [...ready.slice(1), podOf('a', 'True', { deletionTimestamp: 'then' })], three, 3, 0],
    ['nobody wants them', ready, { expectedPods: 0, desiredHealthy: 0 }, 4, 0],
  ])('allows what is left when %s', (_, pods, expectation, currentHealthy, disruptionsAllowed) => {
    const { status } = statusOf(budgetOf(), pods, expectation, now);
    expect(status).toEqual({
      ...expectation,
      currentHealthy,
      disruptionsAllowed,
      disruptedPods: {},
      observedGeneration: 3,
      conditions: [
        {
          type: 'DisruptionAllowed',
          status: disruptionsAllowed > 0 ? 'True' : 'False',
          reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
          message: '',
          observedGeneration: 3,
          lastTransitionTime: timestamp(now),
        },
      ],
    });
  });

  const evicted = (disruptedPods: Readonly<Record<string, string>>) =>
    budgetOf({ ...three, currentHealthy: 4, disruptionsAllowed: 0, disruptedPods });

  it('does not count a pod whose eviction was allowed, for two minutes', () => {
    const at = timestamp(now - 30 * second);
    const { status, next } = statusOf(evicted({ a: at, b: timestamp(now - 2 * minute) }), ready, three, now);
    expect(status).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 0 });
    expect(status.disruptedPods).toEqual({ a: at });
    expect(next).toBe(now + 90 * second);
  });

  it('forgets evictions of pods that are gone or terminating', () => {
    const pods = [...ready.slice(2), podOf('b', 'True', { deletionTimestamp: 'then' })];
    const { status, next } = statusOf(evicted({ a: timestamp(now), b: timestamp(now) }), pods, three, now);
    expect(status.disruptedPods).toEqual({});
    expect(next).toBeUndefined();
  });

  it('keeps the time of its condition until that changes', () => {
    const first = statusOf(budgetOf(), ready, three, now).status;
    const second_ = statusOf(budgetOf(first), ready, three, now + minute).status;
    expect(saysTheSame(first, second_)).toBe(true);
    expect(second_.conditions).toEqual(first.conditions);
    const third = statusOf(budgetOf(first), ready.slice(1), three, now + minute).status;
    expect(saysTheSame(first, third)).toBe(false);
    expect(third.conditions?.[0]?.lastTransitionTime).toBe(timestamp(now + minute));
  });
});

test('a budget whose pods cannot be counted allows nothing and does not say that it has seen its spec', () => {
  const before = { ...statusOf(budgetOf(), [podOf('a')], { expectedPods: 1, desiredHealthy: 0 }, now).status };
  const failed = failedStatus(budgetOf({ ...before, observedGeneration: 2 }), 'no scale', now);
  expect(before.disruptionsAllowed).toBe(1);
  expect(failed).toMatchObject({ disruptionsAllowed: 0, currentHealthy: 1, observedGeneration: 2 });
  expect(failed.conditions).toMatchObject([{ status: 'False', reason: 'SyncFailed', message: 'no scale' }]);
});
