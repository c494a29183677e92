import type { ContainerClaim, ContainerClaimSpec } from '../../src/api/container-claim.js';
import type { ContainerPool, ContainerPoolSpec } from '../../src/api/container-pool.js';
import type { Draft } from '../../src/api/meta/resource.js';
import type { Random } from '../../src/support/random.js';
import { type Duration, second } from '../../src/support/time.js';
import { brokenImage } from './kubelet.js';

export const namespace = 'default';

/** What users and the world do in a run. All of it is data: it can be printed, and is the same whatever the faults are. */
export type Deed =
  | { readonly do: 'make-pool'; readonly pool: Draft<ContainerPool> }
  | { readonly do: 'drop-pool'; readonly name: string }
  | { readonly do: 'set-pool'; readonly name: string; readonly change: object }
  | { readonly do: 'claim'; readonly claim: Draft<ContainerClaim> }
  | { readonly do: 'release'; readonly name: string }
  /** `which` picks among the pods that are there then. */
  | { readonly do: 'lose'; readonly how: 'deleted' | 'failed' | 'node'; readonly which: number };

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
    deeds.push({ at: 0, do: 'make-pool', pool: { metadata: { namespace, name }, spec } });
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
  const losses = random.integer(0, 6);
  for (let i = 0; i < losses; i++) {
    const how = random.pick(['deleted', 'failed', 'failed', 'node'] as const);
    deeds.push({ at: when(5 * second), do: 'lose', how, which: random.uniform() });
  }
  const kept = deeds.filter(({ at }) => at <= length).sort((a, b) => a.at - b.at);
  return { deeds: [...kept, ...pools.map((name) => ({ at: length, ...mend(name) }))], length };
}

function drawPool(random: Random): ContainerPoolSpec {
  return {
    replicas: random.integer(0, 8),
    template: template('registry.test/app:1'),
    refill: { paused: false, maxStarting: random.pick([1, 3, 50]), startDeadline: random.pick(['20s', '5m']) },
    renewal: { maxUnavailable: random.integer(0, 2), maxSurge: random.integer(1, 3) },
    claims: {
      maxContainers: random.pick([6, 10_000, 10_000, 10_000]),
      ...(random.uniform() < 0.2 ? { defaultLifetime: '40s' } : {}),
      ...(random.uniform() < 0.2 ? { maxLifetime: '50s' } : {}),
    },
    configuration: { mountPath: '/etc/penstock', files: [file] },
    ...(random.uniform() < 0.2 ? { expireAfter: random.pick(['10s', '30s']) } : {}),
  };
}

const template = (image: string): ContainerPoolSpec['template'] => ({
  metadata: { labels: { app: 'web' } },
  spec: {
    terminationGracePeriodSeconds: 5,
    containers: [{ name: 'main', image, resources: { requests: { cpu: '100m', memory: '64Mi' } } }],
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
    ...(chance() < 0.2 ? { tenant: random.pick(['red', 'blue']) } : {}),
  };
}

function drawItem(random: Random, position: number, count: number) {
  const mark = random.suffix(4);
  const chance = () => random.uniform();
  return {
    ...(chance() < 0.7 ? { name: `item-${position}` } : {}),
    count,
    labels: { mark },
    annotations: { 'example.com/mark': mark },
    ...(chance() < 0.6 ? { env: [{ name: 'MARK', value: mark }] } : {}),
    ...(chance() < 0.4 ? { files: [{ name: chance() < 0.05 ? 'unknown.conf' : file, content: `mark ${mark}` }] } : {}),
    ...(chance() < 0.3 ? { resources: { requests: { cpu: random.pick(['100m', '200m', '300m']) } } } : {}),
  };
}

/** In one line, for the trace. */
export function describeDeed(deed: Deed): string {
  switch (deed.do) {
    case 'make-pool':
      return `make ${deed.pool.metadata.name} ${JSON.stringify({ ...deed.pool.spec, template: undefined })}`;
    case 'claim':
      return `create ${deed.claim.metadata.name} ${JSON.stringify(deed.claim.spec)}`;
    case 'set-pool':
      return `change ${deed.name} ${JSON.stringify(deed.change)}`;
    case 'drop-pool':
    case 'release':
      return `delete ${deed.name}`;
    case 'lose':
      return `lose a pod: ${deed.how}`;
  }
}
