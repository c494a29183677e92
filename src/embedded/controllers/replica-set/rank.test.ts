import { describe, expect, test } from 'vitest';
import type { Pod } from '../../../api/kubernetes.js';
import { hour, minute, timestamp } from '../../../support/time.js';
import { inDeletionOrder } from './rank.js';

const now = Date.UTC(2026, 0, 1);

interface Traits {
  readonly node?: string;
  readonly phase?: string;
  readonly readyFor?: number;
  readonly age?: number;
  readonly restarts?: number;
  readonly cost?: string;
}

function pod(
  uid: string,
  { node = 'n1', phase = 'Running', readyFor, age = hour, restarts = 0, cost }: Traits = {},
): Pod {
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: timestamp(now - (readyFor ?? 0)) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: uid,
      uid,
      resourceVersion: '1',
      creationTimestamp: timestamp(now - age),
      ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: { containers: [], ...(node === '' ? {} : { nodeName: node }) },
    status: {
      phase,
      ...(readyFor === undefined ? {} : { conditions: [ready] }),
      containerStatuses: [{ name: 'main', image: '', imageID: '', ready: true, restartCount: restarts }],
    },
  };
}

const ready = { readyFor: hour };

describe('which of two pods is deleted first', () => {
  test.each<[string, Traits, Traits]>([
    ['the one without a node', { node: '', phase: 'Running', ...ready }, { phase: 'Pending' }],
    ['the pending one', { phase: 'Pending', ...ready }, { phase: 'Unknown' }],
    ['the unknown one', { phase: 'Unknown', ...ready }, { phase: 'Running' }],
    ['the one that is not ready', { cost: '9' }, { ...ready, cost: '-9' }],
    ['the cheaper one', { ...ready, cost: '-1', readyFor: 9 * hour }, { ...ready, readyFor: minute }],
    ['the one on the fuller node', { ...ready, node: 'full', readyFor: 9 * hour }, { ...ready, readyFor: minute }],
    ['the one that got ready later', { readyFor: minute }, { readyFor: hour, restarts: 9 }],
    ['the one with more restarts', { restarts: 2, age: 9 * hour }, { restarts: 1, age: minute }],
    ['the newer one', { age: minute }, { age: hour }],
  ])('%s', (_what, first, second) => {
    const doubled = ({ spec }: Pod) => (spec?.nodeName === 'full' ? 2 : 1);
    // the uids say the opposite, lest they decide
    const [a, b] = [pod('z', first), pod('a', second)];
    expect(inDeletionOrder([a, b], doubled, now)).toEqual([a, b]);
    expect(inDeletionOrder([b, a], doubled, now)).toEqual([a, b]);
  });

  test('of about the same age, any: the uid decides', () => {
    const pods = [pod('b', { readyFor: hour }), pod('a', { readyFor: hour + minute })];
    expect(inDeletionOrder(pods, () => 1, now).map(({ metadata }) => metadata.uid)).toEqual(['a', 'b']);
  });
});
