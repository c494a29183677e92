import { expect } from 'vitest';
import { Binding, Deployment, Eviction, Namespace, Pod, ReplicaSet, scaleOf } from '../../../src/api/kubernetes.js';
import { jsonPatch, mergePatch } from '../../../src/cluster/patch.js';
import { type Case, createBoundPod, createPod, eventually, outcome, type World } from '../case.js';
import { Thing } from '../thing.js';

const ref = ({ namespace }: World, name = 'p') => ({ namespace, name });
const workload = ({ namespace }: World) => ({
  metadata: { name: 'p', namespace },
  spec: {
    replicas: 0,
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
});
const bind = (world: World, node = 'n1', metadata = {}) =>
  world.cluster.create(Binding, {
    metadata: { ...ref(world), ...metadata },
    target: { apiVersion: 'v1', kind: 'Node', name: node },
  });

const scalable = [
  ['a Deployment', Deployment],
  ['a ReplicaSet', ReplicaSet],
] as const;

export const subresources: readonly Case[] = [
  ...scalable.map(
    ([name, kind]): Case => ({
      name: `scale of ${name}: read, replaced, patched`,
      async run(world) {
        const { cluster } = world;
        const made = await cluster.create(kind as typeof Deployment, workload(world));
        const scale = scaleOf(kind as typeof Deployment);
        const got = await cluster.get(scale, ref(world));
        expect(got).toEqual({
          apiVersion: 'autoscaling/v1',
          kind: 'Scale',
          metadata: {
            name: 'p',
            namespace: world.namespace,
            uid: made.metadata.uid,
            resourceVersion: expect.any(String),
            creationTimestamp: made.metadata.creationTimestamp,
          },
          spec: {},
          status: { replicas: 0, selector: 'a=b' },
        });
        // its controller writes at the same time: a replacement may need several tries
        await eventually('the scale is replaced', async () => {
          const scaled = { ...(await cluster.get(scale, ref(world))), spec: { replicas: 2 } };
          return (await outcome(cluster.replace(scale, scaled))) === 'ok' ? true : undefined;
        });
        expect((await cluster.get(scale, ref(world))).spec?.replicas).toBe(2);
        const patched = await cluster.patch(scale, ref(world), mergePatch({ spec: { replicas: 1 } }));
        expect(patched.spec?.replicas).toBe(1);
        expect((await cluster.get(kind as typeof Deployment, ref(world))).spec?.replicas).toBe(1);
        expect(await outcome(cluster.patch(scale, ref(world), mergePatch({ spec: { replicas: -1 } })))).toBe(
          '422 Invalid spec.replicas',
        );
      },
    }),
  ),
  {
    name: 'scale of a custom object',
    async run(world) {
      const { cluster, namespace } = world;
      await cluster.create(Thing, { metadata: { name: 'p', namespace }, spec: { replicas: 3, size: 1 } });
      await cluster.patch(Thing, ref(world), mergePatch({ status: { replicas: 2, selector: 'a=b' } }), {
        subresource: 'status',
      });
      const scale = scaleOf(Thing);
      const got = await cluster.get(scale, ref(world));
      expect([got.spec, got.status]).toEqual([{ replicas: 3 }, { replicas: 2, selector: 'a=b' }]);
      const patched = await cluster.patch(
        scale,
        ref(world),
        jsonPatch([{ op: 'replace', path: '/spec/replicas', value: 5 }]),
      );
      expect(patched.spec).toEqual({ replicas: 5 });
      const thing = await cluster.get(Thing, ref(world));
      expect([thing.spec, thing.metadata.generation]).toEqual([{ replicas: 5, size: 1 }, 2]);
      expect(await outcome(cluster.patch(scale, ref(world), mergePatch({ spec: { replicas: -1 } })))).toBe(
        '422 Invalid .spec.replicas',
      );
      expect(await outcome(cluster.replace(scale, { ...got, spec: { replicas: 9 } }))).toBe('409 Conflict');
    },
  },
  {
    name: 'scale of what is missing',
    async run(world) {
      expect(await outcome(world.cluster.get(scaleOf(Deployment), ref(world)))).toBe('404 NotFound');
    },
  },
  {
    name: 'a binding gives a pod its node, once',
    async run(world) {
      await createPod(world);
      await bind(world);
      const pod = await world.cluster.get(Pod, ref(world));
      expect(pod.spec?.nodeName).toBe('n1');
      expect(pod.status?.conditions?.map(({ type, status }) => [type, status])).toEqual([['PodScheduled', 'True']]);
      expect(pod.metadata.generation).toBe(1);
      expect(await outcome(bind(world, 'n2'))).toBe('409 Conflict');
    },
  },
  {
    name: 'a binding ends the nomination of its pod, and a bound pod is not nominated',
    async run(world) {
      const nominate = (node: string, metadata = {}) =>
        world.cluster.patch(Pod, ref(world), mergePatch({ metadata, status: { nominatedNodeName: node } }), {
          subresource: 'status',
        });
      await createPod(world);
      expect((await nominate('n1')).status?.nominatedNodeName).toBe('n1');
      expect(await outcome(nominate('n2', { uid: 'other' }))).toBe('422 Invalid metadata.uid');
      await bind(world);
      expect((await world.cluster.get(Pod, ref(world))).status?.nominatedNodeName).toBeUndefined();
      expect(await outcome(nominate('n1'))).toBe('422 Invalid status.nominatedNodeName');
    },
  },
  {
    name: 'a binding of what is missing',
    async run(world) {
      expect(await outcome(bind(world))).toBe('404 NotFound');
    },
  },
  {
    name: 'a binding of a gated pod',
    async run(world) {
      const spec = { containers: [{ name: 'c', image: 'i' }], schedulingGates: [{ name: 'a.test/gate' }] };
      await createPod(world, { spec });
      expect(await outcome(bind(world))).toBe('409 Conflict');
    },
  },
  {
    name: 'a binding of a terminating pod',
    async run(world) {
      await createPod(world, { metadata: { name: 'p', namespace: world.namespace, finalizers: ['a.test/a'] } });
      await world.cluster.remove(Pod, ref(world));
      expect(await outcome(bind(world))).toBe('409 Conflict');
    },
  },
  {
    name: 'a binding to another object of that name',
    async run(world) {
      await createPod(world);
      expect(await outcome(bind(world, 'n1', { uid: 'other' }))).toBe('409 Conflict');
    },
  },
  {
    name: 'an eviction deletes, as a deletion does',
    async run(world) {
      const { cluster, namespace } = world;
      await createPod(world);
      await cluster.create(Eviction, { metadata: { name: 'p', namespace } });
      expect(await outcome(cluster.get(Pod, ref(world)))).toBe('404 NotFound');
      await createBoundPod(world, { metadata: { name: 'q', namespace } });
      await cluster.create(Eviction, { metadata: { name: 'q', namespace }, deleteOptions: { gracePeriodSeconds: 7 } });
      expect((await cluster.get(Pod, ref(world, 'q'))).metadata.deletionGracePeriodSeconds).toBe(7);
      expect(await outcome(cluster.create(Eviction, { metadata: { name: 'r', namespace } }))).toBe('404 NotFound');
    },
  },
  {
    name: 'a namespace begins active',
    async run({ cluster, namespace }) {
      const { status, spec, metadata } = await cluster.get(Namespace, { name: namespace });
      expect([status, spec]).toEqual([{ phase: 'Active' }, { finalizers: ['kubernetes'] }]);
      expect(metadata.labels).toEqual({ 'kubernetes.io/metadata.name': namespace });
      expect(await outcome(cluster.create(Namespace, { metadata: { name: namespace } }))).toBe('409 AlreadyExists');
      expect(await outcome(cluster.create(Namespace, { metadata: { name: 'with.dot' } }))).toBe(
        '422 Invalid metadata.name',
      );
    },
  },
];
