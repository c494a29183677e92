import { expect } from 'vitest';
import { ConfigMap, Deployment, Lease, Pod, ReplicaSet } from '../../../src/api/kubernetes.js';
import { jsonPatch, mergePatch } from '../../../src/cluster/patch.js';
import { type Case, createPod, effect, outcome } from '../case.js';
import { Thing } from '../thing.js';

const workload = (namespace: string) => ({
  metadata: { name: 'd', namespace },
  spec: {
    replicas: 0,
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
});

export const updates: readonly Case[] = [
  {
    name: 'a replacement with an old resourceVersion conflicts',
    async run({ cluster, namespace }) {
      const first = await cluster.create(ConfigMap, { metadata: { name: 'a', namespace }, data: { n: '1' } });
      const second = await cluster.replace(ConfigMap, { ...first, data: { n: '2' } });
      expect(await outcome(cluster.replace(ConfigMap, { ...first, data: { n: '3' } }))).toBe('409 Conflict');
      expect(await cluster.get(ConfigMap, { namespace, name: 'a' })).toEqual(second);
    },
  },
  {
    name: 'of twenty writers with one version exactly one wins',
    async run({ cluster, namespace }) {
      const first = await cluster.create(ConfigMap, { metadata: { name: 'a', namespace } });
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, n) => outcome(cluster.replace(ConfigMap, { ...first, data: { n: String(n) } }))),
      );
      expect(results.filter((result) => result === 'ok')).toHaveLength(1);
      expect(new Set(results)).toEqual(new Set(['ok', '409 Conflict']));
    },
  },
  {
    name: 'twenty merge patches at once all count',
    async run({ cluster, namespace }) {
      await cluster.create(ConfigMap, { metadata: { name: 'a', namespace } });
      await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          cluster.patch(ConfigMap, { namespace, name: 'a' }, mergePatch({ data: { [`k${n}`]: 'x' } })),
        ),
      );
      const { data } = await cluster.get(ConfigMap, { namespace, name: 'a' });
      expect(Object.keys(data ?? {})).toHaveLength(20);
    },
  },
  {
    name: 'a replacement without resourceVersion is unconditional for ConfigMaps, refused for Leases and custom objects',
    async run({ cluster, namespace }) {
      const metadata = { name: 'a', namespace };
      const map = await cluster.create(ConfigMap, { metadata });
      const lease = await cluster.create(Lease, { metadata });
      const thing = await cluster.create(Thing, { metadata });
      const bare = <T extends { metadata: object }>(object: T) => ({
        ...object,
        metadata: { ...object.metadata, resourceVersion: '' },
      });
      expect(await effect(map, cluster.replace(ConfigMap, { ...bare(map), data: { n: '2' } }))).toBe('ok');
      expect(await outcome(cluster.replace(Lease, bare(lease)))).toBe('422 Invalid metadata.resourceVersion');
      expect(await outcome(cluster.replace(Thing, bare(thing)))).toBe('422 Invalid metadata.resourceVersion');
    },
  },
  {
    name: 'a replacement of what is missing is NotFound',
    async run({ cluster, namespace }) {
      const map = await cluster.create(ConfigMap, { metadata: { name: 'a', namespace } });
      await cluster.remove(ConfigMap, { namespace, name: 'a' });
      expect(await outcome(cluster.replace(ConfigMap, map))).toBe('404 NotFound');
    },
  },
  {
    name: 'a replacement of another object of that name conflicts',
    async run({ cluster, namespace }) {
      const first = await cluster.create(ConfigMap, { metadata: { name: 'a', namespace } });
      await cluster.remove(ConfigMap, { namespace, name: 'a' });
      const second = await cluster.create(ConfigMap, { metadata: { name: 'a', namespace } });
      const mixed = { ...second, metadata: { ...second.metadata, uid: first.metadata.uid } };
      expect(await outcome(cluster.replace(ConfigMap, mixed))).toBe('409 Conflict');
    },
  },
  {
    name: 'an equal replacement changes nothing',
    async run({ cluster, namespace }) {
      const map = await cluster.create(ConfigMap, { metadata: { name: 'a', namespace }, data: { a: '1' } });
      expect(await effect(map, cluster.replace(ConfigMap, map))).toBe('ok, unchanged');
    },
  },
  {
    name: 'the generation counts changes of the spec only',
    async run({ cluster, namespace }) {
      const ref = { namespace, name: 'd' };
      const generation = async (body: object, options = {}) =>
        (await cluster.patch(ReplicaSet, ref, mergePatch(body), options)).metadata.generation;
      await cluster.create(ReplicaSet, workload(namespace));
      expect(await generation({ metadata: { labels: { a: 'b' } } })).toBe(1);
      expect(await generation({ spec: { minReadySeconds: 5 } })).toBe(2);
      expect(await generation({ spec: { minReadySeconds: 5 } })).toBe(2);
      expect(await generation({ status: { observedGeneration: 2 } }, { subresource: 'status' })).toBe(2);
      const thing = await cluster.create(Thing, { metadata: { name: 'd', namespace }, spec: { size: 1 } });
      expect(thing.metadata.generation).toBe(1);
      const patch = async (body: object, options = {}) =>
        (await cluster.patch(Thing, ref, mergePatch(body), options)).metadata.generation;
      expect(await patch({ metadata: { annotations: { a: 'b' } } })).toBe(1);
      expect(await patch({ status: { phase: 'x' } }, { subresource: 'status' })).toBe(1);
      expect(await patch({ spec: { size: 2 } })).toBe(2);
    },
  },
  {
    name: 'status is written through its subresource only, and nothing else through it',
    async run({ cluster, namespace }) {
      const ref = { namespace, name: 'a' };
      await cluster.create(Thing, { metadata: { name: 'a', namespace }, spec: { size: 1 } });
      const main = await cluster.patch(Thing, ref, mergePatch({ spec: { size: 2 }, status: { phase: 'x' } }));
      expect([main.spec, main.status]).toEqual([{ size: 2 }, undefined]);
      const body = { metadata: { labels: { a: 'b' } }, spec: { size: 3 }, status: { phase: 'x' } };
      const status = await cluster.patch(Thing, ref, mergePatch(body), { subresource: 'status' });
      expect([status.spec, status.status, status.metadata.labels]).toEqual([{ size: 2 }, { phase: 'x' }, undefined]);
      const replaced = await cluster.replace(
        Thing,
        { ...status, spec: {}, status: { phase: 'y' } },
        { subresource: 'status' },
      );
      expect([replaced.spec, replaced.status]).toEqual([{ size: 2 }, { phase: 'y' }]);
      expect(await cluster.get(Thing, ref, { subresource: 'status' })).toEqual(replaced);
    },
  },
  {
    name: 'a pod’s status is written through its subresource; labels go with it, owners and spec do not',
    async run(world) {
      const { cluster, namespace } = world;
      const pod = await createPod(world);
      const ref = { namespace, name: 'p' };
      const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'u' };
      const body = {
        metadata: { labels: { a: 'b' }, ownerReferences: [owner] },
        spec: { activeDeadlineSeconds: 5 },
        status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
      };
      const got = await cluster.patch(Pod, ref, mergePatch(body), { subresource: 'status' });
      expect(got.status?.phase).toBe('Running');
      expect(got.status?.conditions?.map(({ type }) => type)).toEqual(['Ready']);
      expect(got.metadata.labels).toEqual({ app: 'web', a: 'b' });
      expect(got.metadata.ownerReferences).toBeUndefined();
      expect(got.spec).toEqual(pod.spec);
      expect(got.metadata.generation).toBe(1);
    },
  },
  {
    name: 'a failed validation changes nothing',
    async run(world) {
      const pod = await createPod(world);
      const wrong = { ...pod, metadata: { ...pod.metadata, labels: { a: 'no spaces' } } };
      expect(await outcome(world.cluster.replace(Pod, wrong))).toBe('422 Invalid metadata.labels');
      expect(await world.cluster.get(Pod, { namespace: world.namespace, name: 'p' })).toEqual(pod);
    },
  },
  {
    name: 'a dry run of a patch says what would be, and changes nothing',
    async run(world) {
      const pod = await createPod(world);
      const ref = { namespace: world.namespace, name: 'p' };
      const patch = jsonPatch([{ op: 'add', path: '/metadata/labels/a', value: 'b' }]);
      const got = await world.cluster.patch(Pod, ref, patch, { dryRun: true });
      expect(got.metadata.labels).toEqual({ app: 'web', a: 'b' });
      expect(await world.cluster.get(Pod, ref)).toEqual(pod);
    },
  },
  {
    name: 'an immutable ConfigMap takes labels, not data',
    async run({ cluster, namespace }) {
      const map = await cluster.create(ConfigMap, {
        metadata: { name: 'a', namespace },
        data: { a: '1' },
        immutable: true,
      });
      const patch = (body: object) => effect(map, cluster.patch(ConfigMap, { namespace, name: 'a' }, mergePatch(body)));
      expect(await patch({ data: { a: '2' } })).toBe('422 Invalid data');
      expect(await patch({ immutable: false })).toBe('422 Invalid immutable');
      expect(await patch({ metadata: { labels: { a: 'b' } } })).toBe('ok');
    },
  },
  {
    name: 'the selector of a Deployment does not change',
    async run({ cluster, namespace }) {
      const before = await cluster.create(Deployment, workload(namespace));
      const body = { spec: { selector: { matchLabels: { a: 'c' } }, template: { metadata: { labels: { a: 'c' } } } } };
      const patch = cluster.patch(Deployment, { namespace, name: 'd' }, mergePatch(body));
      expect(await effect(before, patch)).toBe('422 Invalid spec.selector');
    },
  },
];
