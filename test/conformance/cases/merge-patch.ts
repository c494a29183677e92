import { expect } from 'vitest';
import { ConfigMap, Deployment, Pod } from '../../../src/api/kubernetes.js';
import { mergePatch, strategicPatch } from '../../../src/cluster/patch.js';
import { canonicalJson } from '../../../src/support/digest.js';
import { type Case, createPod, effect } from '../case.js';

/** RFC 7396 on a ConfigMap with labels, finalizers and data. */
const merges: readonly (readonly [name: string, expected: string, body: object])[] = [
  ['merge: set a key', 'ok [{"a":"1","b":"2","c":"3"},["a.test/a"]]', { data: { c: '3' } }],
  ['merge: null deletes', 'ok [{"b":"2"},["a.test/a"]]', { data: { a: null } }],
  ['merge: null for what is missing', 'ok, unchanged', { data: { none: null } }],
  ['merge: null for the whole', 'ok [null,["a.test/a"]]', { data: null }],
  ['merge: a list is replaced', 'ok [{"a":"1","b":"2"},["c.test/c"]]', { metadata: { finalizers: ['c.test/c'] } }],
  ['merge: nothing', 'ok, unchanged', {}],
  ['merge: the same', 'ok, unchanged', { data: { a: '1' } }],
  ['merge: a wrong type', '422 Invalid patch', { data: { c: 3 } }],
  ['merge: an unknown field', '422 Invalid patch', { colour: 'red' }],
  ['merge: an old resourceVersion', '409 Conflict', { metadata: { resourceVersion: '1' }, data: { c: '3' } }],
  ['merge: another uid', '422 Invalid metadata.uid', { metadata: { uid: 'x' }, data: { c: '3' } }],
  ['merge: another name', '400 BadRequest', { metadata: { name: 'x' }, data: { c: '3' } }],
  ['merge: not an object', '400 BadRequest', ['a']],
];

/** The kind of an owner that no garbage collector knows, so that none acts on it. */
const nobody = { apiVersion: 'unknown.test/v1', kind: 'Nobody' };

/** Strategic merges of a pod with two containers; the result is what the projection below shows of it. */
const strategics: readonly (readonly [name: string, expected: string, body: object])[] = [
  ['strategic: a label', 'ok {"labels":{"a":"b","app":"web"}}', { metadata: { labels: { a: 'b' } } }],
  ['strategic: a label deleted', 'ok {"labels":null}', { metadata: { labels: { app: null } } }],
  ['strategic: labels replaced', 'ok {"labels":{"a":"b"}}', { metadata: { labels: { $patch: 'replace', a: 'b' } } }],
  ['strategic: labels deleted', 'ok {"labels":null}', { metadata: { labels: { $patch: 'delete' } } }],
  [
    'strategic: a container by its name',
    'ok {"images":["main main:1","side side:2"]}',
    { spec: { containers: [{ name: 'side', image: 'side:2' }] } },
  ],
  ['strategic: a container without its name', '500 InternalError', { spec: { containers: [{ image: 'side:2' }] } }],
  [
    'strategic: a finalizer is added to the others',
    'ok {"finalizers":["b.test/b","a.test/a"]}',
    { metadata: { finalizers: ['b.test/b'] } },
  ],
  ['strategic: a finalizer that is there', 'ok, unchanged', { metadata: { finalizers: ['a.test/a'] } }],
  [
    'strategic: a finalizer deleted',
    'ok {"finalizers":null}',
    { metadata: { '$deleteFromPrimitiveList/finalizers': ['a.test/a'] } },
  ],
  [
    'strategic: an owner by its uid',
    'ok {"owners":["u1 renamed"]}',
    { metadata: { ownerReferences: [{ uid: 'u1', name: 'renamed' }] } },
  ],
  [
    'strategic: an owner more',
    'ok {"owners":["u2 o2","u1 o1"]}',
    { metadata: { ownerReferences: [{ ...nobody, name: 'o2', uid: 'u2' }] } },
  ],
  [
    'strategic: an owner deleted',
    'ok {"owners":null}',
    { metadata: { ownerReferences: [{ $patch: 'delete', uid: 'u1' }] } },
  ],
  [
    'strategic: owners replaced',
    'ok {"owners":["u2 o2"]}',
    { metadata: { ownerReferences: [{ $patch: 'replace' }, { ...nobody, name: 'o2', uid: 'u2' }] } },
  ],
  [
    'strategic: tolerations are replaced',
    '422 Invalid spec.tolerations',
    { spec: { tolerations: [{ key: 'b', operator: 'Exists' }] } },
  ],
  [
    'strategic: a gate by its name deleted',
    'ok {"gates":null}',
    { spec: { schedulingGates: [{ $patch: 'delete', name: 'a.test/gate' }] } },
  ],
  ['strategic: an unknown directive', '500 InternalError', { metadata: { labels: { $patch: 'explode' } } }],
  ['strategic: an unknown field', '422 Invalid patch', { spec: { colour: 'red' } }],
  ['strategic: a wrong type', '422 Invalid patch', { spec: { containers: 'none' } }],
  ['strategic: nothing', 'ok, unchanged', {}],
];

const project = ({ metadata, spec }: Pod) => ({
  labels: metadata.labels ?? null,
  owners: metadata.ownerReferences?.map(({ uid, name }) => `${uid} ${name}`) ?? null,
  finalizers: metadata.finalizers ?? null,
  images: spec?.containers.map(({ name, image }) => `${name} ${image}`),
  tolerations: spec?.tolerations?.map(({ key }) => key).filter((key) => !key?.startsWith('node.kubernetes.io/')),
  gates: spec?.schedulingGates?.map(({ name }) => name) ?? null,
});

export const mergePatches: readonly Case[] = [
  ...merges.map(
    ([name, expected, body]): Case => ({
      name: `${name}: ${expected}`,
      async run({ cluster, namespace }) {
        const before = await cluster.create(ConfigMap, {
          metadata: { name: 'c', namespace, finalizers: ['a.test/a'] },
          data: { a: '1', b: '2' },
        });
        const ref = { namespace, name: 'c' };
        const result = await effect(before, cluster.patch(ConfigMap, ref, mergePatch(body)));
        const { data, metadata } = await cluster.get(ConfigMap, ref);
        expect(`${result}${result === 'ok' ? ` ${canonicalJson([data, metadata.finalizers])}` : ''}`).toBe(expected);
      },
    }),
  ),
  ...strategics.map(
    ([name, expected, body]): Case => ({
      name: `${name}: ${expected}`,
      async run(world) {
        const before = await createPod(world, {
          metadata: {
            name: 'p',
            namespace: world.namespace,
            labels: { app: 'web' },
            finalizers: ['a.test/a'],
            ownerReferences: [{ ...nobody, name: 'o1', uid: 'u1' }],
          },
          spec: {
            containers: [
              { name: 'main', image: 'main:1' },
              { name: 'side', image: 'side:1' },
            ],
            tolerations: [{ key: 'a', operator: 'Exists' }],
            schedulingGates: [{ name: 'a.test/gate' }],
          },
        });
        const ref = { namespace: world.namespace, name: 'p' };
        const result = await effect(before, world.cluster.patch(Pod, ref, strategicPatch(body)));
        const [was, is] = [project(before), project(await world.cluster.get(Pod, ref))];
        const changed = Object.entries(is).filter(
          ([part, now]) => canonicalJson(now) !== canonicalJson(was[part as keyof typeof was]),
        );
        expect(`${result}${result === 'ok' ? ` ${canonicalJson(Object.fromEntries(changed))}` : ''}`).toBe(expected);
      },
    }),
  ),
  {
    name: 'strategic: the environment of a container in a template is merged by name',
    async run({ cluster, namespace }) {
      const labels = { app: 'web' };
      await cluster.create(Deployment, {
        metadata: { name: 'd', namespace },
        spec: {
          replicas: 0,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              containers: [
                {
                  name: 'main',
                  image: 'main:1',
                  env: [
                    { name: 'A', value: '1' },
                    { name: 'B', value: '2' },
                  ],
                },
              ],
            },
          },
        },
      });
      const env = [
        { name: 'B', value: '3' },
        { name: 'C', value: '4' },
        { $patch: 'delete', name: 'A' },
      ];
      const patch = strategicPatch({ spec: { template: { spec: { containers: [{ name: 'main', env }] } } } });
      const got = await cluster.patch(Deployment, { namespace, name: 'd' }, patch);
      expect(got.spec?.template.spec?.containers[0]?.env).toEqual([
        { name: 'B', value: '3' },
        { name: 'C', value: '4' },
      ]);
      expect(got.metadata.generation).toBe(2);
    },
  },
];
