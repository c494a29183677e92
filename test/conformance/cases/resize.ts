import { expect } from 'vitest';
import { Node, Pod } from '../../../src/api/kubernetes.js';
import { type JsonOperation, jsonPatch, mergePatch, strategicPatch } from '../../../src/cluster/patch.js';
import { type Case, createPod, effect, type World } from '../case.js';

const add = (path: string, value: unknown): JsonOperation => ({ op: 'add', path, value });
const remove = (path: string): JsonOperation => ({ op: 'remove', path });
const resources = '/spec/containers/0/resources';

/** Changes through `pods/resize` of a pod that requests 100m, 64Mi and is limited to 200m, 128Mi. */
const changes: readonly (readonly [name: string, expected: string, ...operations: readonly JsonOperation[]])[] = [
  ['a larger request', 'ok', add(`${resources}/requests/cpu`, '150m')],
  [
    'a larger request and limit',
    'ok',
    add(`${resources}/requests/memory`, '128Mi'),
    add(`${resources}/limits/memory`, '256Mi'),
  ],
  ['a smaller memory limit', 'ok', add(`${resources}/limits/memory`, '100Mi')],
  ['the same, in other words', 'ok, unchanged', add(`${resources}/requests/cpu`, '0.1')],
  [
    'a request above the limit',
    '422 Invalid spec.containers[0].resources.requests',
    add(`${resources}/requests/cpu`, '300m'),
  ],
  [
    'a negative request',
    '422 Invalid spec.containers[0].resources.requests[cpu]',
    add(`${resources}/requests/cpu`, '-1'),
  ],
  ['a request that is no quantity', '422 Invalid patch', add(`${resources}/requests/cpu`, 'much')],
  ['another QoS class', '422 Invalid spec', add(`${resources}/requests`, { cpu: '200m', memory: '128Mi' })],
  ['a request removed', 'ok', remove(`${resources}/requests/cpu`)],
  ['a limit removed', '422 Invalid spec.containers[0].resources.limits', remove(`${resources}/limits/cpu`)],
  [
    'all resources removed',
    '422 Invalid spec spec.containers[0].resources.limits spec.containers[0].resources.requests',
    add(resources, {}),
  ],
  ['a resource that cannot be resized', '422 Invalid spec', add(`${resources}/requests/ephemeral-storage`, '1Gi')],
  ['a label', 'ok, unchanged', add('/metadata/labels/a', 'b')],
  ['an image', 'ok, unchanged', add('/spec/containers/0/image', 'other')],
  ['an environment', 'ok, unchanged', add('/spec/containers/0/env', [{ name: 'A', value: 'b' }])],
  ['a deadline', 'ok, unchanged', add('/spec/activeDeadlineSeconds', 5)],
  [
    'a resize policy',
    '422 Invalid spec',
    add('/spec/containers/0/resizePolicy', [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }]),
  ],
  ['a container more', '422 Invalid spec.containers', add('/spec/containers/-', { name: 'b', image: 'b' })],
];

/** What the server says to a cpu for a pod whose node has one. */
async function resizerOnSmallNode(world: World): Promise<(cpu: string) => Promise<string>> {
  const name = `node-${world.namespace}`;
  const capacity = { cpu: '1', memory: '1Gi', pods: '10' };
  await world.cluster.create(Node, { metadata: { name }, status: { capacity, allocatable: capacity } });
  const status = mergePatch({ status: { capacity, allocatable: capacity } });
  await world.cluster.patch(Node, { name }, status, { subresource: 'status' });
  const pod = await resizable(world, name);
  const ref = { namespace: world.namespace, name: 'p' };
  const ask = (cpu: string) => jsonPatch([add(`${resources}/requests/cpu`, cpu), add(`${resources}/limits/cpu`, cpu)]);
  return (cpu) => effect(pod, world.cluster.patch(Pod, ref, ask(cpu), { subresource: 'resize' }));
}

/** Older servers are told by what they answer. */
export const boundsResizes = async (world: World): Promise<boolean> =>
  (await (await resizerOnSmallNode(world))('2')) !== 'ok';

const resizable = (world: World, nodeName?: string) =>
  createPod(world, {
    spec: {
      ...(nodeName === undefined ? {} : { nodeName }),
      containers: [
        {
          name: 'main',
          image: 'registry.test/web:1',
          resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } },
        },
      ],
    },
  });

const subresource = 'resize' as const;

export const resize: readonly Case[] = [
  ...changes.map(([name, expected, ...operations]) => ({
    name: `${name}: ${expected}`,
    async run(world: World) {
      const pod = await resizable(world);
      const ref = { namespace: world.namespace, name: 'p' };
      expect(await effect(pod, world.cluster.patch(Pod, ref, jsonPatch(operations), { subresource }))).toBe(expected);
    },
  })),
  {
    name: 'a resize changes the spec and its generation',
    async run(world) {
      await resizable(world);
      const ref = { namespace: world.namespace, name: 'p' };
      const got = await world.cluster.patch(Pod, ref, jsonPatch([add(`${resources}/requests/cpu`, '150m')]), {
        subresource,
      });
      expect(got.spec?.containers[0]?.resources).toEqual({
        requests: { cpu: '150m', memory: '64Mi' },
        limits: { cpu: '200m', memory: '128Mi' },
      });
      expect(got.metadata.generation).toBe(2);
    },
  },
  {
    name: 'a strategic patch finds the container by its name',
    async run(world) {
      await resizable(world);
      const ref = { namespace: world.namespace, name: 'p' };
      const patch = strategicPatch({
        spec: { containers: [{ name: 'main', resources: { requests: { cpu: '150m' } } }] },
      });
      const got = await world.cluster.patch(Pod, ref, patch, { subresource });
      expect(got.spec?.containers[0]).toMatchObject({
        image: 'registry.test/web:1',
        resources: { requests: { cpu: '150m', memory: '64Mi' } },
      });
    },
  },
  {
    name: 'more than the node has at all is Forbidden',
    async run(world) {
      const resize = await resizerOnSmallNode(world);
      expect(await resize('2')).toBe(world.boundsResizes ? '403 Forbidden' : 'ok');
      expect(await resize('1')).toBe('ok');
    },
  },
  {
    name: 'a pod without resources gets none',
    async run(world) {
      const pod = await createPod(world);
      const ref = { namespace: world.namespace, name: 'p' };
      const patch = jsonPatch([add(resources, { requests: { cpu: '1' } })]);
      expect(await effect(pod, world.cluster.patch(Pod, ref, patch, { subresource }))).toBe('422 Invalid spec');
    },
  },
];
