import fc from 'fast-check';
import type { Json, Manifest } from './objects.js';

/** What people get wrong: each makes a right object wrong in one place. */

type Path = readonly (string | number)[];

/** A copy of `root` with `value` at `path`; lists and objects on the way are made where there are none. */
export function withValue(root: Json | undefined, path: Path, value: Json | undefined): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value ?? null;
  if (typeof step === 'number') {
    const list: readonly Json[] = Array.isArray(root) ? root : [];
    return Object.assign([...list], { [step]: withValue(list[step], rest, value) });
  }
  const object = isObject(root) ? root : {};
  if (rest.length === 0 && value === undefined) {
    const { [step]: _, ...others } = object;
    return others;
  }
  return { ...object, [step]: withValue(object[step], rest, value) };
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const first: Path = ['spec', 'items', 0];
const podSpec: Path = ['spec', 'template', 'spec'];

const env = (...names: readonly string[]) => names.map((name) => ({ name }));

/** What is set where, by name. */
type Mutations = Readonly<Record<string, readonly [path: Path, value: Json | undefined]>>;

const claimMutations: Mutations = {
  'an unknown field': [['spec', 'minAvailble'], 1],
  'an unknown field of an item': [[...first, 'replicas'], 1],
  'an unknown field of the object': [['items'], []],
  'no pool': [['spec', 'pool'], undefined],
  'a pool as text': [['spec', 'pool'], 'web'],
  'a pool of another namespace': [['spec', 'pool', 'namespace'], 'other'],
  'a bad pool name': [['spec', 'pool', 'name'], 'Web_1'],
  'a pool name that fits no label': [['spec', 'pool', 'name'], 'x'.repeat(64)],
  'no items': [['spec', 'items'], []],
  'items that are no list': [['spec', 'items'], { count: 1 }],
  'an item that is null': [first, null],
  'a count of none': [[...first, 'count'], 0],
  'a negative count': [[...first, 'count'], -3],
  'a count as text': [[...first, 'count'], '3'],
  'a fraction': [[...first, 'count'], 1.5],
  'no count': [[...first, 'count'], undefined],
  'a count over the limit': [[...first, 'count'], 10_001],
  'counts over the limit together': [
    ['spec', 'items'],
    [{ count: 6000 }, { count: 4001 }],
  ],
  'too many items': [['spec', 'items'], Array.from({ length: 65 }, () => ({ count: 1 }))],
  'items of one name': [
    ['spec', 'items'],
    [
      { count: 1, name: 'a' },
      { count: 1, name: 'a' },
    ],
  ],
  'a number as name': [[...first, 'name'], '7'],
  'an empty name': [[...first, 'name'], ''],
  'a minimum over the sum': [['spec', 'minAvailable'], 10_000],
  'a negative minimum': [['spec', 'minAvailable'], -1],
  'a bad quantity': [[...first, 'resources', 'limits', 'cpu'], '1 core'],
  'a negative quantity': [[...first, 'resources', 'limits', 'cpu'], '-1'],
  'a negative number as quantity': [[...first, 'resources', 'limits', 'memory'], -1],
  'a quantity that is a list': [[...first, 'resources', 'limits', 'memory'], []],
  'half a byte': [[...first, 'resources'], { limits: { memory: '512m' } }],
  'more requested than allowed': [[...first, 'resources'], { requests: { cpu: '1500m' }, limits: { cpu: 1 } }],
  'more memory requested than allowed': [
    [...first, 'resources'],
    { requests: { memory: '1Gi' }, limits: { memory: '1G' } },
  ],
  'a bad duration': [['spec', 'deadline'], '1 day'],
  'days, which no duration has': [['spec', 'lifetime'], '3d'],
  'no time at all': [['spec', 'deadline'], '0s'],
  'less than a second': [['spec', 'lifetime'], '10ms'],
  'more than can be counted': [['spec', 'lifetime'], '9999999999999999999999h'],
  'an unknown answer to an empty stock': [['spec', 'whenEmpty'], 'wait'],
  'a reserved label': [[...first, 'labels'], { 'penstock.dev/state': 'stocked' }],
  'a reserved annotation below our domain': [[...first, 'annotations'], { 'file.penstock.dev/a': 'b' }],
  'a bad label key': [[...first, 'labels'], { 'a b': 'c' }],
  'a label key with a long name': [[...first, 'labels'], { [`example.com/${'x'.repeat(64)}`]: '' }],
  'a label key with a long domain': [[...first, 'labels'], { [`${'x'.repeat(254)}/a`]: '' }],
  'a bad label value': [[...first, 'labels'], { app: 'a b' }],
  'a label that is a number': [[...first, 'labels'], { app: 1 }],
  'too many labels': [[...first, 'labels'], Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, '']))],
  'variables of one name': [[...first, 'env'], env('A', 'B', 'A')],
  'a bad variable name': [[...first, 'env'], env('1=2')],
  'a variable without name': [[...first, 'env'], [{ value: 'x' }]],
  'a NUL': [[...first, 'env'], [{ name: 'A', value: 'a\0b' }]],
  'a long value': [[...first, 'env'], [{ name: 'A', value: 'x'.repeat(65_537) }]],
  'too many variables': [[...first, 'env'], env(...Array.from({ length: 257 }, (_, i) => `V${i}`))],
  'a value that is a number': [[...first, 'env'], [{ name: 'A', value: 1 }]],
  'files of one name': [
    [...first, 'files'],
    [
      { name: 'a', content: '' },
      { name: 'a', content: 'x' },
    ],
  ],
  'a file that the pool makes': [[...first, 'files'], [{ name: 'env.json', content: '' }]],
  'a path as file': [[...first, 'files'], [{ name: '../a', content: '' }]],
  'a file without content': [[...first, 'files'], [{ name: 'a' }]],
  'too much configuration': [[...first, 'files'], ['a', 'b'].map((name) => ({ name, content: 'é'.repeat(102_400) }))],
  'a long name': [['metadata', 'name'], 'x'.repeat(64)],
  'no name': [['metadata', 'name'], undefined],
  'no spec': [['spec'], undefined],
  'a spec of null': [['spec'], null],
};

const poolMutations: Mutations = {
  'an unknown field': [['spec', 'replica'], 1],
  'an unknown field further in': [['spec', 'refill', 'pause'], true],
  'a negative number': [['spec', 'replicas'], -1],
  'more than a pool holds': [['spec', 'replicas'], 10_001],
  'a number as text': [['spec', 'replicas'], '3'],
  'yes as text': [['spec', 'refill', 'paused'], 'yes'],
  'nothing starting': [['spec', 'refill', 'maxStarting'], 0],
  'a bad duration': [['spec', 'refill', 'startDeadline'], '5 min'],
  'no time at all': [['spec', 'expireAfter'], '0h'],
  'no room to renew': [['spec', 'renewal'], { maxUnavailable: 0, maxSurge: 0 }],
  'a default over the greatest': [['spec', 'claims'], { defaultLifetime: '61m', maxLifetime: '1h' }],
  'no template': [['spec', 'template'], undefined],
  'no containers': [[...podSpec, 'containers'], []],
  'a container without image': [[...podSpec, 'containers'], [{ name: 'a' }]],
  'a bad container name': [[...podSpec, 'containers', 0, 'name'], 'A'],
  'containers of one name': [[...podSpec, 'containers'], [1, 2].map(() => ({ name: 'a', image: 'b' }))],
  'a volume of ours': [[...podSpec, 'volumes'], [{ name: 'penstock', emptyDir: {} }]],
  'a mount of ours': [[...podSpec, 'containers', 0, 'volumeMounts'], [{ name: 'penstock', mountPath: '/x' }]],
  'a mount where ours is': [[...podSpec, 'containers', 0, 'volumeMounts'], [{ name: 'data', mountPath: '/etc/x' }]],
  'a deadline for all': [[...podSpec, 'activeDeadlineSeconds'], 60],
  'an unknown restart policy': [[...podSpec, 'restartPolicy'], 'always'],
  'a reserved label': [['spec', 'template', 'metadata', 'labels'], { 'x.penstock.dev/y': 'z' }],
  'a bad label value': [['spec', 'template', 'metadata', 'labels'], { app: '-' }],
  'a name for all pods': [['spec', 'template', 'metadata', 'name'], 'pod'],
  'an owner for all pods': [['spec', 'template', 'metadata', 'ownerReferences'], [{ name: 'other' }]],
  'files of one name': [
    ['spec', 'configuration', 'files'],
    ['a', 'b', 'a'],
  ],
  'a file that the pool makes': [['spec', 'configuration', 'files'], ['item']],
  'a path as file': [['spec', 'configuration', 'files'], ['a/b']],
  'a relative path': [['spec', 'configuration', 'mountPath'], 'etc'],
  'a long name': [['metadata', 'name'], 'x'.repeat(64)],
};

const named = (mutations: Mutations) =>
  Object.entries(mutations).map(([what, [path, value]]) => ({
    what,
    apply: (object: Manifest): Json => {
      const at =
        what === 'a mount where ours is' ? withValue(object, ['spec', 'configuration', 'mountPath'], '/etc/x') : object;
      return withValue(at, path, value);
    },
  }));

export const wrongClaims = named(claimMutations);
export const wrongPools = named(poolMutations);

/** Paths of everything in an object. */
function pathsOf(value: Json, above: Path = []): readonly Path[] {
  const steps: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : isObject(value)
      ? Object.entries(value)
      : [];
  return [above, ...steps.flatMap(([step, part]) => pathsOf(part, [...above, step]))];
}

const oddities: readonly (Json | undefined)[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  10_000,
  2 ** 40,
  '',
  '0',
  '1',
  '10m',
  'Wait',
  'ü',
  'x'.repeat(300),
  'a/b',
  [],
  [null],
  [1],
  {},
  { a: null },
  { a: 'b' },
];

/** In anything called metadata, a template's too, the embedded store leaves empty lists out: it never judges them. */
const judged = (path: Path) => !path.includes('metadata');

/** The object with something odd in any one place of its spec: it may be right or wrong then. */
export const oddlyChanged = (objects: fc.Arbitrary<Manifest>): fc.Arbitrary<Json> =>
  objects.chain((object) =>
    fc
      .tuple(fc.constantFrom(...pathsOf(object['spec'] ?? null, ['spec']).filter(judged)), fc.constantFrom(...oddities))
      .map(([path, value]) => withValue(object, path, value)),
  );
