import type { ContainerClaim, ContainerClaimSpec } from '../../src/api/container-claim.js';
import type { ContainerMigration, Workload } from '../../src/api/container-migration.js';
import type { ContainerPool, ContainerPoolSpec } from '../../src/api/container-pool.js';
import { renewalWithin } from '../../src/api/container-pool-schema.js';
import type { ProductionLine } from '../../src/api/production-line.js';
import { productionLineSpec } from '../../src/api/production-line-schema.js';
import type { Draft } from '../../src/api/meta/resource.js';
import { simulation } from '../../src/embedded/nodes/index.js';
import { latch, noLatch } from '../../src/api/latch.js';
import { defaultAudit } from '../../src/api/upkeep.js';
import type { Random } from '../../src/support/random.js';
import { type Duration, second } from '../../src/support/time.js';
import { brokenImage } from './kubelet.js';

export const namespace = 'default';

/** What users and the world do in a run. All of it is data: it can be printed, and is the same whatever the faults are. */
export type Deed =
  | { readonly do: 'make-pool'; readonly pool: Draft<ContainerPool> }
  | { readonly do: 'drop-pool'; readonly name: string }
  | { readonly do: 'make-line'; readonly line: Draft<ProductionLine> }
  | { readonly do: 'set-line'; readonly name: string; readonly change: object }
  | { readonly do: 'set-pool'; readonly name: string; readonly change: object }
  | { readonly do: 'claim'; readonly claim: Draft<ContainerClaim> }
  | { readonly do: 'release'; readonly name: string }
  | { readonly do: 'migrate'; readonly migration: Draft<ContainerMigration> }
  | { readonly do: 'steer'; readonly name: string; readonly change: object }
  /** `which` picks among the pods that are there then, and `node` among the nodes; without `node` any other will do. */
  | { readonly do: 'ask'; readonly among: 'delivered' | 'stocked'; readonly which: number; readonly node?: number }
  /** `which` picks among those that are asked to go. */
  | { readonly do: 'withdraw'; readonly which: number }
  | { readonly do: 'lose'; readonly how: 'deleted' | 'failed' | 'node' | 'restarted'; readonly which: number };

export interface Scenario {
  readonly deeds: readonly (Deed & { readonly at: Duration })[];
  /** Faults end then; by then every pool has been mended. */
  readonly length: Duration;
}

export const file = 'settings.conf';

export function drawScenario(random: Random): Scenario {
  const length = random.integer(40, 90) * second;
  const when = (least = 0) => Math.round(random.uniform() * (length - least) + least);
  const deeds: (Deed & { at: Duration })[] = [];
  const pools = Array.from({ length: random.integer(1, 3) }, (_, i) => `pool-${i}`);
  const most = new Map<string, number>();
  for (const name of pools) {
    const spec = drawPool(random.split(name));
    most.set(name, spec.replicas);
    const lines = drawLines(name, random.split(`${name}/line`), length);
    const line = lines.length > 0 && { line: { name } };
    deeds.push(
      { at: 0, do: 'make-pool', pool: { metadata: { namespace, name }, spec: { ...spec, ...line } } },
      ...lines,
    );
    deeds.push(...poolChanges(name, random.split(`${name}/changes`), length));
  }
  const claims = random.integer(2, 7);
  for (let i = 0; i < claims; i++) {
    const chance = random.split(`claim-${i}`);
    const pool = chance.pick(pools);
    const name = `claim-${i}`;
    const at = Math.round(chance.uniform() * length * 0.7);
    const draft = () => ({ metadata: { namespace, name }, spec: drawClaim(chance, pool) });
    deeds.push({ at, do: 'claim', claim: draft() });
    if (chance.uniform() < 0.35) {
      const end = at + Math.round(chance.exponential(1) * 10 * second);
      deeds.push({ at: end, do: 'release', name });
      if (chance.uniform() < 0.5) deeds.push({ at: end + chance.pick([1, 100, 3000]), do: 'claim', claim: draft() });
    }
  }
  deeds.push(...drawQueue(pools[0] ?? '', random.split('queue')));
  const [lender = ''] = pools;
  const lent = drawMigrations(lender, drawPool(random.split(lender)), random.split('migrations'), length);
  deeds.push(...lent);
  const losses = random.integer(0, 6);
  for (let i = 0; i < losses; i++) {
    const how = random.pick(['deleted', 'failed', 'failed', 'node', 'restarted'] as const);
    deeds.push({ at: when(5 * second), do: 'lose', how, which: random.uniform() });
  }
  deeds.push(...drawRequests(random.split('requests'), length));
  const kept = deeds.filter(({ at }) => at <= length).sort((a, b) => a.at - b.at);
  const mended = lent.length > 0 ? [...pools, borrower] : pools;
  return { deeds: [...kept, ...mended.map((name) => ({ at: length, ...mend(name) }))], length };
}

function drawPool(random: Random): ContainerPoolSpec {
  return {
    replicas: random.integer(0, 8),
    template: template('registry.test/app:1', random.split('work').uniform() < 0.4 ? { restartPolicy: 'Never' } : {}),
    refill: { paused: false, maxStarting: random.pick([1, 3, 50]), startDeadline: random.pick(['20s', '5m']) },
    renewal: renewalWithin({ maxUnavailable: random.integer(0, 2), maxSurge: random.integer(1, 3) }),
    audit: defaultAudit,
    claims: {
      maxContainers: random.pick([6, 10_000, 10_000, 10_000]),
      maxPriority: 10,
      ...(random.uniform() < 0.2 ? { defaultLifetime: '40s' } : {}),
      ...(random.uniform() < 0.2 ? { maxLifetime: '50s' } : {}),
    },
    configuration: { mountPath: '/etc/penstock', files: [file] },
    latch: drawLatch(random.split('latch')),
    images: ['registry.test/other:1'],
    ...(random.uniform() < 0.2 ? { expireAfter: random.pick(['10s', '30s']) } : {}),
  };
}

/** In one run of four many small claims wait for a pool that makes nothing for a while, and then one container at a time. */
function drawQueue(pool: string, random: Random): readonly (Deed & { at: Duration })[] {
  if (random.uniform() < 0.75) return [];
  const set = (at: Duration, spec: object) =>
    ({ at: at * second, do: 'set-pool', name: pool, change: { spec } }) as const;
  const claims = Array.from({ length: random.integer(4, 10) }, (_, i) => {
    const tenant = random.pick(['red', 'blue', undefined]);
    const spec: ContainerClaimSpec = {
      pool: { name: pool },
      items: [{ count: random.pick([1, 1, 2]) }],
      minAvailable: 1,
      whenEmpty: 'Wait',
      priority: random.pick([0, 0, 0, 1, 5]),
      ...(tenant !== undefined && { tenant }),
    };
    const at = Math.round((1 + random.uniform() * 12) * second);
    return { at, do: 'claim', claim: { metadata: { namespace, name: `queued-${i}` }, spec } } as const;
  });
  const refill = { paused: false, maxStarting: 1 };
  return [
    set(0, { replicas: random.integer(0, 1), refill: { ...refill, paused: true } }),
    ...claims,
    set(random.integer(25, 38), { replicas: random.integer(1, 2), refill }),
  ];
}

/** In half of the runs containers are asked to go, and some of these requests are withdrawn. */
function drawRequests(random: Random, length: Duration): readonly (Deed & { at: Duration })[] {
  if (random.uniform() < 0.5) return [];
  return Array.from({ length: random.integer(1, 6) }, () => {
    const at = Math.round((0.1 + random.uniform() * 0.9) * length);
    const among = random.pick(['delivered', 'delivered', 'delivered', 'stocked'] as const);
    const node = random.uniform() < 0.4 ? { node: random.uniform() } : {};
    const later = at + Math.round(random.exponential(1) * 2 * second);
    const withdraw = { at: later, do: 'withdraw', which: random.uniform() } as const;
    const ask = { at, do: 'ask', among, which: random.uniform(), ...node } as const;
    return random.uniform() < 0.3 ? [ask, withdraw] : [ask];
  }).flat();
}

const borrower = 'borrower';

/**
 * In two runs of five containers are moved: from a pool and its claims to another pool that makes nothing, and to claims that wait
 * there; and back; also by migrations that are for somebody else, or name what is not there any more.
 */
function drawMigrations(lender: string, spec: ContainerPoolSpec, random: Random, length: Duration) {
  const deeds: (Deed & { at: Duration })[] = [];
  if (random.uniform() < 0.6) return deeds;
  const when = (least: number, most: number) => Math.round((least + random.uniform() * (most - least)) * length);
  const tenant = random.pick(['red', 'blue', undefined]);
  const refill = { ...spec.refill, paused: true };
  const pool = { metadata: { namespace, name: borrower }, spec: { ...spec, replicas: random.integer(0, 3), refill } };
  deeds.push({ at: 0, do: 'make-pool', pool });
  for (const [name, of] of [
    ['gives', lender],
    ['gives-too', lender],
    ['needs', borrower],
    ['needs-too', borrower],
  ] as const) {
    const claim: ContainerClaimSpec = {
      pool: { name: of },
      items: [{ count: random.integer(1, 3) }, ...(random.uniform() < 0.3 ? [drawItem(random, 1, 1)] : [])],
      minAvailable: random.pick([0, 1, 1]),
      whenEmpty: 'Wait',
      ...(tenant !== undefined && { tenant }),
    };
    deeds.push({ at: when(0, 0.3), do: 'claim', claim: { metadata: { namespace, name }, spec: claim } });
    if (random.uniform() < 0.15) deeds.push({ at: when(0.3, 1), do: 'release', name });
  }
  deeds.push({ at: 0, do: 'set-pool', name: lender, change: { spec: { replicas: random.integer(3, 8) } } });
  const poolOf = (name: string) => ({ kind: 'ContainerPool', name }) as const;
  const claimOf = (name: string) => ({ kind: 'ContainerClaim', name }) as const;
  const lending = [poolOf(lender), claimOf('gives'), claimOf('gives-too')];
  const borrowing = [poolOf(borrower), claimOf('needs'), claimOf('needs-too')];
  for (let i = random.integer(1, 4); i > 0; i--) {
    const from = random.pick(random.uniform() < 0.75 ? lending : [...lending, ...borrowing]);
    const others = random.uniform() < 0.75 ? borrowing : [...lending, ...borrowing];
    const to = random.pick(others.filter(({ name }) => name !== from.name));
    const behalf = random.uniform() < 0.9 ? tenant : 'green';
    deeds.push(...drawMigration({ name: `migration-${i}`, at: when(0.1, 0.9), from, to, behalf }, random));
  }
  return deeds;
}

interface Drawn {
  readonly name: string;
  readonly at: Duration;
  readonly from: Workload;
  readonly to: Workload;
  readonly behalf: string | undefined;
}

function drawMigration({ name, at, from, to, behalf }: Drawn, random: Random): readonly (Deed & { at: Duration })[] {
  const later = () => at + Math.round(random.exponential(1) * 5 * second);
  const steer = (change: object) => ({ at: later(), do: 'steer', name, change }) as const;
  const sometimes = (share: number, deed: Deed & { at: Duration }) => (random.uniform() < share ? [deed] : []);
  const spec = {
    from,
    to,
    order: random.pick(['Oldest', 'Newest'] as const),
    keepSource: random.uniform() < 0.3,
    paused: random.uniform() < 0.1,
    cancelled: false,
    deadline: random.pick(['10s', '30s', '2m']),
    ...(random.uniform() < 0.6 ? { count: random.integer(1, 4) } : {}),
    ...(behalf !== undefined && { tenant: behalf }),
  };
  return [
    { at, do: 'migrate', migration: { metadata: { namespace, name }, spec } },
    ...sometimes(0.3, steer({ cancelled: true })),
    ...sometimes(0.2, steer({ paused: true })),
    ...sometimes(0.5, steer({ paused: false })),
  ];
}

/** A quarter of the pools have a line of their own, which may come after them, and changes now and then. */
function drawLines(name: string, random: Random, length: Duration): readonly (Deed & { at: Duration })[] {
  if (random.uniform() < 0.75) return [];
  const spec = () =>
    productionLineSpec.parse({
      produce: [{ stage: 'provision' }, ...drawWarming(random), { stage: 'stock' }],
      deliver: [
        { stage: 'match', settings: { order: random.pick(['oldest', 'packed', 'spread', 'leastLoaded', 'bestFit']) } },
        ...(['hand-over', 'resize', 'configure', 'verify'] as const).map((stage) => ({ stage })),
      ],
      reclaim: [...random.pick([[], [{ stage: 'scrub' }]]), { stage: 'retire', ...random.pick([{}, { rate: 2 }]) }],
    });
  const changes = Array.from(
    { length: random.integer(0, 5) },
    () => ({ at: Math.round(random.uniform() * length), do: 'set-line', name, change: { spec: spec() } }) as const,
  );
  const at = random.pick([0, 0, 10 * second]);
  return [{ at, do: 'make-line', line: { metadata: { namespace, name }, spec: spec() } }, ...changes];
}

const drawWarming = (random: Random): readonly object[] =>
  random.uniform() < 0.2 ? [] : [{ stage: 'warm', settings: { minAge: random.pick(['1s', '5s', '20s']) } }];

/** A third of the pools have their containers back, for the same tenant. */
function drawLatch(random: Random): ContainerPoolSpec['latch'] {
  const chance = random.uniform();
  if (chance < 0.5) return noLatch;
  if (chance < 0.65) return latch.parse({ mode: 'Exec' });
  const times = { grace: random.pick(['1s', '3s']), scrubDeadline: random.pick(['1s', '4s']) };
  return latch.parse({ mode: 'Supervise', reuse: 'SameTenant', keepFor: random.pick(['5s', '40s']), ...times });
}

const template = (image: string, own: { readonly restartPolicy?: 'Never' } = {}): ContainerPoolSpec['template'] => ({
  metadata: { labels: { app: 'web' } },
  spec: {
    ...own,
    terminationGracePeriodSeconds: 5,
    containers: [
      {
        name: 'main',
        image,
        command: ['/app'],
        securityContext: { readOnlyRootFilesystem: true },
        resources: { requests: { cpu: '100m', memory: '64Mi' } },
      },
    ],
  },
});

function poolChanges(name: string, random: Random, length: Duration): readonly (Deed & { at: Duration })[] {
  const when = () => Math.round(random.uniform() * length);
  const set = (at: Duration, spec: object) => ({ at, do: 'set-pool', name, change: { spec } }) as const;
  const changes: (Deed & { at: Duration })[] = [];
  for (let i = random.integer(0, 2); i > 0; i--) changes.push(set(when(), { replicas: random.integer(0, 8) }));
  if (random.uniform() < 0.3) changes.push(set(when(), { template: template('registry.test/app:2') }));
  if (random.uniform() < 0.15) changes.push(set(when(), { template: template(brokenImage) }));
  if (random.uniform() < 0.25) {
    const at = when();
    changes.push(set(at, { refill: { paused: true } }), set(at + 15 * second, { refill: { paused: false } }));
  }
  if (random.uniform() < 0.1) changes.push({ at: when(), do: 'drop-pool', name });
  return changes;
}

/** What would keep a pool from coming to rest is taken back: a pause, a broken template, stock that expires for ever. */
function mend(name: string): Deed {
  const spec = { expireAfter: null, refill: { paused: false }, template: template('registry.test/app:3') };
  return { do: 'set-pool', name, change: { spec } };
}

function drawClaim(random: Random, pool: string): ContainerClaimSpec {
  const items: { name?: string; count: number }[] = [];
  let left = random.integer(1, 8);
  while (left > 0 && items.length < 3) {
    const count = items.length === 2 ? left : random.integer(1, left);
    items.push(drawItem(random, items.length, count));
    left -= count;
  }
  const total = items.reduce((sum, { count }) => sum + count, 0);
  const chance = () => random.uniform();
  return {
    pool: { name: pool },
    items,
    whenEmpty: random.pick(['Wait', 'Wait', 'Wait', 'Cold', 'Fail']),
    ...(chance() < 0.4 ? { minAvailable: random.integer(0, total) } : {}),
    ...(chance() < 0.2 ? { deadline: `${random.integer(2, 20)}s` } : {}),
    ...(chance() < 0.2 ? { lifetime: `${random.integer(5, 60)}s` } : {}),
    ...(chance() < 0.6 ? { tenant: random.pick(['red', 'blue']) } : {}),
    ...(chance() < 0.4 ? { priority: random.pick([-1, 1, 5]) } : {}),
    backoffLimit: random.split('work').pick([0, 1, 3]),
  };
}

function drawItem(random: Random, position: number, count: number) {
  const mark = random.suffix(4);
  const chance = () => random.uniform();
  return {
    ...(chance() < 0.7 ? { name: `item-${position}` } : {}),
    count,
    labels: { mark },
    annotations: { 'example.com/mark': mark, ...drawWork(random.split('work')) },
    ...(chance() < 0.6 ? { env: [{ name: 'MARK', value: mark }] } : {}),
    ...(chance() < 0.4 ? { files: [{ name: chance() < 0.05 ? 'unknown.conf' : file, content: `mark ${mark}` }] } : {}),
    ...(chance() < 0.3 ? { resources: { requests: { cpu: random.pick(['100m', '200m', '300m']) } } } : {}),
    ...(random.split('image').uniform() < 0.15 ? { image: 'registry.test/other:1' } : {}),
  };
}

/** A third of the items have programs that end, of which some fail: where their pool does not restart what has ended. */
function drawWork(random: Random): Readonly<Record<string, string>> {
  if (random.uniform() < 0.65) return {};
  const runFor = random.pick(['1s', '3s', '10s', '30s']);
  return { [simulation.runFor]: runFor, [simulation.exitCode]: random.pick(['0', '0', '0', '1']) };
}

/** In one line, for the trace. */
export function describeDeed(deed: Deed): string {
  switch (deed.do) {
    case 'make-pool':
      return `make ${deed.pool.metadata.name} ${JSON.stringify({ ...deed.pool.spec, template: undefined })}`;
    case 'make-line':
      return `make line ${deed.line.metadata.name} ${JSON.stringify(deed.line.spec)}`;
    case 'set-line':
      return `change line ${deed.name} ${JSON.stringify(deed.change)}`;
    case 'claim':
      return `create ${deed.claim.metadata.name} ${JSON.stringify(deed.claim.spec)}`;
    case 'migrate':
      return `create ${deed.migration.metadata.name} ${JSON.stringify(deed.migration.spec)}`;
    case 'steer':
      return `change ${deed.name} ${JSON.stringify(deed.change)}`;
    case 'set-pool':
      return `change ${deed.name} ${JSON.stringify(deed.change)}`;
    case 'drop-pool':
    case 'release':
      return `delete ${deed.name}`;
    case 'ask':
      return `ask a ${deed.among} pod to go${deed.node === undefined ? '' : ' to another node'}`;
    case 'withdraw':
      return 'withdraw a request to go';
    case 'lose':
      return `lose a pod: ${deed.how}`;
  }
}
