import fc from 'fast-check';
import { lacksCommand, type Json, type Manifest } from './objects.js';
import { wrongQuantities } from './quantities.js';
import { isObject, type Path, withValue } from './with-value.js';

/** What people get wrong: each makes a right object wrong in one place. */

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
  'a pool without a name': [['spec', 'pool'], {}],
  'a pool by name and by labels': [['spec', 'pool'], { name: 'web', selector: { matchLabels: { a: 'b' } } }],
  'no labels at all': [['spec', 'pool'], { selector: { matchLabels: {} } }],
  'a label that no pool can have': [['spec', 'pool'], { selector: { matchLabels: { a: '-' } } }],
  'a label without a key': [['spec', 'pool'], { selector: { matchLabels: { '': 'b' } } }],
  'a selector as Kubernetes has them elsewhere': [['spec', 'pool'], { selector: { matchExpressions: [] } }],
  'too high a priority': [['spec', 'priority'], 1001],
  'a priority in words': [['spec', 'priority'], 'high'],
  'a size twice': [first, { count: 1, shape: 'large', resources: { limits: { cpu: 1 } } }],
  'an image with spaces': [[...first, 'image'], 'app: 1'],
  'an image of nothing': [[...first, 'image'], ''],
  'an image as a number': [[...first, 'image'], 1],
  'a shape in capitals': [[...first, 'shape'], 'Large'],
  'a pool as text': [['spec', 'pool'], 'web'],
  'a pool of another namespace': [['spec', 'pool', 'namespace'], 'other'],
  'a bad pool name': [['spec', 'pool', 'name'], 'Web_1'],
  'a pool name that fits no label': [['spec', 'pool', 'name'], 'x'.repeat(64)],
  'hooks of one name': [
    ['spec', 'hooks'],
    ['a', 'a'],
  ],
  'a hook that is an address': [['spec', 'hooks'], ['https://example.com']],
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
  'a value in two ways': [[...first, 'env'], [{ name: 'A', value: 'a', valueBase64: 'YQ==' }]],
  'what is not base64': [[...first, 'env'], [{ name: 'A', valueBase64: 'YQ=' }]],
  'content in two ways': [[...first, 'files'], [{ name: 'a', content: 'a', contentBase64: 'YQ==' }]],
  'a mode that is not octal': [[...first, 'files'], [{ name: 'a', content: '', mode: '0689' }]],
  'a mode that is a number': [[...first, 'files'], [{ name: 'a', content: '', mode: 420 }]],
  'a Secret without name': [[...first, 'secret'], {}],
  'too much configuration': [[...first, 'files'], ['a', 'b'].map((name) => ({ name, content: 'é'.repeat(102_400) }))],
  'a long name': [['metadata', 'name'], 'x'.repeat(64)],
  'no name': [['metadata', 'name'], undefined],
  'no spec': [['spec'], undefined],
  'a spec of null': [['spec'], null],
};

const scheduled = (schedule: { readonly [key: string]: Json }): Json => ({ max: 5, schedules: [schedule] });

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
  'no time to renew': [['spec', 'renewal'], { progressDeadline: '0s' }],
  'an unknown end of a renewal': [['spec', 'renewal'], { onFailure: 'Rollback' }],
  'a negative number of restarts': [['spec', 'audit'], { maxRestarts: -1 }],
  'a default deadline over the greatest': [['spec', 'claims'], { defaultDeadline: '61m', maxDeadline: '1h' }],
  'a deadline of nothing': [['spec', 'claims', 'maxDeadline'], '0s'],
  'a tenant of no weight': [['spec', 'claims', 'tenants'], { default: { weight: 0 } }],
  'a tenant twice': [['spec', 'claims', 'tenants'], { named: [{ name: 'a' }, { name: 'a' }] }],
  'a tenant without a name': [['spec', 'claims', 'tenants'], { named: [{ weight: 2 }] }],
  'no cold start at all': [['spec', 'claims', 'coldStarts'], { perMinute: 0 }],
  'a shape without a size': [['spec', 'shapes'], [{ name: 'large' }]],
  'a shape twice': [['spec', 'shapes'], [1, 2].map(() => ({ name: 'large', resources: {} }))],
  'a shape that requests more than its limit': [
    ['spec', 'shapes'],
    [{ name: 'large', resources: { requests: { cpu: 2 }, limits: { cpu: 1 } } }],
  ],
  'a default over the greatest': [['spec', 'claims'], { defaultLifetime: '61m', maxLifetime: '1h' }],
  'neither template nor Deployment': [['spec', 'template'], undefined],
  'both template and Deployment': [['spec', 'fromDeployment'], { name: 'web' }],
  'a Deployment without name': [['spec', 'fromDeployment'], {}],
  'a bad name of a Deployment': [['spec', 'fromDeployment'], { name: 'Web_1' }],
  'another kind of workload': [['spec', 'fromDeployment'], { kind: 'StatefulSet', name: 'web' }],
  'a size from demand without maximum': [['spec', 'autoscale'], { min: 1 }],
  'a minimum over the maximum': [['spec', 'autoscale'], { min: 6, max: 5 }],
  'a promise of everything': [['spec', 'autoscale'], { max: 5, hitRate: 1 }],
  'a promise in per cent': [['spec', 'autoscale'], { max: 5, hitRate: 99 }],
  'a promise as text': [['spec', 'autoscale'], { max: 5, hitRate: '0.99' }],
  'a change by nothing': [['spec', 'autoscale'], { max: 5, change: { raisePerMinute: 0 } }],
  'a schedule over the maximum': [['spec', 'autoscale'], scheduled({ from: '08:00', to: '09:00', min: 6 })],
  'a schedule of no length': [['spec', 'autoscale'], scheduled({ from: '08:00', to: '08:00', min: 1 })],
  'a schedule without end': [['spec', 'autoscale'], scheduled({ from: '08:00', min: 1 })],
  'a bad time of day': [['spec', 'autoscale'], scheduled({ from: '8:00', to: '25:00', min: 1 })],
  'a bad weekday': [['spec', 'autoscale'], scheduled({ days: ['Monday'], from: '08:00', to: '09:00', min: 1 })],
  'a weekday twice': [['spec', 'autoscale'], scheduled({ days: ['Mon', 'Mon'], from: '08:00', to: '09:00', min: 1 })],
  'a bad time zone': [['spec', 'autoscale'], { max: 5, timeZone: 'Europe / Berlin' }],
  'a template rolled back for a Deployment': [['spec', 'renewal'], { onFailure: 'RollBack' }],
  'a webhook without URL': [['spec', 'autoscale'], { max: 5, webhook: {} }],
  'a webhook by another protocol': [['spec', 'autoscale'], { max: 5, webhook: { url: 'ftp://sizes.test/' } }],
  'a webhook with a password': [['spec', 'autoscale'], { max: 5, webhook: { url: 'https://me:secret@sizes.test/' } }],
  'a webhook that takes too long': [
    ['spec', 'autoscale'],
    { max: 5, webhook: { url: 'https://sizes.test', timeout: '31s' } },
  ],
  'a webhook that vouches with a key': [
    ['spec', 'autoscale'],
    { max: 5, webhook: { url: 'https://sizes.test', caBundle: '-----BEGIN PRIVATE KEY-----' } },
  ],
  'no containers': [[...podSpec, 'containers'], []],
  'a container without image': [[...podSpec, 'containers'], [{ name: 'a' }]],
  'a bad container name': [[...podSpec, 'containers', 0, 'name'], 'A'],
  'containers of one name': [[...podSpec, 'containers'], [1, 2].map(() => ({ name: 'a', image: 'b' }))],
  ...wrongQuantities(podSpec),
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
  'an unknown latch': [['spec', 'latch'], { mode: 'exec' }],
  'a latch without command': [['spec', 'latch'], { mode: 'Exec' }],
  'a latch before an empty command': [['spec', 'latch'], { mode: 'Exec' }],
  'a latch whose main container stands second, without command': [['spec', 'latch'], { mode: 'Exec' }],
  'a latch beside a Deployment': [['spec', 'latch'], { mode: 'Exec' }],
  'reuse without supervision': [['spec', 'latch'], { mode: 'Exec', reuse: 'SameTenant' }],
  'a place for Secrets without latch': [['spec', 'configuration'], { secretPath: '/run/secret' }],
  'a relative place for Secrets': [['spec', 'configuration'], { secretPath: 'secret' }],
  'a relative path': [['spec', 'configuration', 'mountPath'], 'etc'],
  'a long name': [['metadata', 'name'], 'x'.repeat(64)],
};

/** What must be so besides for the mistake to be one. */
const besides: Mutations = {
  'a minimum over the sum': [['spec', 'items'], [{ count: 2 }]],
  'a mount where ours is': [['spec', 'configuration', 'mountPath'], '/etc/x'],
  'a latch without command': [['spec', 'template'], { spec: { containers: [{ name: 'a', image: 'b' }] } }],
  'a latch whose main container stands second, without command': [['spec', 'template'], lacksCommand],
  'a latch before an empty command': [
    ['spec', 'template'],
    { spec: { containers: [{ name: 'a', image: 'b', command: [] }] } },
  ],
  'a latch beside a Deployment': [['spec', 'fromDeployment'], { name: 'web' }],
  'a template rolled back for a Deployment': [['spec', 'fromDeployment'], { name: 'web' }],
  'a place for Secrets without latch': [['spec', 'latch'], undefined],
  'neither template nor Deployment': [['spec', 'fromDeployment'], undefined],
  'both template and Deployment': [['spec', 'template'], { spec: { containers: [{ name: 'a', image: 'b' }] } }],
};

const named = (mutations: Mutations) =>
  Object.entries(mutations).map(([what, [path, value]]) => ({
    what,
    apply: (object: Manifest): Json => {
      const besidesThat = besides[what];
      return withValue(besidesThat ? withValue(object, ...besidesThat) : object, path, value);
    },
  }));

export const wrongClaims = named(claimMutations);
export const wrongPools = named(poolMutations);

const stages = (...names: readonly string[]) => names.map((stage) => ({ stage }));
const produce: Path = ['spec', 'produce'];
const deliver: Path = ['spec', 'deliver'];

const lineMutations: Mutations = {
  'an unknown chain': [['spec', 'produces'], stages('provision', 'stock')],
  'a chain of nothing': [produce, []],
  'a chain without provision': [produce, stages('warm', 'stock')],
  'a chain that does not end in stock': [produce, stages('provision', 'warm')],
  'two that put into stock': [produce, stages('provision', 'stock', 'stock')],
  'stages of one name': [produce, stages('provision', 'webhook', 'webhook', 'stock')],
  'a name that is a stage': [
    produce,
    [{ stage: 'provision' }, { stage: 'webhook', name: 'warm' }, { stage: 'warm' }, { stage: 'stock' }],
  ],
  'a delivery that chooses nothing': [deliver, stages('hand-over', 'verify')],
  'a delivery that hands nothing over': [deliver, stages('match', 'verify')],
  'a delivery that resizes too early': [deliver, stages('match', 'resize', 'hand-over')],
  'a delivery that is verified twice': [
    deliver,
    [...stages('match', 'hand-over', 'verify'), { stage: 'verify', name: 'again' }],
  ],
  'an end that retires nothing': [['spec', 'reclaim'], stages('scrub')],
  'an end that scrubs too late': [['spec', 'reclaim'], stages('retire', 'scrub')],
  'too many stages': [
    produce,
    [
      { stage: 'provision' },
      ...Array.from({ length: 15 }, (_, at) => ({ stage: 'webhook', name: `w${at}` })),
      { stage: 'stock' },
    ],
  ],
  'a stage without its name': [produce, [{ stage: 'provision' }, { name: 'x' }, { stage: 'stock' }]],
  'a stage in capitals': [produce, stages('provision', 'Warm', 'stock')],
  'settings that are a list': [produce, [{ stage: 'provision' }, { stage: 'stock', settings: [] }]],
  'an unknown field of a stage': [produce, [{ stage: 'provision' }, { stage: 'stock', timeOut: '1s' }]],
  'no concurrency': [produce, [{ stage: 'provision', concurrency: 0 }, { stage: 'stock' }]],
  'a rate of none': [produce, [{ stage: 'provision', rate: 0 }, { stage: 'stock' }]],
  'a time-out of none': [produce, [{ stage: 'provision', timeout: '0s' }, { stage: 'stock' }]],
  'a time-out as a number': [produce, [{ stage: 'provision', timeout: 5 }, { stage: 'stock' }]],
  'retries without end': [produce, [{ stage: 'provision', retries: { count: 101 } }, { stage: 'stock' }]],
  'an unknown answer to failure': [produce, [{ stage: 'provision', onFailure: 'Ignore' }, { stage: 'stock' }]],
  'a quarantine that never ends': [['spec', 'quarantine'], { keepFor: 'forever' }],
};

export const wrongLines = named(lineMutations);

const migrationMutations: Mutations = {
  'no source': [['spec', 'from'], undefined],
  'no target': [['spec', 'to'], undefined],
  'a source without a name': [['spec', 'from'], { kind: 'ContainerPool' }],
  'a kind that it does not know': [['spec', 'to', 'kind'], 'Pod'],
  'a kind in small letters': [['spec', 'to', 'kind'], 'deployment'],
  'a target of another namespace': [['spec', 'to', 'namespace'], 'other'],
  'none to move': [['spec', 'count'], 0],
  'more than it may move': [['spec', 'count'], 1001],
  'an unknown order': [['spec', 'order'], 'Random'],
  'a tenant that is no label': [['spec', 'tenant'], '-'],
  'a deadline of none': [['spec', 'deadline'], '0s'],
  'paused in words': [['spec', 'paused'], 'yes'],
  'an unknown field': [['spec', 'canceled'], true],
};

export const wrongMigrations = [
  ...named(migrationMutations),
  {
    what: 'one workload for both ends',
    apply: (object: Manifest): Json =>
      withValue(withValue(object, ['spec', 'from'], { kind: 'Job', name: 'x' }), ['spec', 'to'], {
        kind: 'Job',
        name: 'x',
      }),
  },
];

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
