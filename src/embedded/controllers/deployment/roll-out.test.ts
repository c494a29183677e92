import { describe, expect, test } from 'vitest';
import type { Deployment, ReplicaSet } from '../../../api/kubernetes.js';
import { limitsOf } from './limits.js';
import { desiredAnnotation, maxAnnotation } from './revisions.js';
import { isScaling, recreateStep, rollingStep, type Scaling, scaleStep } from './roll-out.js';

interface Size {
  readonly replicas: number;
  readonly available?: number;
  readonly sizedFor?: readonly [desired: number, max: number];
}

function set(name: string, { replicas, available = replicas, sizedFor }: Size): ReplicaSet {
  const annotations = sizedFor && { [desiredAnnotation]: String(sizedFor[0]), [maxAnnotation]: String(sizedFor[1]) };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '', ...(annotations && { annotations }) },
    spec: { replicas, selector: {} },
    status: { replicas, availableReplicas: available },
  };
}

const sizes = (steps: readonly Scaling[]) =>
  Object.fromEntries(steps.map((step) => [step.set.metadata.name, step.replicas]));

describe('limits', () => {
  test.each([
    [10, '25%', '25%', 3, 2],
    [4, '25%', '25%', 1, 1],
    [1, '25%', '25%', 1, 0],
    [3, 0, '10%', 0, 1],
    [5, '1%', 0, 1, 0],
    [2, 5, 9, 5, 2],
  ])('%i replicas, surge %s, unavailable %s', (replicas, maxSurge, maxUnavailable, surge, unavailable) => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
    const spec = { replicas, strategy, selector: {}, template: {} };
    const deployment: Pick<Deployment, 'spec'> = { spec };
    expect(limitsOf(deployment)).toEqual({ replicas, surge, unavailable });
  });
});

describe('a rolling update', () => {
  const limits = { replicas: 10, surge: 3, unavailable: 2 };

  test.each<[string, Size, readonly Size[], Readonly<Record<string, number>>]>([
    ['grows the new one by the surge', { replicas: 0 }, [{ replicas: 10 }], { new: 3 }],
    ['then shrinks the old one to the minimum', { replicas: 3, available: 0 }, [{ replicas: 10 }], { old0: 8 }],
    ['waits for the new pods', { replicas: 5, available: 0 }, [{ replicas: 8 }], {}],
    ['goes on with what got available', { replicas: 5, available: 4 }, [{ replicas: 8 }], { old0: 4 }],
    [
      'takes unhealthy old pods first',
      { replicas: 3, available: 0 },
      [{ replicas: 6 }, { replicas: 4, available: 2 }],
      { old1: 2 },
    ],
    ['shrinks the new one to what is wanted', { replicas: 12 }, [], { new: 10 }],
    ['is done', { replicas: 10 }, [{ replicas: 0 }], {}],
  ])('%s', (_what, current, old, expected) => {
    const revisions = { current: set('new', current), old: old.map((size, i) => set(`old${i}`, size)) };
    expect(sizes(rollingStep(limits, revisions))).toEqual(expected);
  });
});

describe('Recreate', () => {
  const limits = { replicas: 3, surge: 0, unavailable: 0 };
  test('clears the old ones, waits for their pods, then starts the new', () => {
    const [old, cleared, current] = [
      set('old', { replicas: 3 }),
      set('old', { replicas: 0 }),
      set('new', { replicas: 0 }),
    ];
    expect(sizes(recreateStep(limits, { current: undefined, old: [old] }, 3))).toEqual({ old: 0 });
    expect(sizes(recreateStep(limits, { current: undefined, old: [cleared] }, 1))).toEqual({});
    expect(sizes(recreateStep(limits, { current, old: [cleared] }, 0))).toEqual({ new: 3 });
  });
});

describe('a change of size in the middle of a roll-out', () => {
  const sizedFor = [10, 13] as const;
  const revisions = {
    current: set('new', { replicas: 5, available: 0, sizedFor }),
    old: [set('old', { replicas: 8, sizedFor })],
  };

  test('is noticed by what the ReplicaSets were sized for', () => {
    expect(isScaling({ replicas: 15, surge: 3, unavailable: 2 }, revisions)).toBe(true);
    expect(isScaling({ replicas: 10, surge: 3, unavailable: 2 }, revisions)).toBe(false);
  });

  test.each([
    // the example of the Kubernetes documentation
    [15, 3, { new: 7, old: 11 }],
    [5, 3, { new: 3, old: 5 }],
    [0, 3, { new: 0, old: 0 }],
  ])('to %i', (replicas, surge, expected) => {
    expect(sizes(scaleStep({ replicas, surge, unavailable: 0 }, revisions))).toEqual(expected);
  });

  test('changes the only one that has pods', () => {
    const only = { current: set('new', { replicas: 0 }), old: [set('old', { replicas: 4, sizedFor: [4, 5] })] };
    expect(sizes(scaleStep({ replicas: 7, surge: 2, unavailable: 0 }, only))).toEqual({ old: 7 });
  });
});
