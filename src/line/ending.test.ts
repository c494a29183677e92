import { describe, expect, it } from 'vitest';
import { now } from '../../test/objects.js';
import type { Container, Pod, PodStatus } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import { second, timestamp } from '../support/time.js';
import { endingOf } from './ending.js';

type Policy = 'Always' | 'OnFailure' | 'Never';
type Parts = {
  readonly metadata?: object;
  readonly main?: object;
  readonly policy?: Policy;
  readonly deadline?: number;
};

const app: Container = { name: 'app', image: 'app:1' };
const proxy: Container = { name: 'proxy', image: 'proxy:1' };

/** A pod whose proxy stands before its main container. */
const aPod = (status: PodStatus, { metadata, main, policy = 'Never', deadline }: Parts = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'pod',
    uid: 'uid',
    resourceVersion: '1',
    creationTimestamp: timestamp(now),
    annotations: { [annotations.mainContainer]: 'app' },
    ...metadata,
  },
  spec: {
    restartPolicy: policy,
    containers: [proxy, { ...app, ...main }],
    ...(deadline !== undefined && { activeDeadlineSeconds: deadline }),
  },
  status,
});

const end = (exitCode: number, at = now, reason = exitCode === 0 ? 'Completed' : 'Error') => ({
  terminated: { exitCode, reason, finishedAt: timestamp(at) },
});
const runs = { running: { startedAt: timestamp(now) } };
const statusOf = (name: string, { containerID, ...state }: object & { readonly containerID?: string }) => ({
  name,
  state,
  ...(containerID !== undefined && { containerID }),
  ready: false,
  restartCount: 0,
  image: '',
  imageID: '',
});
const both = (phase: string, first: object, second: object, rest: object = {}): PodStatus => ({
  phase,
  containerStatuses: [statusOf('proxy', first), statusOf('app', second)],
  ...rest,
});

const replaced = { [annotations.mainContainer]: 'app', [annotations.replacedContainer]: 'old' };
const succeeded = { outcome: 'succeeded', at: now };
const lost = { outcome: 'lost' };
const failed = (exitCode: number) => expect.objectContaining({ outcome: 'failed', exitCode, at: now });
const evicted = { reason: 'Evicted', conditions: [disruption(now + 5 * second)] };

function disruption(at: number) {
  return { type: 'DisruptionTarget', status: 'True', lastTransitionTime: timestamp(at) };
}

describe('how the work of a container ended', () => {
  it.each<readonly [string, Pod, unknown]>([
    ['one that runs', aPod(both('Running', runs, runs)), undefined],
    ['one whose program ended with 0', aPod(both('Succeeded', end(0), end(0))), succeeded],
    ['one whose program failed', aPod(both('Failed', end(0), end(3))), failed(3)],
    ['one whose program ended while what stands beside it goes on', aPod(both('Running', runs, end(0))), succeeded],
    ['one whose program failed while what stands beside it goes on', aPod(both('Running', runs, end(1))), failed(1)],
    ['one beside whose program something failed', aPod(both('Failed', end(1), end(0))), succeeded],
    ['one beside whose program something has ended', aPod(both('Running', end(0), runs)), undefined],
    ['one that its kubelet starts again', aPod(both('Running', runs, end(1)), { policy: 'OnFailure' }), undefined],
    ['one that ended with 0 under OnFailure', aPod(both('Running', runs, end(0)), { policy: 'OnFailure' }), succeeded],
    ['one that ends and is started again always', aPod(both('Running', runs, end(0)), { policy: 'Always' }), undefined],
    ['one under Always whose pod is over', aPod(both('Failed', end(1), end(1)), { policy: 'Always' }), lost],
    [
      'one whose own policy says Never where its pod says Always',
      aPod(both('Running', runs, end(0)), { policy: 'Always', main: { restartPolicy: 'Never' } }),
      succeeded,
    ],
    [
      'one that a rule of its own restarts',
      aPod(both('Running', runs, end(42)), {
        main: { restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }] },
      }),
      undefined,
    ],
    [
      'one that was evicted',
      aPod(both('Failed', end(137, now + 6 * second), end(137, now + 6 * second), evicted)),
      lost,
    ],
    [
      'one that ended with 0 because it was evicted',
      aPod(both('Failed', runs, end(0, now + 5 * second), evicted)),
      lost,
    ],
    ['one that was done before it was evicted', aPod(both('Failed', end(137), end(0), evicted)), succeeded],
    ['one that had failed before it was evicted', aPod(both('Failed', end(137), end(1), evicted)), failed(1)],
    ['one that an older kubelet evicted', aPod(both('Failed', end(0), end(0), { reason: 'Evicted' })), lost],
    ['one that was turned away by its node', aPod({ phase: 'Failed', reason: 'OutOfcpu' }), lost],
    ['one whose time was over', aPod(both('Failed', end(137), end(137), { reason: 'DeadlineExceeded' })), lost],
    [
      'one that ended with 0 because its time was over',
      aPod(
        { ...both('Failed', end(0), end(0), { reason: 'DeadlineExceeded' }), startTime: timestamp(now - 60 * second) },
        { deadline: 60 },
      ),
      lost,
    ],
    [
      'one that was done before its time was over',
      aPod(
        { ...both('Failed', end(0), end(0), { reason: 'DeadlineExceeded' }), startTime: timestamp(now) },
        { deadline: 60 },
      ),
      succeeded,
    ],
    [
      'one that had ended before it was delivered',
      aPod(both('Succeeded', end(0), end(0)), {
        metadata: {
          annotations: { [annotations.mainContainer]: 'app', [annotations.deliveredAt]: timestamp(now + second) },
        },
      }),
      lost,
    ],
    [
      'one that is to run with another image, and has only ended with its own',
      aPod(both('Running', runs, { ...end(0), containerID: 'old' }), { metadata: { annotations: replaced } }),
      undefined,
    ],
    [
      'one whose other image never ran',
      aPod(both('Succeeded', end(0), { ...end(0), containerID: 'old' }), { metadata: { annotations: replaced } }),
      failed(0),
    ],
    [
      'one whose init container failed',
      aPod({ phase: 'Failed', initContainerStatuses: [statusOf('fetch', end(2))] }),
      failed(2),
    ],
    [
      'one that was done before it was deleted',
      aPod(both('Running', runs, end(0)), {
        metadata: { deletionTimestamp: timestamp(now + 31 * second), deletionGracePeriodSeconds: 30 },
      }),
      succeeded,
    ],
    [
      'one that ended with 0 because it was deleted',
      aPod(both('Running', runs, end(0)), {
        metadata: { deletionTimestamp: timestamp(now + 30 * second), deletionGracePeriodSeconds: 30 },
      }),
      lost,
    ],
  ])('of %s', (_, pod, expected) => {
    expect(endingOf(pod)).toEqual(expected);
  });

  it('names the exit code, and why where its kubelet says more', () => {
    expect(endingOf(aPod(both('Failed', end(0), end(137, now, 'OOMKilled'))))).toMatchObject({
      why: 'its program ended with exit code 137 (OOMKilled)',
    });
  });
});
