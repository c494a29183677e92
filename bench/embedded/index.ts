import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { CustomResourceDefinition, Pod } from '../../src/api/kubernetes.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { jsonPatch, pointer } from '../../src/cluster/patch.js';
import { createEmbeddedWorld, EmbeddedCluster } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { isTrue } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { median, ms, print, rate, timed, until } from '../measure.js';
import { bareHandOver, claimDraft, namespace, poolDraft } from '../objects.js';

const clock = new WallClock();

/** Everything in this process: what the store takes, what a delivery takes, what a large cluster weighs. */
export async function benchEmbedded(): Promise<void> {
  await benchStore();
  await benchDelivery();
  await benchMemory();
}

/** JSON patches of pods with validation, five watchers reading along. */
async function benchStore(): Promise<void> {
  const cluster = new EmbeddedCluster({ clock, random: seededRandom(1), frozen: false });
  const pods = 1000;
  const patches = 30_000;
  const main = { name: 'main', image: 'registry.test/app:1', resources: { requests: { cpu: '10m', memory: '16Mi' } } };
  for (let i = 0; i < pods; i++)
    await cluster.create(Pod, {
      metadata: { name: `p${i}`, namespace, labels: { app: 'bench' }, annotations: { count: '0' } },
      spec: { containers: [main] },
    });
  const { resourceVersion } = await cluster.list(Pod, { namespace });
  const end = new AbortController();
  let seen = 0;
  for (let i = 0; i < 5; i++) void watch(cluster, resourceVersion, end.signal, () => seen++);
  const rounds: number[] = [];
  for (let round = 0; round < 5; round++) {
    const target = 5 * patches * (round + 1);
    rounds.push(
      await timed(async () => {
        for (let i = 0; i < patches; i++) {
          const value = `${round}.${i}`;
          await cluster.patch(
            Pod,
            { namespace, name: `p${i % pods}` },
            jsonPatch([{ op: 'replace', path: pointer('metadata', 'annotations', 'count'), value }]),
          );
        }
        await until('all watchers to have seen all', () => seen >= target);
      }),
    );
  }
  end.abort();
  print('store', [
    {
      what: `${patches} JSON patches of pods, one after another, five watchers`,
      figure: rate(patches, median(rounds)),
      against: 'aim ≥ 30000/s',
    },
  ]);
}

async function watch(cluster: EmbeddedCluster, since: string, signal: AbortSignal, onEvent: () => void): Promise<void> {
  try {
    for await (const event of cluster.watch(Pod, { namespace, since }, { signal }))
      if (event.type === 'MODIFIED') onEvent();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** One claim of 1,000 beside 1,000 bare hand-over patches on the same cluster with the same watchers. */
async function benchDelivery(): Promise<void> {
  const count = 1000;
  const { cluster, stop } = await stockedWorld(2 * count, 40);
  const bare = await timed(async () => {
    const { items } = await cluster.list(Pod, { namespace });
    const owner = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'nobody',
      uid: 'nobody',
      controller: true,
      blockOwnerDeletion: true,
    };
    await Promise.all(
      items.slice(0, count).map((pod, i) => cluster.patch(Pod, nameOf(pod), jsonPatch(bareHandOver(pod, owner, i)))),
    );
  });
  const rounds: number[] = [];
  for (let round = 0; round < 5; round++) {
    await until(
      'the stock',
      async () => ((await cluster.get(ContainerPool, { namespace, name: 'bench' })).status?.ready ?? 0) >= 2 * count,
    );
    const name = `claim-${round}`;
    rounds.push(
      await timed(async () => {
        await cluster.create(ContainerClaim, claimDraft(name, 'bench', count));
        await until('the delivery', async () =>
          isTrue((await cluster.get(ContainerClaim, { namespace, name })).status?.conditions, 'Ready'),
        );
      }),
    );
    await cluster.remove(ContainerClaim, { namespace, name });
  }
  await stop();
  print('delivery in process', [
    {
      what: `one claim of ${count}, create → Ready`,
      figure: ms(median(rounds)),
      against: `aim < 500 ms; ${count} bare patches ${ms(bare)}: ${(median(rounds) / bare).toFixed(1)} ×`,
    },
  ]);
}

async function benchMemory(): Promise<void> {
  const [pods, nodes] = [10_000, 500];
  const filling = performance.now();
  const { stop } = await stockedWorld(pods, nodes);
  const took = performance.now() - filling;
  global.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  await stop();
  print('memory', [
    {
      what: `${pods} pods on ${nodes} nodes with operator, controllers and simulated nodes`,
      figure: `${Math.round(rss / 2 ** 20)} MB`,
      against: `aim < 700 MB; heap ${Math.round(heapUsed / 2 ** 20)} MB; stocked in ${ms(took)}`,
    },
  ]);
}

/** A cluster with simulated nodes that start pods at once, the operator, and a pool that has `replicas` in stock. */
async function stockedWorld(replicas: number, nodes: number) {
  const random = seededRandom(1);
  const world = createEmbeddedWorld({
    clock,
    random,
    nodes: { count: nodes, profile: instant },
    store: { frozen: false },
  });
  for (const crd of customResourceDefinitions) await world.cluster.create(CustomResourceDefinition, crd);
  await world.start();
  const operator = createOperator({
    cluster: world.cluster,
    clock,
    random: random.split('operator'),
    logger: silentLogger,
  });
  await operator.start();
  await world.cluster.create(ContainerPool, poolDraft('bench', replicas));
  await until(
    'the stock',
    async () => ((await world.cluster.get(ContainerPool, { namespace, name: 'bench' })).status?.ready ?? 0) >= replicas,
  );
  const stop = async () => {
    await operator.stop();
    await world.stop();
  };
  return { cluster: world.cluster, stop };
}
