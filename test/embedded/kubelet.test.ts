import { describe, expect, test } from 'vitest';
import { Node, Pod } from '../../src/api/kubernetes.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { realistic, simulation } from '../../src/embedded/nodes/index.js';
import { minute, second } from '../../src/support/time.js';
import { conditionOf, containerOf, inDefault, type PodOptions, podDraft, type Trial, trial } from './harness.js';

const a = inDefault('a');
const inTime = { nodes: { count: 1, profile: realistic, images: ['web:1', 'web:2'] } };
const fails = (fault: string): PodOptions => ({ annotations: { [simulation.fail]: fault } });

async function started(world: Trial, options: PodOptions = {}, after = 10 * second): Promise<Pod> {
  await world.cluster.create(Pod, podDraft('a', options));
  await world.clock.advance(after);
  return world.cluster.get(Pod, a);
}

const main = (pod: Pod) => pod.status?.containerStatuses?.[0];
const reread = (world: Trial): Promise<Pod> => world.cluster.get(Pod, a);

/** The container's state each quarter of a second, each once, in the order in which they came. */
async function states(world: Trial, time: number): Promise<readonly string[]> {
  const seen: string[] = [];
  for (let passed = 0; passed < time; passed += 250) {
    await world.clock.advance(250);
    const status = main(await reread(world));
    const { waiting, running, terminated } = status?.state ?? {};
    const state = waiting?.reason ?? (running && (status?.ready ? 'ready' : 'running')) ?? terminated?.reason ?? '-';
    if (seen.at(-1) !== state) seen.push(state);
  }
  return seen;
}

describe('a start', () => {
  test('shows creating, running and ready, when the image has to be pulled', async () => {
    const world = await trial({ nodes: { count: 1, profile: realistic } });
    await world.cluster.create(Pod, podDraft('a'));
    expect(await states(world, 15 * second)).toEqual(['-', 'ContainerCreating', 'running', 'ready']);
  });

  test('runs init containers one after the other before the main ones', async () => {
    const world = await trial(inTime);
    const initContainers = ['one', 'two'].map((name) => ({ ...containerOf(), name }));
    await world.cluster.create(Pod, podDraft('a', { spec: { initContainers } }));
    await world.clock.advance(1800);
    const early = await reread(world);
    expect(early.status?.phase).toBe('Pending');
    expect(conditionOf(early, 'Initialized')).toBe('False/ContainersNotInitialized');
    expect(main(early)?.state?.waiting?.reason).toBe('PodInitializing');
    expect(early.status?.initContainerStatuses?.[1]?.state?.terminated).toBeUndefined();
    await world.clock.advance(10 * second);
    const late = await reread(world);
    expect(conditionOf(late, 'Ready')).toBe('True');
    expect(late.status?.initContainerStatuses?.map(({ ready, state }) => [ready, state?.terminated?.exitCode])).toEqual(
      [
        [true, 0],
        [true, 0],
      ],
    );
  });

  test('keeps a sidecar running beside the main containers', async () => {
    const world = await trial();
    const initContainers = [{ ...containerOf(), name: 'proxy', restartPolicy: 'Always' }];
    const pod = await started(world, { spec: { initContainers } });
    expect(conditionOf(pod, 'Ready')).toBe('True');
    expect(pod.status?.initContainerStatuses?.[0]).toMatchObject({ started: true, state: { running: {} } });
  });

  test('of a pod that its node has no room for is refused', async () => {
    const world = await trial({ nodes: { count: 1, node: { capacity: { cpu: '2', memory: '1Gi', pods: '9' } } } });
    await world.cluster.create(Pod, podDraft('b', { cpu: '1500m' }));
    await world.clock.advance(second);
    const pod = await started(world, { cpu: '1', spec: { nodeName: 'sim-0' } });
    expect(pod.status).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu' });
    expect(pod.status?.message).toContain('requested: 1000, free: 500, capacity: 2000');
  });

  test('waits for the conditions that readiness gates name', async () => {
    const world = await trial();
    const pod = await started(world, { spec: { readinessGates: [{ conditionType: 'example.com/gate' }] } });
    expect(conditionOf(pod, 'ContainersReady')).toBe('True');
    expect(conditionOf(pod, 'Ready')).toBe('False/ReadinessGatesNotReady');
    const gate = { type: 'example.com/gate', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' };
    const conditions = [...(pod.status?.conditions ?? []), gate];
    await world.cluster.patch(Pod, a, mergePatch({ status: { conditions } }), { subresource: 'status' });
    await world.clock.advance(second);
    const after = await reread(world);
    expect(conditionOf(after, 'Ready')).toBe('True');
    expect(conditionOf(after, 'example.com/gate')).toBe('True');
  });
});

describe('what goes wrong', () => {
  test('an image that cannot be pulled is tried again and again', async () => {
    const world = await trial(inTime);
    await world.cluster.create(Pod, podDraft('a', fails('pull')));
    // at once, after 10 and after 20 s more
    const once = ['ErrImagePull', 'ImagePullBackOff'];
    expect(await states(world, 40 * second)).toEqual(['-', ...once, ...once, ...once]);
    expect((await reread(world)).status?.phase).toBe('Pending');
    await world.cluster.patch(Pod, a, mergePatch({ metadata: { annotations: { [simulation.fail]: null } } }));
    await world.clock.advance(minute);
    expect(conditionOf(await reread(world), 'Ready')).toBe('True');
  });

  test('a container that ends is started again, later each time', async () => {
    const world = await trial(inTime);
    await world.cluster.create(Pod, podDraft('a', fails('crash')));
    const seen = await states(world, 3 * second);
    expect(seen).toContain('CrashLoopBackOff');
    await world.clock.advance(2 * minute);
    const pod = await reread(world);
    // at once, after 10, 20, 40 and 80 s
    expect(main(pod)?.restartCount).toBe(4);
    expect(main(pod)).toMatchObject({ ready: false, lastState: { terminated: { exitCode: 1, reason: 'Error' } } });
    expect(pod.status?.phase).toBe('Running');
  });

  test('a container that does not start says StartError', async () => {
    const world = await trial(inTime);
    const pod = await started(world, fails('start'));
    expect(main(pod)?.lastState?.terminated).toMatchObject({ exitCode: 128, reason: 'StartError' });
  });

  test('a pod that never gets ready runs', async () => {
    const world = await trial();
    const pod = await started(world, fails('never-ready'), 10 * minute);
    expect(pod.status?.phase).toBe('Running');
    expect(conditionOf(pod, 'Ready')).toBe('False/ContainersNotReady');
  });

  test('a pod that outlives its deadline fails', async () => {
    const world = await trial(inTime);
    const pod = await started(world, { spec: { activeDeadlineSeconds: 60 } }, 59 * second);
    expect(pod.status?.phase).toBe('Running');
    await world.clock.advance(2 * second);
    const after = await reread(world);
    expect(after.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
    expect(main(after)?.state?.terminated?.exitCode).toBe(137);
    expect(conditionOf(after, 'Ready')).toBe('False/PodFailed');
  });
});

describe('a pod that ends by itself', () => {
  test.each([
    { code: '0', policy: 'Never', phase: 'Succeeded', restarts: 0 },
    { code: '3', policy: 'Never', phase: 'Failed', restarts: 0 },
    { code: '0', policy: 'OnFailure', phase: 'Succeeded', restarts: 0 },
    { code: '0', policy: 'Always', phase: 'Running', restarts: 1 },
  ])('with code $code and restartPolicy $policy is $phase', async ({ code, policy, phase, restarts }) => {
    const world = await trial();
    const annotations = { [simulation.runFor]: '20s', [simulation.exitCode]: code };
    const pod = await started(world, { annotations, spec: { restartPolicy: policy } }, 30 * second);
    expect(pod.status?.phase).toBe(phase);
    expect(main(pod)?.restartCount).toBe(restarts);
  });
});

describe('a change in place', () => {
  test('of the image restarts that container', async () => {
    const world = await trial(inTime);
    const before = await started(world);
    const changed = { spec: { containers: [{ ...before.spec?.containers[0], image: 'web:2' }] } };
    await world.cluster.patch(Pod, a, mergePatch(changed));
    await world.clock.advance(10 * second);
    const after = await reread(world);
    expect(main(after)).toMatchObject({ image: 'web:2', restartCount: 1, ready: true });
    expect(main(after)?.containerID).not.toBe(main(before)?.containerID);
    expect(main(after)?.imageID).not.toBe(main(before)?.imageID);
  });

  const resize = (world: Trial, pod: Pod, cpu: string) => {
    const containers = [{ ...pod.spec?.containers[0], resources: { requests: { cpu, memory: '64Mi' } } }];
    return world.cluster.patch(Pod, inDefault(pod.metadata.name), mergePatch({ spec: { containers } }), {
      subresource: 'resize',
    });
  };

  test('of the size shows in the status soon, without a restart', async () => {
    const world = await trial(inTime);
    const before = await started(world);
    await resize(world, before, '300m');
    await world.clock.advance(second);
    const after = await reread(world);
    expect(main(after)).toMatchObject({
      resources: { requests: { cpu: '300m' } },
      allocatedResources: { cpu: '300m' },
      restartCount: 0,
      containerID: main(before)?.containerID,
    });
    expect(conditionOf(after, 'PodResizeInProgress')).toBeUndefined();
  });

  test('of the size waits while there is no room, and is done when there is', async () => {
    const world = await trial({ nodes: { count: 1, node: { capacity: { cpu: '2', memory: '1Gi', pods: '9' } } } });
    await world.cluster.create(Pod, podDraft('b', { cpu: '1500m' }));
    const before = await started(world);
    await resize(world, before, '1');
    await world.clock.advance(second);
    const waiting = await reread(world);
    expect(conditionOf(waiting, 'PodResizePending')).toBe('True/Deferred');
    expect(main(waiting)?.resources?.requests?.cpu).toBe('100m');
    await world.cluster.remove(Pod, inDefault('b'));
    await world.clock.advance(second);
    const after = await reread(world);
    expect(conditionOf(after, 'PodResizePending')).toBeUndefined();
    expect(main(after)?.resources?.requests?.cpu).toBe('1');
  });

  test('to a size that no node of its kind has is infeasible; taking it back clears that', async () => {
    const world = await trial({ nodes: { count: 1, node: { capacity: { cpu: '2', memory: '1Gi', pods: '9' } } } });
    const before = await started(world);
    // the API server refuses what it knows to be too much: here the Node object promises more than the machine has
    const promise = mergePatch({ status: { allocatable: { cpu: '8', memory: '1Gi', pods: '9' } } });
    await world.cluster.patch(Node, { name: 'sim-0' }, promise, { subresource: 'status' });
    await resize(world, before, '3');
    await world.clock.advance(second);
    expect(conditionOf(await reread(world), 'PodResizePending')).toBe('True/Infeasible');
    await resize(world, before, '100m');
    await world.clock.advance(second);
    expect(conditionOf(await reread(world), 'PodResizePending')).toBeUndefined();
  });
});

describe('an end that was asked for', () => {
  test('takes no longer than the grace', async () => {
    const slow = { ...realistic, stop: { median: minute, sigma: 0 } };
    const world = await trial({ nodes: { count: 1, profile: slow, images: ['web:1'] } });
    await started(world, { spec: { terminationGracePeriodSeconds: 5 } });
    await world.cluster.remove(Pod, a);
    await world.clock.advance(4 * second);
    expect((await reread(world)).metadata.deletionTimestamp).toBeDefined();
    await world.clock.advance(2 * second);
    expect((await world.cluster.list(Pod)).items).toEqual([]);
  });

  test('of a pod with finalizers shows that nothing runs any more', async () => {
    const world = await trial();
    await started(world);
    await world.cluster.patch(Pod, a, mergePatch({ metadata: { finalizers: ['test.penstock.dev/hold'] } }));
    await world.cluster.remove(Pod, a);
    await world.clock.advance(minute);
    const held = await reread(world);
    expect(held.status?.phase).toBe('Failed');
    expect(main(held)?.state?.terminated?.exitCode).toBe(137);
    await world.cluster.patch(Pod, a, mergePatch({ metadata: { finalizers: null } }));
    await world.clock.advance(second);
    expect((await world.cluster.list(Pod)).items).toEqual([]);
  });
});

test('what a pod and its node use follows the requests and the annotation', async () => {
  const world = await trial({ nodes: { count: 1 } });
  await started(world, { cpu: '1', memory: '1Gi', annotations: { [simulation.use]: '0.4' } });
  const use = world.nodes.podUse(a);
  expect(use.cpu).toBeGreaterThan(300);
  expect(use.cpu).toBeLessThan(500);
  expect(use.memory / 2 ** 30).toBeCloseTo(0.4, 1);
  expect(world.nodes.podUse(a)).toEqual(use);
  expect(world.nodes.nodeUse('sim-0')).toEqual(use);
});
