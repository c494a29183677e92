import { describe, expect, it } from 'vitest';
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../api/administration.js';
import type { Pod } from '../../api/kubernetes.js';
import { Forbidden, TooManyRequests } from '../../cluster/errors.js';
import { second, timestamp } from '../../support/time.js';
import { virtualEpoch } from '../../support/virtual-clock.js';
import { chargedStatus, isFree } from './eviction.js';

const now = virtualEpoch;
const envelope = { uid: 'u', resourceVersion: '1', creationTimestamp: timestamp(now) };

function budgetOf(status: Partial<PodDisruptionBudgetStatus>, policy?: string): PodDisruptionBudget {
  const counts = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b', ...envelope, generation: 2 },
    ...(policy === undefined ? {} : { spec: { unhealthyPodEvictionPolicy: policy } }),
    status: { observedGeneration: 2, ...counts, ...status },
  };
}

function refusalOf(status: Partial<PodDisruptionBudgetStatus>): unknown {
  try {
    return chargedStatus(budgetOf(status), 'p', now);
  } catch (error) {
    return error;
  }
}

describe('an eviction that is charged', () => {
  it('notes the pod, and says so in the condition when it was the last', () => {
    const first = chargedStatus(budgetOf({ disruptionsAllowed: 2 }), 'p', now);
    expect(first).toMatchObject({ disruptionsAllowed: 1, disruptedPods: { p: timestamp(now) } });
    expect(first.conditions).toBeUndefined();
    const last = chargedStatus(budgetOf(first), 'q', now + second);
    expect(last).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { p: timestamp(now), q: timestamp(now + second) },
      conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', observedGeneration: 2 }],
    });
  });

  it('waits for a budget whose spec is newer than its status', () => {
    expect(refusalOf({ observedGeneration: 1, disruptionsAllowed: 5 })).toMatchObject({
      constructor: TooManyRequests,
      retryAfter: 10 * second,
      causes: [
        { reason: 'DisruptionBudget', message: 'The disruption budget b is still being processed by the server.' },
      ],
    });
  });

  it('is refused while more than 2,000 others were not noticed', () => {
    const disrupted = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, timestamp(now)]));
    const { disruptionsAllowed } = chargedStatus(
      budgetOf({ disruptionsAllowed: 5, disruptedPods: disrupted(2000) }),
      'p',
      now,
    );
    expect(disruptionsAllowed).toBe(4);
    expect(refusalOf({ disruptionsAllowed: 5, disruptedPods: disrupted(2001) })).toBeInstanceOf(Forbidden);
  });

  const no = { type: 'DisruptionAllowed', status: 'False', lastTransitionTime: timestamp(now) } as const;
  it.each<[string, Partial<PodDisruptionBudgetStatus>, string]>([
    ['too few', { currentHealthy: 3, desiredHealthy: 3 }, 'needs 3 healthy pods and has 3 currently'],
    ['nothing counted', { currentHealthy: 1 }, 'does not allow evicting pods currently'],
    [
      'the controller failed',
      { conditions: [{ ...no, reason: 'SyncFailed', message: 'no scale' }] },
      'does not allow evicting pods currently because it failed sync: no scale',
    ],
    [
      'somebody else said no',
      { currentHealthy: 1, conditions: [{ ...no, reason: 'Frozen', message: 'not today' }] },
      'does not allow evicting pods currently (Frozen): not today',
    ],
  ])('is refused with the reason: %s', (_, status, reason) => {
    const message = `The disruption budget b ${reason}`;
    expect(refusalOf(status)).toMatchObject({
      constructor: TooManyRequests,
      retryAfter: undefined,
      causes: [{ reason: 'DisruptionBudget', message }],
    });
  });
});

describe('an eviction costs nothing', () => {
  const podOf = (ready: 'True' | 'False'): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', ...envelope },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready }] },
  });

  it.each([
    ['a ready pod', 'True', { currentHealthy: 5, desiredHealthy: 1 }, undefined, false],
    ['a ready pod where unhealthy ones may always go', 'True', {}, 'AlwaysAllow', false],
    ['an unready pod of those that are enough', 'False', { currentHealthy: 1, desiredHealthy: 1 }, undefined, true],
    ['an unready pod of too few', 'False', { currentHealthy: 0, desiredHealthy: 1 }, 'IfHealthyBudget', false],
    ['an unready pod where nothing is desired', 'False', { currentHealthy: 1, desiredHealthy: 0 }, undefined, false],
    ['an unready pod of too few that may always go', 'False', { desiredHealthy: 1 }, 'AlwaysAllow', true],
  ] as const)('for %s', (_, ready, status, policy, expected) => {
    expect(isFree(podOf(ready), budgetOf(status, policy))).toBe(expected);
  });
});
