import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '../api/kubernetes.js';
import { type BatchPolicy, createPolicy, createScorePolicy, podShape } from '../scheduling/index.js';
import { seededRandom } from '../support/random.js';
import { SchedulerCache } from './cache/scheduler-cache.js';
import { minMemberLabel, podGroupLabel } from './gang.js';
import { Placer, type Placing } from './placer.js';
import type { QueuedPod } from './queue/scheduling-queue.js';

const node = (name: string, cpu: number): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels: {} },
  status: { allocatable: { cpu: String(cpu), memory: '64Gi', pods: '20' } },
});

interface Given {
  readonly cpu?: number;
  readonly priority?: number;
  readonly restartPolicy?: string;
  readonly nominatedNodeName?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

function pod(name: string, given: Given = {}): Pod {
  const { cpu = 1, priority = 0, restartPolicy = 'Always', nominatedNodeName, labels = {} } = given;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '', labels },
    spec: { priority, restartPolicy, containers: [{ name: 'main', resources: { requests: { cpu: String(cpu) } } }] },
    ...(nominatedNodeName !== undefined && { status: { nominatedNodeName } }),
  };
}

const member = (name: string, minMember?: number): Pod =>
  pod(name, {
    labels: { [podGroupLabel]: 'g', ...(minMember !== undefined && { [minMemberLabel]: String(minMember) }) },
  });

const queued = (one: Pod): QueuedPod => ({
  key: `default/${one.metadata.name}`,
  pod: one,
  shape: podShape(one),
  since: 0,
  firstSeen: 0,
  attempts: 0,
  refusedBy: new Set<string>(),
});

function placerOn(nodes: readonly Node[], batchPolicy?: BatchPolicy) {
  const cache = new SchedulerCache();
  for (const one of nodes) cache.setNode(one);
  const schedulerName = 'default-scheduler';
  const profiles = [{ schedulerName, policy: createScorePolicy('balance'), ...(batchPolicy && { batchPolicy }) }];
  return { cache, placer: new Placer({ profiles, random: seededRandom(1) }, cache) };
}

const nodesOf = (placings: readonly Placing[]) =>
  Object.fromEntries(placings.map(({ pod: { pod: one }, node: name }) => [one.metadata.name, name]));
const messagesOf = (placings: readonly Placing[]) =>
  placings.flatMap((placing) => (placing.node === undefined ? [placing.message] : []));
const alone = () => [];
const requested = (cache: SchedulerCache) =>
  Array.from(cache.snapshot.basicColumn('cpu').requested.slice(0, cache.snapshot.rows));

describe('the placer', () => {
  test('places one pod after the other on what those before it have left', () => {
    const { placer } = placerOn([node('a', 2), node('b', 2)]);
    const placings = placer.place(
      ['p', 'q', 'r', 's', 't'].map((name) => queued(pod(name))),
      alone,
    );
    expect(placings.map(({ node: name }) => name)).toEqual(['a', 'b', 'a', 'b', undefined]);
    expect(messagesOf(placings)).toEqual(['0/2 nodes are available: 2 Insufficient cpu.']);
  });

  test('leaves a gang waiting of which there are too few', () => {
    const { cache, placer } = placerOn([node('a', 9)]);
    const placings = placer.place([queued(member('p', 3)), queued(member('q', 3))], alone);
    expect(messagesOf(placings)).toEqual(Array(2).fill('pod group default/g has 2 of the 3 pods that it needs'));
    expect(requested(cache)).toEqual([0]);
  });

  test('takes the members of a gang that wait elsewhere along, and counts those on nodes', () => {
    const { cache, placer } = placerOn([node('a', 9)]);
    cache.observe({ ...member('p', 3), spec: { containers: [], nodeName: 'a' } });
    const placings = placer.place([queued(member('q', 3))], (gang) =>
      gang === 'default/g' ? [queued(member('r', 3))] : [],
    );
    expect(nodesOf(placings)).toEqual({ q: 'a', r: 'a' });
  });

  test('takes back what it has counted for a gang that does not fit as a whole', () => {
    const { cache, placer } = placerOn([node('a', 2)]);
    const placings = placer.place(
      [...['p', 'q', 'r'].map((name) => queued(member(name))), queued(pod('other', { cpu: 2 }))],
      alone,
    );
    expect(nodesOf(placings)).toEqual({ p: undefined, q: undefined, r: undefined, other: 'a' });
    expect(messagesOf(placings)[0]).toBe(
      'pod group default/g does not fit as a whole: 0/1 nodes are available: 1 Insufficient cpu.',
    );
    expect(requested(cache)).toEqual([2000]);
  });

  test('places as many of a gang as fit where that is enough', () => {
    const { placer } = placerOn([node('a', 2)]);
    const placings = placer.place(
      ['p', 'q', 'r'].map((name) => queued(member(name, 2))),
      alone,
    );
    expect(nodesOf(placings)).toEqual({ p: 'a', q: 'a', r: undefined });
  });

  test('has jobs of one class wait that a batch policy leaves, and says which of them fit', () => {
    const none: BatchPolicy = {
      kind: 'batch',
      name: 'none',
      start: () => 0,
      place: (_queues, _nodes, state) => ({ assignments: [], state }),
      explain: () => [],
    };
    const { placer } = placerOn([node('a', 2)], none);
    const job = { restartPolicy: 'Never' };
    const placings = placer.place([queued(pod('small', job)), queued(pod('large', { ...job, cpu: 3 }))], alone);
    expect(messagesOf(placings)).toEqual([
      'the batch policy has other pods run first',
      '0/1 nodes are available: 1 Insufficient cpu.',
    ]);
  });

  test('does not take the word of a batch policy for what fits', () => {
    const greedy: BatchPolicy = {
      kind: 'batch',
      name: 'greedy',
      start: () => 0,
      place: (_queues, _nodes, state) => ({ assignments: [{ queue: 0, row: 0, count: 5 }], state }),
      explain: () => [],
    };
    const { cache, placer } = placerOn([node('a', 2)], greedy);
    const jobs = ['p', 'q', 'r'].map((name) => queued(pod(name, { restartPolicy: 'Never' })));
    expect(nodesOf(placer.place(jobs, alone))).toEqual({ p: 'a', q: 'a', r: undefined });
    expect(requested(cache)).toEqual([2000]);
  });

  test('places jobs of less importance after those of more, batch by batch', () => {
    const policy = createPolicy('max-weight');
    if (policy.kind !== 'batch') throw new Error('max-weight places batches');
    const { placer } = placerOn([node('a', 2)], policy);
    const jobs = [
      pod('high', { restartPolicy: 'Never', priority: 9, cpu: 2 }),
      pod('low', { restartPolicy: 'Never', cpu: 2 }),
    ];
    expect(nodesOf(placer.place(jobs.map(queued), alone))).toEqual({ high: 'a', low: undefined });
  });

  test('keeps the room of a nominated pod from others, and gives it to that pod', () => {
    const { cache, placer } = placerOn([node('a', 2)]);
    const nominated = pod('nominated', { cpu: 2, nominatedNodeName: 'a' });
    cache.nominate(nominated);
    expect(nodesOf(placer.place([queued(pod('p', { cpu: 2 }))], alone))).toEqual({ p: undefined });
    expect(nodesOf(placer.place([queued(nominated)], alone))).toEqual({ nominated: 'a' });
  });

  test('leaves the room of a nominated pod to one that is more important', () => {
    const { cache, placer } = placerOn([node('a', 2)]);
    cache.nominate(pod('nominated', { cpu: 2, nominatedNodeName: 'a' }));
    expect(nodesOf(placer.place([queued(pod('p', { cpu: 2, priority: 1 }))], alone))).toEqual({ p: 'a' });
  });
});
