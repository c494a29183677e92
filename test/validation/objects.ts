import fc from 'fast-check';

/** Generated pools and claims that are right in every respect. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Manifest = { readonly [key: string]: Json };

const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });

/** Leaves out what is undefined: JSON has no such thing. */
const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

const name = fc.stringMatching(/^[a-z]([-a-z0-9]{0,20}[a-z0-9])?$/);
const label = fc.stringMatching(/^[A-Za-z]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?$/);
const key = fc.oneof(
  label,
  fc.tuple(name, label).map(([domain, rest]) => `${domain}.example/${rest}`),
);
const fileName = label.map((text) => `f${text}`);
const words = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\0', ''));
const duration = fc
  .tuple(fc.integer({ min: 1, max: 400 }), fc.constantFrom('s', 'm', 'h'))
  .map((parts) => parts.join(''));
const count = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 150 }) },
  { weight: 1, arbitrary: fc.constant(5000) },
);

const uniqueBy = <Value extends { readonly name: string }>(item: fc.Arbitrary<Value>) =>
  fc.uniqueArray(item, { selector: (value) => value.name, maxLength: 4 });

/** Requests and limits of which the first are never the greater. */
const resources = fc
  .tuple(
    fc.constantFrom<Json>('100m', 1, '1', '1.5', '1e0'),
    fc.constantFrom<Json>('64Mi', '0.5Gi', 2 ** 20, '100M', '0'),
  )
  .chain(([cpu, memory]) =>
    fc.record(
      {
        requests: fc.record({ cpu: fc.constant(cpu), memory: fc.constant(memory) }, { requiredKeys: [] }),
        limits: fc.record(
          { cpu: fc.constantFrom<Json>(2, '2000m', '1k'), memory: fc.constantFrom<Json>('1Gi', 2 ** 31, '1G') },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    ),
  );

const item = fc.record({
  name: optional(label),
  count,
  resources: optional(resources),
  labels: optional(fc.dictionary(key, label, { maxKeys: 3 })),
  annotations: optional(fc.dictionary(key, words, { maxKeys: 3 })),
  env: optional(uniqueBy(fc.record({ name: label, value: optional(words) }))),
  files: optional(uniqueBy(fc.record({ name: fileName, content: words }))),
});

const items = fc.uniqueArray(item, { selector: (value) => value.name ?? value, minLength: 1, maxLength: 4 });

const envelope = (kind: string, spec: unknown): Manifest => ({
  apiVersion: 'penstock.dev/v1alpha1',
  kind,
  metadata: { name: 'generated', namespace: 'default' },
  spec: json(spec),
});

export const validClaim: fc.Arbitrary<Manifest> = items
  .filter((all) => all.reduce((sum, { count: more }) => sum + more, 0) <= 10_000)
  .chain((all) =>
    fc.record({
      pool: fc.record({ name }),
      tenant: optional(label),
      items: fc.constant(all),
      minAvailable: optional(fc.integer({ min: 0, max: all.reduce((sum, { count: more }) => sum + more, 0) })),
      deadline: optional(duration),
      lifetime: optional(duration),
      whenEmpty: optional(fc.constantFrom('Wait', 'Cold', 'Fail')),
    }),
  )
  .map((spec) => envelope('ContainerClaim', spec));

const container = fc.record({
  name,
  image: fc.constantFrom('busybox', 'registry.example/team/app@sha256:0123'),
  env: optional(fc.constant([{ name: 'A', value: 'b' }])),
  volumeMounts: optional(fc.constant([{ name: 'data', mountPath: '/data' }])),
  tty: optional(fc.boolean()),
});

/** Never empty: in anything called metadata, a template's too, the embedded store leaves empty maps out. */
const marks = { minKeys: 1, maxKeys: 3 };

const template = fc.record({
  metadata: optional(
    fc.record({
      labels: optional(fc.dictionary(key, label, marks)),
      annotations: optional(fc.dictionary(key, words, marks)),
    }),
  ),
  spec: fc.record({
    containers: fc.uniqueArray(container, { selector: (value) => value.name, minLength: 1, maxLength: 3 }),
    volumes: optional(fc.constant([{ name: 'data', emptyDir: {} }])),
    restartPolicy: optional(fc.constantFrom('Always', 'OnFailure', 'Never')),
    terminationGracePeriodSeconds: optional(fc.integer({ min: 0, max: 60 })),
  }),
});

export const validPool: fc.Arbitrary<Manifest> = fc
  .record({
    replicas: optional(fc.integer({ min: 0, max: 10_000 })),
    template,
    expireAfter: optional(duration),
    refill: optional(
      fc.record({
        paused: optional(fc.boolean()),
        maxStarting: optional(fc.integer({ min: 1, max: 1000 })),
        startDeadline: optional(duration),
      }),
    ),
    renewal: optional(
      fc.record({ maxUnavailable: optional(fc.integer({ min: 1, max: 9 })), maxSurge: optional(fc.nat(9)) }),
    ),
    claims: optional(
      fc.record({
        defaultLifetime: optional(fc.constant('59m')),
        maxLifetime: optional(fc.constant('1h')),
        maxContainers: optional(count),
      }),
    ),
    configuration: optional(
      fc.record({
        mountPath: optional(fc.constantFrom('/etc/penstock', '/run/config')),
        files: optional(fc.uniqueArray(fileName, { maxLength: 4 })),
      }),
    ),
  })
  .map((spec) => envelope('ContainerPool', spec));
