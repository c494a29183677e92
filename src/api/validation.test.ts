import { noLatch } from './latch.js';
import { describe, expect, it } from 'vitest';
import type { Definition } from './definition.js';
import { containerClaim, containerPool, definitionOf } from './definitions.js';
import { Pod } from './kubernetes.js';
import { validate, withDefaults } from './validation.js';

type Edit = Record<string, unknown>;

const claimOf = (spec: Edit = {}, item: Edit = {}, metadata: Edit = {}) => ({
  apiVersion: 'penstock.dev/v1alpha1',
  kind: 'ContainerClaim',
  metadata: { name: 'batch', ...metadata },
  spec: { pool: { name: 'web' }, items: [{ count: 3, ...item }], ...spec },
});

const poolOf = (spec: Edit = {}, podSpec: Edit = {}, templateMetadata: Edit = {}) => ({
  apiVersion: 'penstock.dev/v1alpha1',
  kind: 'ContainerPool',
  metadata: { name: 'web' },
  spec: {
    template: { metadata: templateMetadata, spec: { containers: [{ name: 'main', image: 'busybox' }], ...podSpec } },
    ...spec,
  },
});

const read = (definition: Definition, object: object, old?: object) =>
  validate(definition, object, old).map(({ field, message }) => `${field}: ${message}`);

describe('claims', () => {
  const env = (value: string) => ({ env: [{ name: 'A', value }] });
  const resources = (requests: Edit, limits: Edit) => ({ resources: { requests, limits } });

  it.each([
    ['the least', claimOf()],
    ['0 as minimum', claimOf({ minAvailable: 0 })],
    ['all as minimum', claimOf({ minAvailable: 3 })],
    ['10,000 containers', claimOf({ items: [{ count: 9_999 }, { count: 1 }] })],
    ['200 KiB of configuration', claimOf({}, { files: [{ name: 'f', content: 'x'.repeat(204_799) }] })],
    ['environment of all characters but NUL', claimOf({}, env('ü😀\n\t\u0001'))],
    ['amounts as numbers', claimOf({}, resources({ cpu: 1 }, { cpu: '1', memory: 2 ** 20 }))],
    ['a domain that only ends like ours', claimOf({}, { labels: { 'notpenstock.dev/a': 'b' } })],
    ['nulls, which count as not given', claimOf({ tenant: null }, { labels: { a: null } })],
    ['names and places', claimOf({ items: [{ count: 1 }, { count: 1, name: 'a1' }, { count: 1 }] })],
  ])('takes %s', (_, claim) => {
    expect(read(containerClaim, claim)).toEqual([]);
  });

  it.each([
    [claimOf({}, {}, { name: undefined }), 'metadata.name: is required'],
    [claimOf({ minAvailable: 4 }), 'spec.minAvailable: must be at most the 3 containers that the items ask for, is 4'],
    [claimOf({ minAvailable: -1 }), 'spec.minAvailable: must be 0 or more, is -1'],
    [
      claimOf({ items: [{ count: 9_999 }, { count: 2 }] }),
      'spec.items: must ask for at most 10000 containers in all, asks for 10001',
    ],
    [claimOf({}, { count: 0 }), 'spec.items[0].count: must be 1 or more, is 0'],
    [claimOf({}, { count: 1.5 }), 'spec.items[0].count: must be an integer, is 1.5'],
    [claimOf({}, { count: '3' }), 'spec.items[0].count: must be a number, is "3"'],
    [claimOf({ items: [] }), 'spec.items: must not be empty'],
    [claimOf({ items: [{}] }), 'spec.items[0].count: is required'],
    [claimOf({ items: undefined }), 'spec.items: is required'],
    [
      claimOf({
        items: [
          { count: 1, name: 'a' },
          { count: 1, name: 'a' },
        ],
      }),
      'spec.items: must have names that differ',
    ],
    [
      claimOf({}, { name: '1' }),
      'spec.items[0].name: must not be a number alone: items without a name go by their place in the list',
    ],
    [
      claimOf({}, { env: [{ name: 'A' }, { name: 'A' }] }),
      'spec.items[0].env[1]: must have a name of its own, "A" is taken',
    ],
    [
      claimOf({}, { env: [{ name: '1' }] }),
      'spec.items[0].env[0].name: must be the name of a variable: letters, digits, _, - and ., no digit first, is "1"',
    ],
    [claimOf({}, env('a\0')), 'spec.items[0].env[0].value: must not contain a NUL character, is "a\\u0000"'],
    [claimOf({}, env('x'.repeat(65_537))), 'spec.items[0].env[0].value: must have at most 65536 characters'],
    [
      claimOf({}, { files: [{ name: 'env.json', content: '' }] }),
      'spec.items[0].files[0].name: must not be env.json, claim-uid, index or item: these the pool makes itself',
    ],
    [
      claimOf({}, { ...env('xx'), files: [{ name: 'f', content: 'x'.repeat(204_797) }] }),
      'spec.items[0]: must have at most 204800 characters of env, files and annotations together, has 204801',
    ],
    [
      claimOf({}, { labels: { 'penstock.dev/pool': 'x' } }),
      'spec.items[0].labels: must not use keys of penstock.dev: they are reserved to the operator',
    ],
    [
      claimOf({}, { annotations: { 'file.penstock.dev/a': 'x' } }),
      'spec.items[0].annotations: must not use keys of penstock.dev: they are reserved to the operator',
    ],
    [
      claimOf({}, { labels: { [`${'a'.repeat(254)}/b`]: 'x' } }),
      'spec.items[0].labels: must have keys such as app or example.com/app: a name of at most 63 characters, before it a domain and / if need be',
    ],
    [
      claimOf({}, { labels: { 'example.com/a': '-' } }),
      'spec.items[0].labels.example.com/a: must be a label value: letters, digits, -, _ and ., at most 63, is "-"',
    ],
    [
      claimOf({}, { labels: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, ''])) }),
      'spec.items[0].labels: must have at most 64 entries',
    ],
    [
      claimOf({}, resources({ cpu: 2 }, { cpu: '1999m' })),
      'spec.items[0].resources.requests: must not request more cpu than its limit',
    ],
    [
      claimOf({}, resources({ memory: '1Gi' }, { memory: '1G' })),
      'spec.items[0].resources.requests: must not request more memory than its limit',
    ],
    [
      claimOf({}, resources({ memory: '512m' }, {})),
      'spec.items[0].resources.requests.memory: must be 0 or at least 1Mi; megabytes are written 512Mi or 512M',
    ],
    [
      claimOf({}, resources({ cpu: '1 core' }, {})),
      'spec.items[0].resources.requests.cpu: must be a quantity of 0 or more, such as 500m or 2Gi, is "1 core"',
    ],
    [claimOf({}, resources({ cpu: -1 }, {})), 'spec.items[0].resources.requests.cpu: must be 0 or more, is -1'],
    [claimOf({ deadline: '0s' }), 'spec.deadline: must be longer than 0s and at most 87600h'],
    [claimOf({ deadline: '5 min' }), 'spec.deadline: must be a duration such as 90s, 10m or 1h30m, is "5 min"'],
    [claimOf({ lifetime: '999ms' }), 'spec.lifetime: must be at least 1s and at most 87600h'],
    [claimOf({ lifetime: '87601h' }), 'spec.lifetime: must be at least 1s and at most 87600h'],
    [claimOf({ lifetime: '99999999999999999999h' }), 'spec.lifetime: must be at least 1s and at most 87600h'],
    [claimOf({ whenEmpty: 'cold' }), 'spec.whenEmpty: must be Wait, Cold or Fail, is "cold"; did you mean `Cold`?'],
    [claimOf({ minAvailble: 1 }), 'spec.minAvailble: is not a field of this kind; did you mean `minAvailable`?'],
    [claimOf({ count: 1 }), 'spec.count: is not a field of this kind; did you mean `spec.items.count`?'],
    [claimOf({ zebra: 1 }), 'spec.zebra: is not a field of this kind'],
    [claimOf({ pool: { name: 'Web' } }), 'spec.pool.name: must be the name of an object'],
    [claimOf({ pool: {} }), 'spec.pool.name: is required, or selector in its place'],
    [
      claimOf({ pool: { name: 'web', selector: { matchLabels: { a: 'b' } } } }),
      'spec.pool.name: must not be given beside selector',
    ],
    [claimOf({ pool: { selector: { matchLabels: {} } } }), 'spec.pool.selector.matchLabels: must have 1 to 64 entries'],
    [claimOf({ priority: 1001 }), 'spec.priority: must be at most 1000, is 1001'],
    [
      claimOf({}, { shape: 'large', ...resources({ cpu: 1 }, {}) }),
      'spec.items[0].shape: must not be given beside resources: a size has a name, or is written out',
    ],
    [
      claimOf({}, { shape: 'Large' }),
      'spec.items[0].shape: must be the name of a shape: lower-case letters, digits and -',
    ],
    [claimOf({}, {}, { name: 'x'.repeat(64) }), 'metadata.name: must have at most 63 characters, has 64'],
    [claimOf({}, {}, { nmae: 'x' }), 'metadata.nmae: is not a field of this kind; did you mean `name`?'],
    [{ ...claimOf(), items: [] }, 'items: is not a field of this kind; did you mean `spec.items`?'],
    [{ ...claimOf(), spec: null }, 'spec: is required'],
  ])('refuses %#: $1', (claim, words) => {
    const [found, ...more] = read(containerClaim, claim);
    expect(found).toContain(words);
    expect(more).toEqual([]);
  });

  it('names every mistake at once', () => {
    expect(read(containerClaim, claimOf({ minAvailable: 'x', deadline: '0s' }, { count: -3 }))).toHaveLength(3);
  });

  it('never change', () => {
    const words = ['spec: cannot be changed: delete the claim and create a new one'];
    expect(read(containerClaim, claimOf({}, { count: 4 }), claimOf())).toEqual(words);
    expect(read(containerClaim, claimOf({ minAvailable: 3 }), claimOf())).toEqual(words);
    expect(read(containerClaim, claimOf({}, env('b')), claimOf({}, env('a')))).toEqual(words);
    expect(read(containerClaim, claimOf({ whenEmpty: 'Wait', tenant: null }, {}, { labels: {} }), claimOf())).toEqual(
      [],
    );
  });

  it('may order their lists with keys otherwise, as on an API server', () => {
    const [a, b] = [{ name: 'A' }, { name: 'B', value: '1' }];
    expect(read(containerClaim, claimOf({}, { env: [a, b] }), claimOf({}, { env: [b, a] }))).toEqual([]);
    expect(
      read(
        containerClaim,
        claimOf({ items: [{ count: 1 }, { count: 2 }] }),
        claimOf({ items: [{ count: 2 }, { count: 1 }] }),
      ),
    ).toHaveLength(1);
  });
});

describe('pools', () => {
  const mount = (edit: Edit) => ({
    containers: [{ name: 'a', image: 'b', volumeMounts: [{ name: 'v', mountPath: '/v', ...edit }] }],
  });

  it.each([
    ['the least', poolOf()],
    [
      'what it does not know of pods',
      poolOf({}, { priorityClassName: 'high', containers: [{ name: 'a', image: 'b', tty: true }] }),
    ],
    ['either kind of room to renew', poolOf({ renewal: { maxSurge: 0 } })],
    ['equal lifetimes', poolOf({ claims: { defaultLifetime: '60m', maxLifetime: '1h' } })],
    ['a default lifetime alone', poolOf({ claims: { defaultLifetime: '60m' } })],
  ])('take %s', (_, pool) => {
    expect(read(containerPool, pool)).toEqual([]);
  });

  it.each([
    [poolOf({ replicas: -3 }), 'spec.replicas: must be 0 or more, is -3'],
    [poolOf({ replicas: 10_001 }), 'spec.replicas: must be at most 10000, is 10001'],
    [poolOf({ paused: true }), 'spec.paused: is not a field of this kind; did you mean `spec.refill.paused`?'],
    [
      poolOf({ claims: { defaultLifetime: '61m', maxLifetime: '1h' } }),
      'spec.claims.defaultLifetime: must be at most maxLifetime, which is 1h',
    ],
    [
      poolOf({ claims: { defaultDeadline: '61m', maxDeadline: '1h' } }),
      'spec.claims.defaultDeadline: must be at most maxDeadline, which is 1h',
    ],
    [
      poolOf({ claims: { tenants: { named: [{ name: 'a' }, { name: 'a' }] } } }),
      'spec.claims.tenants.named[1]: must have a name of its own, "a" is taken',
    ],
    [poolOf({ claims: { coldStarts: { perMinute: 0 } } }), 'spec.claims.coldStarts.perMinute: must be 1 or more, is 0'],
    [
      poolOf({ shapes: [{ name: 'a', resources: { requests: { cpu: 2 }, limits: { cpu: 1 } } }] }),
      'spec.shapes[0].resources.requests: must not request more cpu than its limit',
    ],
    [
      poolOf({ renewal: { maxSurge: 0, maxUnavailable: 0 } }),
      'spec.renewal: must leave room to renew: maxUnavailable and maxSurge cannot both be 0',
    ],
    [poolOf({ configuration: { files: ['a', 'b', 'a'] } }), 'spec.configuration.files: must have names that differ'],
    [poolOf({ configuration: { files: ['../a'] } }), 'spec.configuration.files[0]: must be a file name'],
    [
      poolOf({ configuration: { files: ['env.json'] } }),
      'spec.configuration.files[0]: must not be env.json, claim-uid, index or item: these the pool makes itself',
    ],
    [
      poolOf({ configuration: { mountPath: 'etc' } }),
      'spec.configuration.mountPath: must be an absolute path without :, is "etc"',
    ],
    [
      poolOf({ configuration: { mountPath: '/v' } }, mount({})),
      'spec.configuration: must be a folder that no container of the template mounts already',
    ],
    [
      poolOf({}, mount({ name: 'penstock' })),
      'spec.template.spec.containers[0].volumeMounts[0].name: must not be penstock, penstock-latch, penstock-state, penstock-files, penstock-prepull or penstock-secret: the pool adds these itself',
    ],
    [
      poolOf({}, { volumes: [{ name: 'penstock' }] }),
      'spec.template.spec.volumes[0].name: must not be penstock, penstock-latch, penstock-state, penstock-files, penstock-prepull or penstock-secret: the pool adds these itself',
    ],
    [poolOf({}, { containers: [] }), 'spec.template.spec.containers: must not be empty'],
    [poolOf({}, { containers: [{ name: 'a' }] }), 'spec.template.spec.containers[0].image: is required'],
    [
      poolOf({}, { containers: [1, 2].map(() => ({ name: 'a', image: 'b' })) }),
      'spec.template.spec.containers[1]: must have a name of its own, "a" is taken',
    ],
    [
      poolOf({}, { restartPolicy: 'Allways' }),
      'spec.template.spec.restartPolicy: must be Always, OnFailure or Never, is "Allways"; did you mean `Always`?',
    ],
    [poolOf({}, { activeDeadlineSeconds: 60 }), 'spec.template.spec.activeDeadlineSeconds: must not be set'],
    [
      poolOf({}, {}, { labels: { 'penstock.dev/state': 'stocked' } }),
      'spec.template.metadata.labels: must not use keys of penstock.dev: they are reserved to the operator',
    ],
    [
      poolOf({}, {}, { name: 'a' }),
      'spec.template.metadata.name: must not be set: the pool gives it to each pod itself',
    ],
    [poolOf({}, {}, { ownerReferences: [] }), 'spec.template.metadata.ownerReferences: must not be set'],
    [{ ...poolOf(), spec: {} }, 'spec.template: is required'],
    [poolOf({ fromDeployment: { name: 'web' } }), 'spec.template: must not be given beside fromDeployment'],
    [{ ...poolOf(), apiVersion: 'penstock.dev/v1' }, 'apiVersion: must be penstock.dev/v1alpha1'],
  ])('refuse %#: $1', (pool, words) => {
    const [found, ...more] = read(containerPool, pool);
    expect(found).toContain(words);
    expect(more).toEqual([]);
  });
});

describe('defaults', () => {
  it('fill what is missing, level by level, and leave the rest', () => {
    const pool = poolOf({ renewal: { maxSurge: 1 }, claims: null });
    const filled = withDefaults(containerPool, pool);
    expect(filled.spec).toEqual({
      template: pool.spec.template,
      replicas: 0,
      refill: { paused: false, maxStarting: 50, startDeadline: '5m' },
      renewal: { maxSurge: 1, maxUnavailable: 10, progressDeadline: '10m', onFailure: 'Keep' },
      audit: { unhealthyAfter: '30s', maxRestarts: 3 },
      claims: { maxContainers: 10_000 },
      configuration: { mountPath: '/etc/penstock', files: [] },
      latch: noLatch,
    });
    expect(filled.spec.template).toBe(pool.spec.template);
  });

  it('are filled once', () => {
    const filled = withDefaults(containerClaim, claimOf({}, { env: [{ name: 'A' }] }));
    expect(filled.spec).toMatchObject({ whenEmpty: 'Wait', items: [{ env: [{ name: 'A' }] }] });
    expect(withDefaults(containerClaim, filled)).toBe(filled);
  });

  it('are filled in what is wrong, too', () => {
    expect(withDefaults(containerClaim, { spec: { items: [3], pool: 'x' } })).toEqual({
      spec: { items: [3], pool: 'x', whenEmpty: 'Wait' },
    });
  });
});

it('knows our kinds and no others', () => {
  expect(definitionOf({ group: 'penstock.dev', name: 'ContainerClaim' })).toBe(containerClaim);
  expect(definitionOf(Pod)).toBeUndefined();
});
