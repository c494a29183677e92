import { expect } from 'vitest';
import { ConfigMap, Pod } from '../../../src/api/kubernetes.js';
import { mergePatch } from '../../../src/cluster/patch.js';
import { type Case, createBoundPod, createPod, outcome, type World } from '../case.js';
import { Thing } from '../thing.js';

const ref = ({ namespace }: World, name = 'p') => ({ namespace, name });
const gone = (world: World, name = 'p') => outcome(world.cluster.get(Pod, ref(world, name)));

export const deletion: readonly Case[] = [
  {
    name: 'what is missing is NotFound',
    async run(world) {
      expect(await outcome(world.cluster.remove(Pod, ref(world)))).toBe('404 NotFound');
    },
  },
  {
    name: 'an object without finalizers is gone at once',
    async run(world) {
      const { cluster, namespace } = world;
      await cluster.create(ConfigMap, { metadata: { name: 'p', namespace } });
      expect(await cluster.remove(ConfigMap, ref(world))).toBeUndefined();
      expect(await outcome(cluster.get(ConfigMap, ref(world)))).toBe('404 NotFound');
    },
  },
  {
    name: 'a pod that no node has is gone at once',
    async run(world) {
      await createPod(world);
      expect(await world.cluster.remove(Pod, ref(world))).toBeUndefined();
      expect(await gone(world)).toBe('404 NotFound');
    },
  },
  {
    name: 'a pod on a node gets its grace period',
    async run(world) {
      const pod = await createBoundPod(world);
      const got = await world.cluster.remove(Pod, ref(world));
      expect(got?.metadata.deletionGracePeriodSeconds).toBe(30);
      const until = Date.parse(got?.metadata.deletionTimestamp ?? '') - Date.now();
      expect(until).toBeGreaterThan(10_000);
      expect(until).toBeLessThan(31_000);
      expect(got?.metadata.generation).toBe((pod.metadata.generation ?? 0) + 1);
      expect(await world.cluster.get(Pod, ref(world))).toEqual(got);
    },
  },
  {
    name: 'a grace period can be asked for, shortened, not lengthened',
    async run(world) {
      await createBoundPod(world);
      const graceOf = async (gracePeriodSeconds: number) =>
        (await world.cluster.remove(Pod, ref(world), { gracePeriodSeconds }))?.metadata.deletionGracePeriodSeconds;
      expect(await graceOf(20)).toBe(20);
      expect(await graceOf(10)).toBe(10);
      expect(await graceOf(25)).toBe(10);
      expect(await graceOf(0)).toBeUndefined();
      expect(await gone(world)).toBe('404 NotFound');
    },
  },
  {
    name: 'a pod that has ended gets no grace',
    async run(world) {
      await createBoundPod(world);
      await world.cluster.patch(Pod, ref(world), mergePatch({ status: { phase: 'Succeeded' } }), {
        subresource: 'status',
      });
      expect(await world.cluster.remove(Pod, ref(world))).toBeUndefined();
      expect(await gone(world)).toBe('404 NotFound');
    },
  },
  {
    name: 'a finalizer keeps an object; removing the last one lets it go',
    async run(world) {
      const { cluster, namespace } = world;
      await cluster.create(Thing, {
        metadata: { name: 'p', namespace, finalizers: ['a.test/a', 'b.test/b'] },
        spec: {},
      });
      const got = await cluster.remove(Thing, ref(world));
      expect(got?.metadata.deletionTimestamp).toBeDefined();
      expect(got?.metadata.deletionGracePeriodSeconds).toBe(0);
      expect(got?.metadata.generation).toBe(2);
      const again = await cluster.remove(Thing, ref(world));
      expect(again?.metadata.deletionTimestamp).toBe(got?.metadata.deletionTimestamp);
      const finalizers = (list: string[]) =>
        outcome(cluster.patch(Thing, ref(world), mergePatch({ metadata: { finalizers: list } })));
      expect(await finalizers(['a.test/a', 'b.test/b', 'c.test/c'])).toBe('422 Invalid metadata.finalizers');
      expect(await finalizers(['a.test/a'])).toBe('ok');
      expect(await outcome(cluster.get(Thing, ref(world)))).toBe('ok');
      expect(await finalizers([])).toBe('ok');
      expect(await outcome(cluster.get(Thing, ref(world)))).toBe('404 NotFound');
    },
  },
  {
    name: 'a terminating object can be changed, and its time of deletion not taken back',
    async run(world) {
      const { cluster, namespace } = world;
      await cluster.create(ConfigMap, { metadata: { name: 'p', namespace, finalizers: ['a.test/a'] } });
      const terminating = await cluster.remove(ConfigMap, ref(world));
      const got = await cluster.patch(
        ConfigMap,
        ref(world),
        mergePatch({ metadata: { deletionTimestamp: null }, data: { a: '1' } }),
      );
      expect(got.data).toEqual({ a: '1' });
      expect(got.metadata.deletionTimestamp).toBe(terminating?.metadata.deletionTimestamp);
    },
  },
  {
    name: 'a pod with a finalizer and a node waits for both',
    async run(world) {
      const metadata = { name: 'p', namespace: world.namespace, finalizers: ['a.test/a'] };
      await createBoundPod(world, { metadata });
      await world.cluster.remove(Pod, ref(world));
      await world.cluster.remove(Pod, ref(world), { gracePeriodSeconds: 0 });
      expect(await gone(world)).toBe('ok');
      await world.cluster.patch(Pod, ref(world), mergePatch({ metadata: { finalizers: null } }));
      expect(await gone(world)).toBe('404 NotFound');
    },
  },
  {
    name: 'preconditions: another uid or version conflicts, the right ones do not',
    async run(world) {
      const { cluster, namespace } = world;
      const { metadata } = await cluster.create(ConfigMap, { metadata: { name: 'p', namespace } });
      const remove = (preconditions: { uid?: string; resourceVersion?: string }) =>
        outcome(cluster.remove(ConfigMap, ref(world), { preconditions }));
      expect(await remove({ uid: 'other' })).toBe('409 Conflict');
      expect(await remove({ resourceVersion: '1' })).toBe('409 Conflict');
      expect(await remove({ uid: metadata.uid, resourceVersion: '1' })).toBe('409 Conflict');
      expect(await remove({ uid: metadata.uid, resourceVersion: metadata.resourceVersion })).toBe('ok');
    },
  },
  {
    name: 'the name is free again, for an object with another uid',
    async run(world) {
      const { cluster, namespace } = world;
      const make = () => cluster.create(ConfigMap, { metadata: { name: 'p', namespace } });
      const first = await make();
      await cluster.remove(ConfigMap, ref(world));
      expect((await make()).metadata.uid).not.toBe(first.metadata.uid);
    },
  },
];
