import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { median, ms, percentiles, print, quantile, rate, type Row, timed, until } from '../measure.js';
import { namespace, poolDraft } from '../objects.js';
import { ClaimTimer } from './claim-timer.js';
import { type Environment, startEnvironment } from './environment.js';
import { barePatches, readyStock, removeBare } from './plain-client.js';
import { requestCounts } from './server-metrics.js';

const pool = 'bench';
const stock = 1100;

/** Delivery on a real API server: kube-apiserver and etcd, the operator and simulated nodes, four processes on this machine. */
export async function benchServer(): Promise<void> {
  const environment = await startEnvironment();
  const { cluster } = environment.connection;
  const timer = await ClaimTimer.start(cluster);
  try {
    await cluster.create(ContainerPool, poolDraft(pool, stock));
    const filling = await timed(() => stocked(cluster, stock));
    print('refill', [{ what: `an empty pool of ${stock}`, figure: rate(stock, filling) }]);
    await benchSizes(environment, timer);
    await benchBurst(environment, timer);
    for (const perSecond of [10, 30]) await benchSteady(environment, timer, perSecond);
    await benchWrites(environment, timer);
  } finally {
    timer.stop();
    await environment.stop();
  }
}

/** A pool's status is up to a second behind its stock. */
const statusLag = 1500;

async function stocked(cluster: Cluster, count: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, statusLag));
  await until(`a stock of ${count}`, async () => (await readyStock(cluster, pool)) >= count, 300_000);
}

/** Batches beside bare patches of the same number, in turn. */
async function benchSizes({ plane, connection: { cluster } }: Environment, timer: ClaimTimer): Promise<void> {
  const rows: Row[] = [];
  for (const [count, rounds] of [
    [1, 20],
    [10, 10],
    [100, 5],
    [1000, 3],
  ] as const) {
    const bare: number[] = [];
    const ours: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await stocked(cluster, Math.max(count, 200));
      bare.push(await barePatches(plane, cluster, pool, count));
      await removeBare(cluster);
      await stocked(cluster, Math.max(count, 200));
      ours.push(await timer.deliver(`batch-${count}-${round}`, pool, count));
      await release(cluster);
    }
    rows.push({
      what: `claim of ${count}, ${rounds} rounds`,
      figure: `${ms(median(ours))}, ${rate(count, median(ours))}`,
      against: `bare ${ms(median(bare))}, ${rate(count, median(bare))}; rate ${(median(bare) / median(ours)).toFixed(2)} of bare`,
    });
  }
  print('claims from stock, create → Ready seen by a watch, refill running (medians)', rows);
}

async function benchBurst({ plane, connection: { cluster } }: Environment, timer: ClaimTimer): Promise<void> {
  const rows: Row[] = [];
  for (const count of [100, 300]) {
    await stocked(cluster, stock);
    const bare = await barePatches(plane, cluster, pool, count);
    await removeBare(cluster);
    await stocked(cluster, stock);
    const latencies: number[] = [];
    const whole = await timed(() =>
      Promise.all(
        Array.from({ length: count }, async (_, i) =>
          latencies.push(await timer.deliver(`burst-${count}-${i}`, pool, 1)),
        ),
      ),
    );
    rows.push({
      what: `burst of ${count} claims of one`,
      figure: ms(whole),
      against: `p50 / p90 / p99 ${percentiles(latencies)}; ${count} bare patches ${ms(bare)}; writes ${((3 * bare) / whole).toFixed(2)} of the bare rate`,
    });
    await release(cluster);
  }
  print('bursts, refill running', rows);
}

async function benchSteady(
  { connection: { cluster } }: Environment,
  timer: ClaimTimer,
  perSecond: number,
): Promise<void> {
  await stocked(cluster, stock);
  const seconds = 20;
  const latencies: Promise<number>[] = [];
  const start = performance.now();
  for (let i = 0; i < seconds * perSecond; i++) {
    const wait = start + (i * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    latencies.push(timer.deliver(`steady-${perSecond}-${i}`, pool, 1));
  }
  const values = await Promise.all(latencies);
  print(`steady ${perSecond} claims of one per second for ${seconds} s, refill running`, [
    { what: 'p50 / p90 / p99', figure: percentiles(values), against: `max ${ms(quantile(values, 1))}` },
  ]);
  await release(cluster);
}

/** What the server counted for one claim of 100 with refill paused, so that only the delivery writes. */
async function benchWrites({ plane, connection: { cluster } }: Environment, timer: ClaimTimer): Promise<void> {
  const count = 100;
  await stocked(cluster, stock);
  await cluster.patch(ContainerPool, { namespace, name: pool }, mergePatch({ spec: { refill: { paused: true } } }));
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const before = await requestCounts(plane);
  await timer.deliver('writes', pool, count);
  const after = await requestCounts(plane);
  const rows = [...after]
    .map(([what, total]) => ({ what, made: total - (before.get(what) ?? 0) }))
    .filter(({ what, made }) => made > 0 && /^(POST|PUT|PATCH|APPLY|DELETE)/.test(what) && !what.includes('leases'))
    .map(({ what, made }): Row => ({ what, figure: String(made) }));
  print(`writes that the server counted for one claim of ${count}, refill paused`, rows);
}

async function release(cluster: Cluster): Promise<void> {
  const { items } = await cluster.list(ContainerClaim, { namespace });
  await Promise.all(
    items.map(({ metadata: { name } }) => cluster.remove(ContainerClaim, { namespace, name }, { flow: 'refill' })),
  );
}
