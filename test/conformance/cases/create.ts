import { expect } from 'vitest';
import { ConfigMap, Deployment, Lease, Pod, Secret } from '../../../src/api/kubernetes.js';
import type { Kind } from '../../../src/api/meta/kind.js';
import type { Draft, Resource } from '../../../src/api/meta/resource.js';
import { type Case, createPod, outcome, podDraft } from '../case.js';
import { Thing } from '../thing.js';
import { defaultedSpec } from './pod-defaults.js';

/** What is tried to be created in the case's namespace, with what the server says. Wrong on purpose, so loosely typed. */
const drafts: readonly (readonly [name: string, expected: string, kind: Kind<Resource>, draft: object])[] = [
  ['no name', '422 Invalid metadata.name', ConfigMap, { metadata: {} }],
  ['an upper-case name', '422 Invalid metadata.name', ConfigMap, { metadata: { name: 'Web' } }],
  ['a name of 254 characters', '422 Invalid metadata.name', ConfigMap, { metadata: { name: 'a'.repeat(254) } }],
  ['a name with a slash', '422 Invalid metadata.name', ConfigMap, { metadata: { name: 'a/b' } }],
  ['a name made by the server', 'ok', ConfigMap, { metadata: { generateName: 'a-' } }],
  ['a resourceVersion', '500 InternalError', ConfigMap, { metadata: { name: 'a', resourceVersion: '5' } }],
  ['a uid', 'ok', ConfigMap, { metadata: { name: 'a', uid: '00000000-0000-4000-8000-000000000000' } }],
  ['a time of deletion', 'ok', ConfigMap, { metadata: { name: 'a', deletionTimestamp: '2020-01-01T00:00:00Z' } }],
  [
    'a label that is none',
    '422 Invalid metadata.labels',
    ConfigMap,
    { metadata: { name: 'a', labels: { a: 'no spaces' } } },
  ],
  ['a wrong type', '400 BadRequest', ConfigMap, { metadata: { name: 'a' }, data: { a: 1 } }],
  ['an unknown field', '400 BadRequest', ConfigMap, { metadata: { name: 'a' }, colour: 'red' }],
  [
    'a key that is none',
    '422 Invalid data[no spaces]',
    ConfigMap,
    { metadata: { name: 'a' }, data: { 'no spaces': '1' } },
  ],
  ['too much data', '422 Invalid []', ConfigMap, { metadata: { name: 'a' }, data: { a: 'x'.repeat(2 ** 20 + 1) } }],
  ['a pod without spec', '422 Invalid spec.containers', Pod, { metadata: { name: 'a' } }],
  [
    'a pod without containers',
    '422 Invalid spec.containers',
    Pod,
    { metadata: { name: 'a' }, spec: { containers: [] } },
  ],
  [
    'a container without image',
    '422 Invalid spec.containers[0].image',
    Pod,
    { metadata: { name: 'a' }, spec: { containers: [{ name: 'c' }] } },
  ],
  [
    'a container without name',
    '422 Invalid spec.containers[0].name',
    Pod,
    { metadata: { name: 'a' }, spec: { containers: [{ image: 'i' }] } },
  ],
  [
    'a container whose name is none',
    '422 Invalid spec.containers[0].name',
    Pod,
    { metadata: { name: 'a' }, spec: { containers: [{ name: 'C c', image: 'i' }] } },
  ],
  [
    'two containers of one name',
    '422 Invalid spec.containers[1].name',
    Pod,
    {
      metadata: { name: 'a' },
      spec: {
        containers: [
          { name: 'c', image: 'i' },
          { name: 'c', image: 'i' },
        ],
      },
    },
  ],
  [
    'a mount without volume',
    '422 Invalid spec.containers[0].volumeMounts[0].name',
    Pod,
    {
      metadata: { name: 'a' },
      spec: { containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }] }] },
    },
  ],
  [
    'a restart policy that is none',
    '422 Invalid spec.restartPolicy',
    Pod,
    { metadata: { name: 'a' }, spec: { restartPolicy: 'Sometimes', containers: [{ name: 'c', image: 'i' }] } },
  ],
  [
    'a request above the limit',
    '422 Invalid spec.containers[0].resources.requests',
    Pod,
    {
      metadata: { name: 'a' },
      spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }] },
    },
  ],
  [
    'a quantity that is none',
    '400 BadRequest',
    Pod,
    {
      metadata: { name: 'a' },
      spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: 'much' } } }] },
    },
  ],
  [
    'a negative quantity',
    '422 Invalid spec.containers[0].resources.requests[cpu]',
    Pod,
    {
      metadata: { name: 'a' },
      spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '-1' } } }] },
    },
  ],
  [
    'a gated pod with a node',
    '422 Invalid spec.nodeName',
    Pod,
    {
      metadata: { name: 'a' },
      spec: { nodeName: 'n', schedulingGates: [{ name: 'a.test/b' }], containers: [{ name: 'c', image: 'i' }] },
    },
  ],
  [
    'a deadline of nothing',
    '422 Invalid spec.activeDeadlineSeconds',
    Pod,
    { metadata: { name: 'a' }, spec: { activeDeadlineSeconds: 0, containers: [{ name: 'c', image: 'i' }] } },
  ],
  [
    'an unknown field of a pod',
    '400 BadRequest',
    Pod,
    { metadata: { name: 'a' }, spec: { colour: 'red', containers: [{ name: 'c', image: 'i' }] } },
  ],
  [
    'a deployment whose selector misses its template',
    '422 Invalid spec.template.metadata.labels',
    Deployment,
    {
      metadata: { name: 'a' },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'c' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    },
  ],
  [
    'a negative number of replicas',
    '422 Invalid spec.replicas',
    Deployment,
    {
      metadata: { name: 'a' },
      spec: {
        replicas: -1,
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    },
  ],
  [
    'a lease of no duration',
    '422 Invalid spec.leaseDurationSeconds',
    Lease,
    { metadata: { name: 'a' }, spec: { leaseDurationSeconds: 0 } },
  ],
  ['a custom object', 'ok', Thing, { metadata: { name: 'a' }, spec: { size: 1 } }],
  [
    'a custom object with an unknown field',
    '400 BadRequest',
    Thing,
    { metadata: { name: 'a' }, spec: { colour: 'red' } },
  ],
];

export const creation: readonly Case[] = [
  ...drafts.map(
    ([name, expected, kind, draft]): Case => ({
      name: `${name}: ${expected}`,
      async run({ cluster, namespace }) {
        const placed = {
          ...draft,
          metadata: { ...('metadata' in draft ? (draft.metadata as object) : {}), namespace },
        };
        expect(await outcome(cluster.create(kind, placed as Draft<Resource>))).toBe(expected);
      },
    }),
  ),
  {
    name: 'in a namespace that does not exist: NotFound',
    async run({ cluster }) {
      const draft = { metadata: { name: 'a', namespace: 'no-such-namespace' } };
      expect(await outcome(cluster.create(ConfigMap, draft))).toBe('404 NotFound');
    },
  },
  {
    name: 'twice: AlreadyExists',
    async run({ cluster, namespace }) {
      const draft = { metadata: { name: 'a', namespace } };
      await cluster.create(ConfigMap, draft);
      expect(await outcome(cluster.create(ConfigMap, draft))).toBe('409 AlreadyExists');
    },
  },
  {
    name: 'two generated names differ, and begin as asked',
    async run({ cluster, namespace }) {
      const make = () => cluster.create(ConfigMap, { metadata: { generateName: 'a-', namespace } });
      const names = [(await make()).metadata.name, (await make()).metadata.name];
      expect(names[0]).toMatch(/^a-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
      expect(new Set(names).size).toBe(2);
    },
  },
  {
    name: 'the server says who and when, and which version',
    async run({ cluster, namespace }) {
      const before = Date.now();
      const got = await cluster.create(ConfigMap, { metadata: { name: 'a', namespace }, data: { a: '1' } });
      expect(got).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } });
      expect(got.metadata.uid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(got.metadata.resourceVersion).toMatch(/^[1-9][0-9]*$/);
      expect(got.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(Math.abs(Date.parse(got.metadata.creationTimestamp) - before)).toBeLessThan(60_000);
      expect(got.metadata.generation).toBeUndefined();
      expect(await cluster.get(ConfigMap, { namespace, name: 'a' })).toEqual(got);
    },
  },
  {
    name: 'a pod gets its defaults',
    async run(world) {
      const { spec, status, metadata } = await createPod(world, {
        spec: {
          containers: [
            {
              name: 'main',
              image: 'a',
              resources: { limits: { cpu: '1', memory: '1Gi' } },
              ports: [{ containerPort: 80 }],
            },
            { name: 'side', image: 'a:latest' },
          ],
          volumes: [{ name: 'v', downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name' } }] } }],
        },
      });
      expect(metadata.generation).toBe(1);
      expect(status).toEqual({ phase: 'Pending', qosClass: 'Burstable' });
      expect(spec).toEqual(defaultedSpec);
    },
  },
  {
    name: 'the quality of service follows the resources',
    async run(world) {
      const cpuAndMemory = { cpu: '1', memory: '1Gi' };
      const classOf = async (name: string, resources: object) => {
        const spec = { containers: [{ name: 'main', image: 'a', resources }] };
        const pod = await createPod(world, { metadata: { name, namespace: world.namespace }, spec });
        return pod.status?.qosClass;
      };
      expect(await classOf('a', { limits: cpuAndMemory })).toBe('Guaranteed');
      expect(await classOf('b', { limits: cpuAndMemory, requests: cpuAndMemory })).toBe('Guaranteed');
      expect(await classOf('c', { requests: cpuAndMemory })).toBe('Burstable');
      expect(await classOf('d', { limits: { cpu: '1' } })).toBe('Burstable');
      expect(await classOf('e', {})).toBe('BestEffort');
    },
  },
  {
    name: 'a dry run says what would be, and stores nothing',
    async run(world) {
      const got = await world.cluster.create(Pod, podDraft(world), { dryRun: true });
      expect(got.metadata.uid).toBeDefined();
      expect(got.spec?.restartPolicy).toBe('Always');
      expect(await outcome(world.cluster.get(Pod, { namespace: world.namespace, name: 'p' }))).toBe('404 NotFound');
      const wrong = podDraft(world, { spec: { containers: [] } });
      expect(await outcome(world.cluster.create(Pod, wrong, { dryRun: true }))).toBe('422 Invalid spec.containers');
    },
  },
  {
    name: 'fieldValidation Ignore and Warn drop an unknown field',
    async run({ cluster, namespace }) {
      for (const [name, fieldValidation] of [
        ['a', 'Ignore'],
        ['b', 'Warn'],
      ] as const) {
        const draft = { metadata: { name, namespace }, data: { a: '1' }, colour: 'red' };
        const got = await cluster.create(ConfigMap, draft, { fieldValidation });
        expect(got).not.toHaveProperty('colour');
        expect(got.data).toEqual({ a: '1' });
      }
      for (const [name, fieldValidation] of [
        ['a', 'Ignore'],
        ['b', 'Warn'],
      ] as const) {
        const draft = { metadata: { name, namespace }, spec: { size: 1, colour: 'red' } };
        const got = await cluster.create(Thing, draft, { fieldValidation });
        expect(got.spec).toEqual({ size: 1 });
      }
    },
  },
  {
    name: 'a Secret’s stringData becomes data',
    async run({ cluster, namespace }) {
      const got = await cluster.create(Secret, { metadata: { name: 'a', namespace }, stringData: { a: 'b' } });
      expect(got.data).toEqual({ a: 'Yg==' });
      expect(got).not.toHaveProperty('stringData');
      expect(got.type).toBe('Opaque');
    },
  },
  {
    name: 'the status that a creator writes does not count',
    async run(world) {
      const pod = await createPod(world, { status: { phase: 'Running', podIP: '10.0.0.1' } });
      expect(pod.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
      const metadata = { name: 'a', namespace: world.namespace };
      const thing = await world.cluster.create(Thing, { metadata, spec: {}, status: { phase: 'done' } });
      expect(thing.status).toBeUndefined();
    },
  },
];
