/** The scheduler with a source of use that answers, fails, changes: what nodes use decides while it is known, requests when it is not. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Node, Pod } from '../../src/api/kubernetes.js';
import { EmbeddedCluster } from '../../src/embedded/index.js';
import { createScheduler } from '../../src/operator/index.js';
import { keepAliveHttpClient, type KeepAliveHttpClient, type Manager } from '../../src/runtime/index.js';
import { defaultConfiguration, UseTracker } from '../../src/scheduler/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';

const namespace = 'default';
const { use: metricsApi } = defaultConfiguration();

let clock: VirtualClock;
let cluster: EmbeddedCluster;
let http: KeepAliveHttpClient;
let manager: Manager;
let tracker: UseTracker;
/** What a metrics server would say of each node's cpu; `undefined`: it is down. */
let measured: Readonly<Record<string, string>> | undefined;

const document = async (path: string): Promise<unknown> => {
  if (measured === undefined) throw new Error('503 service unavailable');
  if (!path.endsWith('/nodes')) return { versions: [{ version: 'v1beta1' }] };
  const timestamp = new Date(clock.now()).toISOString();
  const items = Object.entries(measured).map(([name, cpu]) => ({
    metadata: { name },
    timestamp,
    window: '15s',
    usage: { cpu, memory: '1Gi' },
  }));
  return { items };
};

/** Node `busy` uses much of what little was requested there, `reserved` little of the much that was. */
beforeEach(async () => {
  clock = new VirtualClock();
  const random = seededRandom(1);
  cluster = new EmbeddedCluster({ clock, random });
  measured = { busy: '7', reserved: '500m' };
  for (const [name, cpu] of [
    ['busy', '500m'],
    ['reserved', '6'],
  ] as const) {
    await cluster.create(Node, {
      metadata: { name },
      status: { allocatable: { cpu: '8', memory: '16Gi', pods: '110' } },
    });
    await cluster.create(Pod, {
      metadata: { namespace, name: `resident-${name}` },
      spec: { nodeName: name, containers: [{ name: 'main', image: 'app:1', resources: { requests: { cpu } } }] },
    });
  }
  const { profiles } = defaultConfiguration();
  const parts = { cluster, clock, random, logger: silentLogger };
  const { manager: own, scheduler } = createScheduler({ ...parts, profiles, watchesVolumes: false });
  manager = own;
  http = keepAliveHttpClient(clock);
  tracker = new UseTracker(scheduler.cache, { ...parts, namespace, http, document });
  await tracker.configure(metricsApi);
  await clock.settle(manager.start(), minute);
  tracker.start();
  await clock.advance(minute);
});

afterEach(async () => {
  await clock.settle(tracker.stop(), minute);
  await clock.settle(manager.stop(), minute);
  http.close();
});

/** Where a small pod goes now. */
async function placed(name: string): Promise<string | undefined> {
  await cluster.create(Pod, {
    metadata: { namespace, name },
    spec: {
      schedulerName: 'penstock-scheduler',
      containers: [{ name: 'main', image: 'app:1', resources: { requests: { cpu: '100m' } } }],
    },
  });
  await clock.advance(5 * second);
  return (await cluster.get(Pod, { namespace, name })).spec?.nodeName;
}

it('A source that is down is done without: pods go by requests once its figures are too old, and by use when it is back', async () => {
  expect(await placed('while-up')).toBe('reserved');
  measured = undefined;
  expect(await placed('just-down')).toBe('reserved');
  await clock.advance(10 * minute);
  expect(tracker.status()).toMatchObject({
    state: 'down',
    error: '503 service unavailable',
    nodes: { fresh: 0, stale: 2 },
  });
  expect(await placed('while-down')).toBe('busy');
  measured = { busy: '7', reserved: '500m' };
  await clock.advance(5 * minute);
  expect(tracker.status()).toMatchObject({ state: 'up', nodes: { fresh: 2, stale: 0 } });
  expect(await placed('back-up')).toBe('reserved');
});

it('Another source takes the place of the one before while the scheduler runs, with nothing of what that one said', async () => {
  await tracker.configure({ source: 'none' });
  expect(tracker.status()).toBeUndefined();
  expect(await placed('by-requests')).toBe('busy');
  await tracker.configure(metricsApi);
  await clock.advance(minute);
  expect(await placed('by-use')).toBe('reserved');
});

it('A source that cannot be opened is refused, and the one before goes on', async () => {
  const wrong = { ...metricsApi, source: 'prometheus', url: 'http://127.0.0.1:9', caFile: '/nowhere/ca.crt' } as const;
  await expect(
    tracker.configure({ ...wrong, insecureSkipTLSVerify: false, interval: '15s', window: '5m' }),
  ).rejects.toThrow('/nowhere/ca.crt');
  await clock.advance(minute);
  expect(tracker.status()).toMatchObject({ source: 'metrics-api', state: 'up', nodes: { fresh: 2 } });
  expect(await placed('still-by-use')).toBe('reserved');
});
