import { expect, it } from 'vitest';
import { printed, readManifest } from './manifest.js';

const claim = `apiVersion: penstock.dev/v1alpha1
kind: ContainerClaim
metadata: { name: batch }
spec:
  pool: { name: web }
  items:
    - count: 3
`;

const problems = (text: string) => readManifest(text).misprints.map((misprint) => printed('f.yaml', misprint));

it('reads several objects of one file', () => {
  const { objects, misprints } = readManifest(`# two\n---\n${claim}---\n---\n${claim.replace('batch', 'other')}`);
  expect(misprints).toEqual([]);
  expect(objects.map(({ object, line }) => [object.metadata.name, line])).toEqual([
    ['batch', 3],
    ['other', 12],
  ]);
  expect(objects[0]?.definition.kind.name).toBe('ContainerClaim');
});

it('reads JSON, anchors and merge keys', () => {
  expect(readManifest(JSON.stringify(readManifest(claim).objects[0]?.object)).objects).toHaveLength(1);
  const merged = claim.replace('- count: 3', '- &first { count: 3, labels: { a: b } }\n    - { <<: *first, count: 4 }');
  expect(readManifest(merged).objects[0]?.object).toMatchObject({
    spec: {
      items: [
        { count: 3, labels: { a: 'b' } },
        { count: 4, labels: { a: 'b' } },
      ],
    },
  });
});

it.each([
  ['a field', claim.replace('count: 3', 'count: -3'), 'f.yaml:7:7: spec.items[0].count: must be 1 or more, is -3'],
  ['an item', claim.replace('count: 3', '3'), 'f.yaml:7:7: spec.items[0]: must be an object, is 3'],
  [
    'an unknown field',
    claim.replace('  items', '  minAvailble: 3\n  items'),
    'f.yaml:6:3: spec.minAvailble: is not a field of this kind; did you mean `minAvailable`?',
  ],
  ['a missing field', claim.replace('name: web', ''), 'f.yaml:5:3: spec.pool.name: is required'],
  ['a missing name', claim.replace('name: batch', ''), 'f.yaml:3:1: metadata.name: is required'],
  [
    'an unknown kind',
    claim.replace('ContainerClaim', 'ContainerClam'),
    'f.yaml:2:1: kind: must be ContainerPool, ContainerClaim, ContainerMigration or ProductionLine, is "ContainerClam"; did you mean `ContainerClaim`?',
  ],
  ['a missing kind', 'spec: {}', 'f.yaml:1:1: kind: is required'],
  [
    'another version',
    claim.replace('v1alpha1', 'v1'),
    'f.yaml:1:1: apiVersion: must be penstock.dev/v1alpha1, is "penstock.dev/v1"',
  ],
  [
    'what is no object',
    'just text',
    'f.yaml:1:1: must be an object with apiVersion, kind, metadata and spec, is "just text"',
  ],
  ['a key that is there twice', `${claim}  pool: {}\n`, 'f.yaml:8:3: is not YAML: Map keys must be unique'],
  [
    'an open bracket',
    'kind: ContainerClaim\nspec: [1, 2\n',
    /^f.yaml:3:1: is not YAML: Flow sequence in block collection must be/,
  ],
  ['a wrong indent', 'kind: ContainerClaim\n  spec: 1\n', /^f.yaml:[12]:\d+: is not YAML: /],
  ['a tab', 'spec:\n\tpool: 1\n', /^f.yaml:2:1: is not YAML: Tabs are not allowed as indentation/],
])('says where %s is wrong', (_, text, words) => {
  expect(problems(text)[0]).toMatch(words);
});

it('counts lines through all documents and lists misprints in their order', () => {
  const bad = claim.replace('3', '0').replace('name: web', 'name: W');
  expect(problems(`${claim}---\n${bad}`).map((line) => line.split(': ').slice(0, 2))).toEqual([
    ['f.yaml:13:11', 'spec.pool.name'],
    ['f.yaml:15:7', 'spec.items[0].count'],
  ]);
});

it('reads nothing from nothing', () => {
  expect(readManifest('')).toEqual({ objects: [], misprints: [] });
  expect(readManifest('# only a comment\n---\n')).toEqual({ objects: [], misprints: [] });
});

it('refuses what would take too much to read', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [from, to] of ['ab', 'bc', 'cd', 'de'].map((pair) => pair.split('')))
    bomb.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(', ')}]`);
  expect(problems(bomb.join('\n'))).toEqual([
    'f.yaml:1:1: is not YAML: Excessive alias count indicates a resource exhaustion attack',
  ]);
  expect(problems('x'.repeat(3 * 2 ** 20 + 1))).toEqual(['f.yaml:1:1: must be at most 3145728 characters long']);
  expect(problems('--- {}\n'.repeat(1001))).toEqual(['f.yaml:1:1: must hold at most 1000 objects, holds 1001']);
});
