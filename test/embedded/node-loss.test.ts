import { expect, test } from 'vitest';
import { Node, Pod } from '../../src/api/kubernetes.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { minute, second } from '../../src/support/time.js';
import { conditionOf, inDefault, podDraft, type Trial, trial } from './harness.js';

const node = (world: Trial) => world.cluster.get(Node, { name: 'sim-0' });
const pod = (world: Trial, name: string) => world.cluster.get(Pod, inDefault(name));
const names = async (world: Trial) => (await world.cluster.list(Pod)).items.map(({ metadata }) => metadata.name).sort();

async function onOneNode(): Promise<Trial> {
  const world = await trial({ nodes: { count: 1 } });
  const tolerations = [
    { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
  ];
  await world.cluster.create(Pod, podDraft('patient'));
  await world.cluster.create(Pod, podDraft('hasty', { spec: { tolerations } }));
  await world.cluster.create(Pod, podDraft('loyal', { spec: { tolerations: [{ operator: 'Exists' }] } }));
  await world.clock.advance(10 * second);
  return world;
}

test('a node that falls silent is unknown after 40 s, and its pods are not ready', async () => {
  const world = await onOneNode();
  world.nodes.lose('sim-0');
  await world.clock.advance(30 * second);
  expect(conditionOf(await node(world), 'Ready')).toBe('True/KubeletReady');
  await world.clock.advance(20 * second);
  expect(conditionOf(await node(world), 'Ready')).toBe('Unknown/NodeStatusUnknown');
  expect((await node(world)).spec?.taints?.map(({ effect }) => effect)).toEqual(['NoSchedule', 'NoExecute']);
  expect(conditionOf(await pod(world, 'patient'), 'Ready')).toBe('False/NodeNotReady');
});

test('a node that comes back is ready again, and so are its pods', async () => {
  const world = await onOneNode();
  const before = await pod(world, 'patient');
  world.nodes.lose('sim-0');
  await world.clock.advance(50 * second);
  world.nodes.restore('sim-0');
  await world.clock.advance(second);
  expect(conditionOf(await node(world), 'Ready')).toBe('True/KubeletReady');
  expect((await node(world)).spec?.taints ?? []).toEqual([]);
  const after = await pod(world, 'patient');
  expect(conditionOf(after, 'Ready')).toBe('True');
  expect(after.status?.containerStatuses).toEqual(before.status?.containerStatuses);
});

test('pods leave a silent node after what they tolerate, and are gone when its object is', async () => {
  const world = await onOneNode();
  world.nodes.lose('sim-0');
  const terminating = async () => {
    const { items } = await world.cluster.list(Pod);
    return items
      .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
      .map(({ metadata }) => metadata.name);
  };
  await world.clock.advance(80 * second);
  expect(await terminating()).toEqual(['hasty']);
  await world.clock.advance(5 * minute);
  expect((await terminating()).toSorted()).toEqual(['hasty', 'patient']);
  await world.cluster.remove(Node, { name: 'sim-0' });
  await world.clock.advance(30 * second);
  expect(await names(world)).toEqual(['hasty', 'loyal', 'patient']);
  await world.clock.advance(20 * second);
  expect(await names(world)).toEqual([]);
});

test('nothing is bound to a node that is cordoned, tainted or of another kind', async () => {
  const world = await trial({ nodes: { count: 2 } });
  await world.cluster.patch(Node, { name: 'sim-0' }, mergePatch({ spec: { unschedulable: true } }));
  const taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
  await world.cluster.patch(Node, { name: 'sim-1' }, mergePatch({ spec: { taints: [taint] } }));
  await world.cluster.create(Pod, podDraft('a'));
  await world.clock.advance(second);
  const waiting = await pod(world, 'a');
  expect(conditionOf(waiting, 'PodScheduled')).toBe('False/Unschedulable');
  expect(waiting.status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message).toBe(
    '0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
  );
  await world.cluster.patch(Node, { name: 'sim-0' }, mergePatch({ spec: { unschedulable: null } }));
  await world.clock.advance(second);
  expect((await pod(world, 'a')).spec?.nodeName).toBe('sim-0');
});

test('a pod with scheduling gates waits until they are lifted; one of another scheduler is left alone', async () => {
  const world = await trial({ schedulerNames: ['default-scheduler', 'demo'] });
  await world.cluster.create(Pod, podDraft('gated', { spec: { schedulingGates: [{ name: 'example.com/gate' }] } }));
  await world.cluster.create(Pod, podDraft('demo', { spec: { schedulerName: 'demo' } }));
  await world.cluster.create(Pod, podDraft('foreign', { spec: { schedulerName: 'other' } }));
  await world.clock.advance(second);
  expect((await pod(world, 'gated')).spec?.nodeName).toBeUndefined();
  expect((await pod(world, 'demo')).spec?.nodeName).toBeDefined();
  await world.cluster.patch(Pod, inDefault('gated'), mergePatch({ spec: { schedulingGates: [] } }));
  await world.clock.advance(second);
  expect((await pod(world, 'gated')).spec?.nodeName).toBeDefined();
  expect((await pod(world, 'foreign')).spec?.nodeName).toBeUndefined();
});
