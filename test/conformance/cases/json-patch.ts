import { expect } from 'vitest';
import { ConfigMap } from '../../../src/api/kubernetes.js';
import { type JsonOperation, jsonPatch, pointer } from '../../../src/cluster/patch.js';
import { canonicalJson } from '../../../src/support/digest.js';
import { type Case, effect, outcome } from '../case.js';

/** Patches of a ConfigMap with data, annotations and finalizers. The operations are typed loosely: some are wrong on purpose. */
const patches: readonly (readonly [name: string, expected: string, operations: unknown])[] = [
  [
    'add a key',
    'ok [{"a":"1","b":"2","c":"3","x_y.z":"0"},["a.test/a","b.test/b"]]',
    [{ op: 'add', path: '/data/c', value: '3' }],
  ],
  [
    'add over a key',
    'ok [{"a":"3","b":"2","x_y.z":"0"},["a.test/a","b.test/b"]]',
    [{ op: 'add', path: '/data/a', value: '3' }],
  ],
  ['add below nothing', '422 Invalid', [{ op: 'add', path: '/binaryData/c', value: 'AA==' }]],
  [
    'replace',
    'ok [{"a":"3","b":"2","x_y.z":"0"},["a.test/a","b.test/b"]]',
    [{ op: 'replace', path: '/data/a', value: '3' }],
  ],
  ['replace by the same', 'ok, unchanged', [{ op: 'replace', path: '/data/a', value: '1' }]],
  [
    'replace what is missing',
    'ok [{"a":"1","b":"2","none":"3","x_y.z":"0"},["a.test/a","b.test/b"]]',
    [{ op: 'replace', path: '/data/none', value: '3' }],
  ],
  ['remove', 'ok [{"b":"2","x_y.z":"0"},["a.test/a","b.test/b"]]', [{ op: 'remove', path: '/data/a' }]],
  ['remove what is missing', '422 Invalid', [{ op: 'remove', path: '/data/none' }]],
  ['remove below nothing', '422 Invalid', [{ op: 'remove', path: '/none/none' }]],
  ['test what holds', 'ok, unchanged', [{ op: 'test', path: '/data/a', value: '1' }]],
  ['test what does not', '422 Invalid', [{ op: 'test', path: '/data/a', value: '2' }]],
  ['test what is missing', '422 Invalid', [{ op: 'test', path: '/data/none', value: '2' }]],
  ['test what is missing for null', 'ok, unchanged', [{ op: 'test', path: '/data/none', value: null }]],
  ['test below nothing', '422 Invalid', [{ op: 'test', path: '/none/none', value: '2' }]],
  [
    'test a whole object, keys in another order',
    'ok, unchanged',
    [{ op: 'test', path: '/data', value: { 'x_y.z': '0', b: '2', a: '1' } }],
  ],
  [
    'test a list, in another order',
    '422 Invalid',
    [{ op: 'test', path: '/metadata/finalizers', value: ['b.test/b', 'a.test/a'] }],
  ],
  [
    'escaped pointers',
    'ok [{"a":"1","b":"2","x_y.z":"0"},["a.test/a","b.test/b"]]',
    [{ op: 'replace', path: '/metadata/annotations/x~1y', value: '9' }],
  ],
  [
    'move',
    'ok [{"b":"2","c":"1","x_y.z":"0"},["a.test/a","b.test/b"]]',
    [{ op: 'move', from: '/data/a', path: '/data/c' }],
  ],
  ['move what is missing', '422 Invalid', [{ op: 'move', from: '/data/none', path: '/data/c' }]],
  [
    'copy',
    'ok [{"a":"1","b":"2","c":"1","x_y.z":"0"},["a.test/a","b.test/b"]]',
    [{ op: 'copy', from: '/data/a', path: '/data/c' }],
  ],
  [
    'copy what is missing',
    'ok [{"a":"1","b":"2","c":"","x_y.z":"0"},["a.test/a","b.test/b"]]',
    [{ op: 'copy', from: '/data/none', path: '/data/c' }],
  ],
  [
    'add to the end of a list',
    'ok [{"a":"1","b":"2","x_y.z":"0"},["a.test/a","b.test/b","c.test/c"]]',
    [{ op: 'add', path: '/metadata/finalizers/-', value: 'c.test/c' }],
  ],
  [
    'add into a list',
    'ok [{"a":"1","b":"2","x_y.z":"0"},["a.test/a","c.test/c","b.test/b"]]',
    [{ op: 'add', path: '/metadata/finalizers/1', value: 'c.test/c' }],
  ],
  [
    'add at the end by its number',
    'ok [{"a":"1","b":"2","x_y.z":"0"},["a.test/a","b.test/b","c.test/c"]]',
    [{ op: 'add', path: '/metadata/finalizers/2', value: 'c.test/c' }],
  ],
  ['add past the end', '422 Invalid', [{ op: 'add', path: '/metadata/finalizers/3', value: 'c.test/c' }]],
  [
    'remove from a list',
    'ok [{"a":"1","b":"2","x_y.z":"0"},["b.test/b"]]',
    [{ op: 'remove', path: '/metadata/finalizers/0' }],
  ],
  ['remove past the end', '422 Invalid', [{ op: 'remove', path: '/metadata/finalizers/2' }]],
  [
    'a negative index',
    'ok [{"a":"1","b":"2","x_y.z":"0"},["a.test/a"]]',
    [{ op: 'remove', path: '/metadata/finalizers/-1' }],
  ],
  [
    'an index that is no number',
    '422 Invalid',
    [{ op: 'replace', path: '/metadata/finalizers/first', value: 'c.test/c' }],
  ],
  ['a path without slash', '422 Invalid patch', [{ op: 'add', path: 'data/c', value: '3' }]],
  ['an unknown operation', '422 Invalid', [{ op: 'increase', path: '/data/a', value: '3' }]],
  ['no operation', '422 Invalid', [{ path: '/data/a', value: '3' }]],
  [
    'an add without value',
    'ok [{"a":"","b":"2","x_y.z":"0"},["a.test/a","b.test/b"]]',
    [{ op: 'add', path: '/data/a' }],
  ],
  ['no operations', 'ok, unchanged', []],
  ['not a list', '400 BadRequest', { op: 'add', path: '/data/c', value: '3' }],
  [
    'nothing is done when a later test fails',
    '422 Invalid',
    [
      { op: 'add', path: '/data/c', value: '3' },
      { op: 'test', path: '/data/c', value: '4' },
    ],
  ],
  [
    'a later operation sees the earlier',
    'ok [{"a":"1","b":"2","c":"3","x_y.z":"0"},["a.test/a","b.test/b"]]',
    [
      { op: 'add', path: '/data/c', value: '3' },
      { op: 'test', path: '/data/c', value: '3' },
    ],
  ],
  ['a value of the wrong type', '422 Invalid patch', [{ op: 'add', path: '/data/c', value: 3 }]],
  ['an unknown field', '422 Invalid patch', [{ op: 'add', path: '/colour', value: 'red' }]],
  [
    'a null as value',
    'ok [{"a":"","b":"2","x_y.z":"0"},["a.test/a","b.test/b"]]',
    [{ op: 'add', path: '/data/a', value: null }],
  ],
];

export const jsonPatches: readonly Case[] = [
  ...patches.map(
    ([name, expected, operations]): Case => ({
      name: `${name}: ${expected}`,
      async run({ cluster, namespace }) {
        const before = await cluster.create(ConfigMap, {
          metadata: {
            name: 'c',
            namespace,
            annotations: { 'x/y': '8' },
            finalizers: ['a.test/a', 'b.test/b'],
          },
          data: { a: '1', b: '2', 'x_y.z': '0' },
        });
        const ref = { namespace, name: 'c' };
        const patch = jsonPatch(operations as readonly JsonOperation[]);
        const result = await effect(before, cluster.patch(ConfigMap, ref, patch));
        const { data, metadata } = await cluster.get(ConfigMap, ref);
        expect(`${result}${result === 'ok' ? ` ${canonicalJson([data, metadata.finalizers])}` : ''}`).toBe(expected);
      },
    }),
  ),
  {
    name: 'operations up to 10,000 are taken, more are too large',
    async run({ cluster, namespace }) {
      await cluster.create(ConfigMap, { metadata: { name: 'c', namespace }, data: { a: '1' } });
      const many = (count: number) =>
        jsonPatch(
          Array.from({ length: count }, () => ({ op: 'test' as const, path: pointer('data', 'a'), value: '1' })),
        );
      const patch = (count: number) => outcome(cluster.patch(ConfigMap, { namespace, name: 'c' }, many(count)));
      expect(await patch(10_000)).toBe('ok');
      expect(await patch(10_001)).toBe('413 RequestEntityTooLarge');
    },
  },
];
