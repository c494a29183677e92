/** `npm run bench [-- NAME…]`: everything without a name. What the figures mean is in bench/README.md. */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { controlPlane, lacks } from '../test/control-plane/binaries.js';
import { lacks as lacksCluster } from '../test/e2e/environment.js';
import installKinds from '../test/e2e/kinds.js';

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    trace: { type: 'string' },
    pools: { type: 'string' },
    claims: { type: 'string' },
    pods: { type: 'string' },
    nodes: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const benches: Readonly<Record<string, () => Promise<void>>> = {
  startup: async () =>
    lacks(controlPlane, 'bench startup') ? undefined : (await import('./startup/index.js')).benchStartup(),
  store: async () => (await import('./embedded/store.js')).benchStore(),
  delivery: async () => (await import('./embedded/delivery.js')).benchDelivery(),
  growth: async () => (await import('./growth/index.js')).benchGrowth(),
  queue: async () => (await import('./embedded/queue.js')).benchQueue(),
  memory: async () => (await import('./embedded/memory.js')).benchMemory(),
  scheduler: async () => (await import('./scheduler/index.js')).benchScheduler(),
  preemption: async () => (await import('./preemption/index.js')).benchPreemption(),
  rebalance: async () => (await import('./rebalance/index.js')).benchRebalance(),
  sizing: async () => (await import('./sizing/index.js')).benchSizing(options),
  placement: async () => (await import('./placement/index.js')).benchPlacement(options),
  simulator: async () => (await import('./simulator/index.js')).benchSimulator(),
  consolidation: async () => (await import('./consolidation/index.js')).benchConsolidation(),
  server: async () =>
    lacks(controlPlane, 'bench server') ? undefined : (await import('./server/index.js')).benchServer(),
  many: async () =>
    lacks(controlPlane, 'bench many') ? undefined : (await import('./many/index.js')).benchMany(options),
  refill: async () =>
    lacks(controlPlane, 'bench refill') ? undefined : (await import('./server/refill.js')).benchRefill(),
  foreign: async () =>
    lacks(controlPlane, 'bench foreign') ? undefined : (await import('./foreign/index.js')).benchForeign(options),
  binding: async () =>
    lacks([...controlPlane, 'kube-scheduler'], 'bench binding')
      ? undefined
      : (await import('./binding/index.js')).benchBinding(),
  cluster: async () =>
    lacksCluster('bench cluster') ? undefined : withKinds((await import('./cluster/index.js')).benchCluster),
  latch: async () =>
    lacksCluster('bench latch', ['runtime']) ? undefined : withKinds((await import('./latch/index.js')).benchLatch),
  deployments: async () =>
    lacksCluster('bench deployments')
      ? undefined
      : withKinds((await import('./deployments/index.js')).benchDeployments),
};

/** On the cluster of KUBECONFIG, with our kinds there for as long as it takes. */
async function withKinds(bench: () => Promise<void>): Promise<void> {
  const removeKinds = await installKinds();
  try {
    await bench();
  } finally {
    await removeKinds();
  }
}

const unknown = wanted.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined) {
  console.error(`there is no bench ${unknown}: there are ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
if (!options.json)
  console.log(`Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`);
for (const [name, bench] of Object.entries(benches)) if (wanted.length === 0 || wanted.includes(name)) await bench();
process.exit(0);
