import { expect, it } from 'vitest';
import { now } from '../../test/objects.js';
import type { Pod } from '../api/kubernetes.js';
import { second, timestamp } from '../support/time.js';
import { endingOf } from './ending.js';
import { withFirstDeletion } from './first-deletion.js';

/** A pod with one container, asked to stop at `since` with a grace, and perhaps ended. */
function deleted(since: number, grace: number, more: { readonly uid?: string; readonly endedAt?: number } = {}): Pod {
  const { uid = 'a', endedAt } = more;
  const terminated = { exitCode: 137, reason: 'Error', finishedAt: timestamp(endedAt ?? now) };
  const state = endedAt === undefined ? { running: {} } : { terminated };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'a',
      uid,
      resourceVersion: '1',
      creationTimestamp: timestamp(now),
      deletionTimestamp: timestamp(since + grace * second),
      deletionGracePeriodSeconds: grace,
    },
    spec: { restartPolicy: 'Never', containers: [{ name: 'main' }] },
    status: {
      phase: endedAt === undefined ? 'Running' : 'Failed',
      containerStatuses: [{ name: 'main', state, ready: false, restartCount: 0, image: '', imageID: '' }],
    },
  };
}

// as a real API server and kubelet write it: asked at 0 s with a second of grace, killed at 2 s, deleted for good at 3 s
const asked = deleted(now, 1);
const gone = deleted(now + 3 * second, 0, { endedAt: now + 2 * second });

it('A container that a deletion ended is lost, also when its last delete came after its grace', () => {
  expect(endingOf(gone)).toMatchObject({ outcome: 'failed' });
  expect(endingOf(withFirstDeletion(gone, asked))).toEqual({ outcome: 'lost' });
});

it('What was seen first stays, however often the pod changes', () => {
  const once = withFirstDeletion(gone, asked);
  expect(withFirstDeletion(gone, once).metadata).toEqual(once.metadata);
});

it('Nothing is taken from another pod of the same name, or from one that was not deleted', () => {
  expect(withFirstDeletion(gone, deleted(now, 1, { uid: 'b' }))).toBe(gone);
  const { deletionTimestamp: _at, deletionGracePeriodSeconds: _grace, ...metadata } = asked.metadata;
  expect(withFirstDeletion(gone, { ...asked, metadata })).toBe(gone);
  expect(withFirstDeletion(gone, undefined)).toBe(gone);
});
