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

const shape = fc.stringMatching(/^[a-z]([-a-z0-9]{0,20}[a-z0-9])?$/);

/** Written out, by its name, or the pool's. */
const size = fc.oneof(
  fc.record({ resources }),
  fc.record({ shape }),
  fc.constant<{ readonly resources?: Json; readonly shape?: string }>({}),
);

const image = fc.constantFrom('app:1', 'registry.example/team/app@sha256:0123');

const plainItem = fc.record({
  image: optional(image),
  name: optional(label),
  count,
  labels: optional(fc.dictionary(key, label, { maxKeys: 3 })),
  annotations: optional(fc.dictionary(key, words, { maxKeys: 3 })),
  env: optional(
    uniqueBy(
      fc.oneof(
        fc.record({ name: label, value: optional(words) }),
        fc.record({ name: label, valueBase64: fc.base64String({ maxLength: 40 }) }),
      ),
    ),
  ),
  files: optional(
    uniqueBy(
      fc.oneof(
        fc.record({ name: fileName, content: words, mode: optional(fc.constantFrom('0600', '755')) }),
        fc.record({ name: fileName, contentBase64: fc.base64String({ maxLength: 40 }) }),
      ),
    ),
  ),
  secret: optional(fc.record({ name })),
});

const item = fc.tuple(plainItem, size).map(([plain, its]) => ({ ...plain, ...its }));

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
      pool: fc.oneof(
        fc.record({ name }),
        fc.record({ selector: fc.record({ matchLabels: fc.dictionary(key, label, { minKeys: 1, maxKeys: 3 }) }) }),
      ),
      tenant: optional(label),
      priority: optional(fc.integer({ min: -1000, max: 1000 })),
      items: fc.constant(all),
      minAvailable: optional(fc.integer({ min: 0, max: all.reduce((sum, { count: more }) => sum + more, 0) })),
      deadline: optional(duration),
      lifetime: optional(duration),
      whenEmpty: optional(fc.constantFrom('Wait', 'Cold', 'Fail')),
      hooks: optional(fc.uniqueArray(fc.constantFrom('announce', 'register', 'x'))),
    }),
  )
  .map((spec) => envelope('ContainerClaim', spec));

/** Never empty: in anything called metadata, a template's too, the embedded store leaves empty maps out. */
const marks = { minKeys: 1, maxKeys: 3 };

/** As Kubernetes takes them in a template: of any resource, numbers with a fraction too. */
const templateAmounts = fc.dictionary(
  fc.constantFrom('cpu', 'memory', 'example.com/gpu'),
  fc.constantFrom<Json>('100m', 0.5, 2, '1.', '.5Gi', '1e9', '100M', 0),
  marks,
);
const templateResources = fc.record(
  { requests: templateAmounts, limits: templateAmounts, claims: fc.constant([{ name: 'gpu' }]) },
  { requiredKeys: [] },
);

const container = fc.record({
  name,
  image: fc.constantFrom('busybox', 'registry.example/team/app@sha256:0123'),
  env: optional(fc.constant([{ name: 'A', value: 'b' }])),
  volumeMounts: optional(fc.constant([{ name: 'data', mountPath: '/data' }])),
  resources: optional(templateResources),
  tty: optional(fc.boolean()),
});

const template = fc.record({
  metadata: optional(
    fc.record({
      labels: optional(fc.dictionary(key, label, marks)),
      annotations: optional(fc.dictionary(key, words, marks)),
    }),
  ),
  spec: fc.record({
    containers: fc.uniqueArray(container, { selector: (value) => value.name, minLength: 1, maxLength: 3 }),
    resources: optional(templateResources),
    volumes: optional(fc.constant([{ name: 'data', emptyDir: {} }])),
    restartPolicy: optional(fc.constantFrom('Always', 'OnFailure', 'Never')),
    terminationGracePeriodSeconds: optional(fc.integer({ min: 0, max: 60 })),
  }),
});

const rules = {
  weight: optional(fc.integer({ min: 1, max: 1000 })),
  maxContainers: optional(fc.nat(10_000)),
};

const tenants = fc.record({
  default: optional(fc.record(rules)),
  named: optional(uniqueBy(fc.record({ name: label, ...rules }))),
});

const shapes = uniqueBy(fc.record({ name: shape, resources }));

const main = { name: 'main', image: 'busybox', command: ['run', '--now'] };
const side = { name: 'side', image: 'busybox' };
const mainByDefault = (name: string) => ({ annotations: { 'kubectl.kubernetes.io/default-container': name } });
/** Only the main container needs a command: the one that the annotation names, else the first. */
const latchedTemplates = [
  { spec: { containers: [main] } },
  { metadata: { labels: { app: 'a' } }, spec: { containers: [main, side] } },
  { metadata: mainByDefault('main'), spec: { containers: [side, main] } },
  { metadata: mainByDefault('nobody'), spec: { containers: [main, side] } },
];

/** Its main container is not the one that has a command. */
export const lacksCommand = { metadata: mainByDefault('side'), spec: { containers: [main, side] } };

/** A latch, and what it needs: a command, and where Secrets go. */
const latched = fc
  .tuple(
    fc.constantFrom('Exec', 'Supervise'),
    fc.record({
      reuse: optional(fc.constantFrom('Never', 'SameTenant')),
      image: optional(fc.constant('registry.example/busybox')),
      keepFor: optional(duration),
      grace: optional(duration),
      scrubDeadline: optional(duration),
    }),
    fc.record({ secretPath: optional(fc.constant('/run/secret')), mountPath: optional(fc.constant('/run/config')) }),
    fc.constantFrom(...latchedTemplates),
  )
  .map(([mode, { reuse, ...latch }, configuration, template]) => ({
    template,
    latch: { mode, ...latch, ...(mode === 'Supervise' ? { reuse } : {}) },
    configuration,
  }));

const schedule = fc.record({
  days: optional(fc.uniqueArray(fc.constantFrom('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'), { minLength: 1 })),
  from: fc.constantFrom('00:00', '08:30', '23:59'),
  to: fc.constantFrom('06:00', '18:00', '24:00'),
  min: fc.nat(50),
});

const autoscale = fc.record({
  hitRate: optional(fc.constantFrom(0.5, 0.95, 0.99, 0.9999)),
  min: optional(fc.nat(50)),
  max: fc.integer({ min: 50, max: 10_000 }),
  leadTime: optional(duration),
  change: optional(fc.record({ raisePerMinute: optional(fc.constant(7)), lowerPerMinute: optional(fc.constant(1)) })),
  schedules: optional(fc.array(schedule, { maxLength: 3 })),
  webhook: optional(
    fc.record({
      url: fc.constantFrom('https://sizes.test/pools?a=b', 'http://[::1]:8080'),
      timeout: optional(fc.integer({ min: 1, max: 30 }).map((seconds) => `${seconds}s`)),
    }),
  ),
  timeZone: optional(fc.constantFrom('UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+3')),
});

const origin = fc.oneof(
  { weight: 4, arbitrary: fc.record({ template }) },
  { weight: 2, arbitrary: fc.record({ template, autoscale }) },
  { weight: 2, arbitrary: latched },
  { weight: 1, arbitrary: fc.record({ fromDeployment: fc.record({ name }), autoscale: optional(autoscale) }) },
);

export const validPool: fc.Arbitrary<Manifest> = fc
  .record({
    origin,
    replicas: optional(fc.integer({ min: 0, max: 10_000 })),
    expireAfter: optional(duration),
    line: optional(fc.record({ name })),
    refill: optional(
      fc.record({
        paused: optional(fc.boolean()),
        maxStarting: optional(fc.integer({ min: 1, max: 1000 })),
        startDeadline: optional(duration),
      }),
    ),
    renewal: optional(
      fc.record({
        maxUnavailable: optional(fc.integer({ min: 1, max: 9 })),
        maxSurge: optional(fc.nat(9)),
        progressDeadline: optional(duration),
        onFailure: optional(fc.constant('Keep')),
      }),
    ),
    audit: optional(fc.record({ unhealthyAfter: optional(duration), maxRestarts: optional(fc.nat(1000)) })),
    claims: optional(
      fc.record({
        defaultLifetime: optional(fc.constant('59m')),
        maxLifetime: optional(fc.constant('1h')),
        maxContainers: optional(count),
        defaultDeadline: optional(fc.constant('59m')),
        maxDeadline: optional(fc.constant('1h')),
        coldStarts: optional(fc.record({ perMinute: optional(fc.integer({ min: 1, max: 1000 })) })),
        tenants: optional(tenants),
      }),
    ),
    shapes: optional(shapes),
    images: optional(fc.uniqueArray(image, { maxLength: 2 })),
    configuration: optional(
      fc.record({
        mountPath: optional(fc.constantFrom('/etc/penstock', '/run/config')),
        files: optional(fc.uniqueArray(fileName, { maxLength: 4 })),
      }),
    ),
  })
  .map(({ origin: from, ...spec }) => envelope('ContainerPool', { ...spec, ...from }));

const policy = {
  concurrency: optional(fc.integer({ min: 1, max: 1000 })),
  rate: optional(fc.constantFrom(0.5, 1, 100)),
  timeout: optional(duration),
  retries: optional(fc.record({ count: optional(fc.nat(100)), backoff: optional(duration) })),
  onFailure: optional(fc.constantFrom('Retry', 'Discard', 'Quarantine', 'Abort')),
};
const settings = optional(fc.constantFrom({ order: 'spread' }, { http: { port: 80, path: '/' } }, { any: [1, true] }));
const entry = (stage: string) => fc.record({ stage: fc.constant(stage), settings, ...policy });
/** A stage that may come often: each time under another name. */
const named = fc
  .uniqueArray(name, { maxLength: 3 })
  .chain((names) => fc.tuple(...names.map((one) => entry('webhook').map((made) => ({ ...made, name: `x${one}` })))));
const some = (...stages: readonly string[]) =>
  fc.subarray([...stages]).chain((chosen) => fc.tuple(...chosen.map(entry)));

export const validLine: fc.Arbitrary<Manifest> = fc
  .record({
    produce: optional(
      fc
        .tuple(entry('provision'), some('prepull', 'warm', 'inspect'), named, entry('stock'))
        .map(([first, middle, own, last]) => [first, ...middle, ...own, last]),
    ),
    deliver: optional(
      fc
        .tuple(entry('match'), entry('hand-over'), some('resize', 'configure', 'verify'), named)
        .map(([first, second, rest, own]) => [first, second, ...rest, ...own]),
    ),
    reclaim: optional(
      fc.tuple(some('scrub'), named, entry('retire')).map(([middle, own, last]) => [...middle, ...own, last]),
    ),
    quarantine: optional(fc.record({ most: optional(fc.nat(100)), keepFor: optional(duration) })),
  })
  .map((spec) => envelope('ProductionLine', spec));

const workload = (kinds: readonly string[]) => fc.record({ kind: fc.constantFrom(...kinds), name });

export const validMigration: fc.Arbitrary<Manifest> = fc
  .record({
    from: workload(['ContainerPool', 'ContainerClaim', 'Deployment']),
    // never the same as the one above
    to: workload(['StatefulSet', 'DaemonSet', 'Job']),
    count: optional(fc.integer({ min: 1, max: 1000 })),
    order: optional(fc.constantFrom('Oldest', 'Newest')),
    tenant: optional(label),
    keepSource: optional(fc.boolean()),
    deadline: optional(duration),
    paused: optional(fc.boolean()),
    cancelled: optional(fc.boolean()),
  })
  .map((spec) => envelope('ContainerMigration', json(spec)));
