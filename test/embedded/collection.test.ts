import { describe, expect, test } from 'vitest';
import { ConfigMap, Deployment, Namespace, Pod, ReplicaSet } from '../../src/api/kubernetes.js';
import type { OwnerReference } from '../../src/api/meta/metadata.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { second } from '../../src/support/time.js';
import { containerOf, inDefault, podDraft, type Trial, trial } from './harness.js';

async function configMap(
  { cluster }: Trial,
  name: string,
  owners: readonly OwnerReference[] = [],
): Promise<OwnerReference> {
  const { metadata } = await cluster.create(ConfigMap, { metadata: { ...inDefault(name), ownerReferences: owners } });
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid: metadata.uid };
}

const names = async ({ cluster }: Trial): Promise<readonly string[]> =>
  (await cluster.list(ConfigMap, { namespace: 'default' })).items.map(({ metadata }) => metadata.name).sort();

const blocks = (owner: OwnerReference): OwnerReference => ({ ...owner, blockOwnerDeletion: true });

describe('garbage collection', () => {
  test('in the background: the owner goes at once, its dependents and theirs after it', async () => {
    const world = await trial();
    const owner = await configMap(world, 'owner');
    const child = await configMap(world, 'child', [owner]);
    await configMap(world, 'grandchild', [child]);
    await configMap(world, 'other');
    await world.cluster.remove(ConfigMap, inDefault('owner'), { propagation: 'Background' });
    expect(await names(world)).not.toContain('owner');
    await world.clock.advance(second);
    expect(await names(world)).toEqual(['other']);
  });

  test('in the foreground: the owner waits for those that block it, and for no others', async () => {
    const world = await trial();
    const owner = await configMap(world, 'owner');
    await configMap(world, 'blocking', [blocks(owner)]);
    await configMap(world, 'free', [owner]);
    const hold = mergePatch({ metadata: { finalizers: ['test.penstock.dev/hold'] } });
    for (const name of ['blocking', 'free']) await world.cluster.patch(ConfigMap, inDefault(name), hold);
    await world.cluster.remove(ConfigMap, inDefault('owner'), { propagation: 'Foreground' });
    await world.clock.advance(second);
    expect(await names(world)).toEqual(['blocking', 'free', 'owner']);
    const release = mergePatch({ metadata: { finalizers: null } });
    await world.cluster.patch(ConfigMap, inDefault('blocking'), release);
    await world.clock.advance(second);
    expect(await names(world)).toEqual(['free']);
    await world.cluster.patch(ConfigMap, inDefault('free'), release);
    expect(await names(world)).toEqual([]);
  });

  test('in the foreground through two generations: the youngest goes first', async () => {
    const world = await trial();
    const owner = await configMap(world, 'owner');
    const child = await configMap(world, 'child', [blocks(owner)]);
    await configMap(world, 'grandchild', [blocks(child)]);
    await world.cluster.patch(
      ConfigMap,
      inDefault('grandchild'),
      mergePatch({ metadata: { finalizers: ['test.penstock.dev/hold'] } }),
    );
    await world.cluster.remove(ConfigMap, inDefault('owner'), { propagation: 'Foreground' });
    await world.clock.advance(second);
    expect(await names(world)).toEqual(['child', 'grandchild', 'owner']);
    await world.cluster.patch(ConfigMap, inDefault('grandchild'), mergePatch({ metadata: { finalizers: null } }));
    await world.clock.advance(second);
    expect(await names(world)).toEqual([]);
  });

  test('orphaning: the dependents stay, without the reference', async () => {
    const world = await trial();
    const owner = await configMap(world, 'owner');
    const other = await configMap(world, 'other');
    await configMap(world, 'child', [owner, other]);
    await world.cluster.remove(ConfigMap, inDefault('owner'), { propagation: 'Orphan' });
    await world.clock.advance(second);
    expect(await names(world)).toEqual(['child', 'other']);
    expect((await world.cluster.get(ConfigMap, inDefault('child'))).metadata.ownerReferences).toEqual([other]);
  });

  test('a dependent with another owner loses only the reference', async () => {
    const world = await trial();
    const [one, two] = [await configMap(world, 'one'), await configMap(world, 'two')];
    await configMap(world, 'child', [one, two]);
    await world.cluster.remove(ConfigMap, inDefault('one'));
    await world.clock.advance(second);
    expect((await world.cluster.get(ConfigMap, inDefault('child'))).metadata.ownerReferences).toEqual([two]);
    await world.cluster.remove(ConfigMap, inDefault('two'));
    await world.clock.advance(second);
    expect(await names(world)).toEqual([]);
  });

  test('an owner that never was, or whose name means another object, is absent', async () => {
    const world = await trial();
    const owner = await configMap(world, 'owner');
    await configMap(world, 'never', [{ ...owner, name: 'nobody', uid: 'no-such-uid' }]);
    await configMap(world, 'other', [{ ...owner, uid: 'another-uid' }]);
    await configMap(world, 'kept', [owner]);
    await world.clock.advance(second);
    expect(await names(world)).toEqual(['kept', 'owner']);
  });

  test('an owner of a kind that the collector does not know counts as there', async () => {
    const world = await trial();
    await configMap(world, 'kept', [{ apiVersion: 'example.com/v1', kind: 'Thing', name: 'thing', uid: 'thing' }]);
    await world.clock.advance(10 * second);
    expect(await names(world)).toEqual(['kept']);
  });

  test('a Deployment that is deleted takes its ReplicaSets and pods with it', async () => {
    const world = await trial();
    const labels = { app: 'web' };
    const template = { metadata: { labels }, spec: { containers: [containerOf()] } };
    const spec = { replicas: 3, selector: { matchLabels: labels }, template };
    await world.cluster.create(Deployment, { metadata: inDefault('web'), spec });
    await world.clock.advance(second);
    expect((await world.cluster.list(Pod)).items).toHaveLength(3);
    await world.cluster.remove(Deployment, inDefault('web'), { propagation: 'Foreground' });
    await world.clock.advance(10 * second);
    expect((await world.cluster.list(Deployment)).items).toEqual([]);
    expect((await world.cluster.list(ReplicaSet)).items).toEqual([]);
    expect((await world.cluster.list(Pod)).items).toEqual([]);
  });
});

test('a namespace that is deleted is emptied, then gone', async () => {
  const world = await trial();
  await world.cluster.create(Namespace, { metadata: { name: 'team' } });
  for (const name of ['a', 'b']) {
    const { metadata, ...pod } = podDraft(name);
    await world.cluster.create(Pod, { ...pod, metadata: { ...metadata, namespace: 'team' } });
    await world.cluster.create(ConfigMap, {
      metadata: { name, namespace: 'team', finalizers: ['test.penstock.dev/hold'] },
    });
  }
  await world.clock.advance(second);
  await world.cluster.remove(Namespace, { name: 'team' });
  await world.clock.advance(10 * second);
  expect((await world.cluster.list(Pod)).items).toEqual([]);
  expect((await world.cluster.get(Namespace, { name: 'team' })).status?.phase).toBe('Terminating');
  for (const name of ['a', 'b'])
    await world.cluster.patch(ConfigMap, { namespace: 'team', name }, mergePatch({ metadata: { finalizers: null } }));
  await world.clock.advance(10 * second);
  const left = (await world.cluster.list(Namespace)).items.map(({ metadata }) => metadata.name);
  expect(left).not.toContain('team');
  expect(left).toContain('default');
});
