import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { labels } from '../../src/api/names.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { ms, print, rate, type Row, until } from '../measure.js';
import { median, quantile } from '../../src/support/statistics.js';
import { namespace, poolDraft } from '../objects.js';
import { ClaimTimer } from './claim-timer.js';
import { type Environment, startEnvironment } from './environment.js';
import { barePatches, readyStock, removeBare } from './plain-client.js';

/** Claims are made from this one, whose own refill is paused meanwhile; the other one is empty, and refilled or not. */
const [served, empty] = ['bench', 'empty'];
const perClaim = 10;
/** A claim's own creation and its status, beside one patch per container. */
const writesPerClaim = perClaim + 2;
const largest = 2000;
const seconds = 8;
const rounds = 3;

interface Window {
  readonly latencies: readonly number[];
  /** Containers that the other pool made meanwhile. */
  readonly made: number;
}

/** What the refill of an empty pool does to deliveries, at 25, 50 and 80 % of what the server can take. */
export async function benchRefill(): Promise<void> {
  const environment = await startEnvironment();
  const { cluster } = environment.connection;
  const timer = await ClaimTimer.start(cluster, served);
  try {
    await cluster.create(ContainerPool, poolDraft(served, largest));
    await cluster.create(ContainerPool, poolDraft(empty, 0));
    const limit = await limitOf(environment);
    const rows: Row[] = [];
    for (const share of [0.25, 0.5, 0.8]) rows.push(await benchShare(cluster, timer, share, limit));
    print(
      `claims of ${perClaim} at a part of the server's limit of ${Math.round(limit)} bare patches/s, each claim ${writesPerClaim} writes: p50 / p99`,
      rows,
    );
  } finally {
    timer.stop();
    await environment.stop();
  }
}

/** Bare patches per second with nothing else going on. */
async function limitOf({ plane, connection: { cluster } }: Environment): Promise<number> {
  const count = 500;
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    await refilled(cluster, count);
    times.push(await barePatches(plane, cluster, served, count));
    await removeBare(cluster);
  }
  return (count * 1000) / median(times);
}

async function benchShare(cluster: Cluster, timer: ClaimTimer, share: number, limit: number): Promise<Row> {
  const perSecond = (share * limit) / writesPerClaim;
  const [alone, beside]: [Window[], Window[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const [kind, windows] of [
      ['alone', alone],
      ['beside', beside],
    ] as const)
      windows.push(await runWindow(cluster, timer, { name: `${kind}-${share * 100}-${round}`, perSecond }));
  }
  const of = (windows: readonly Window[], quantileOf: number) =>
    quantile(
      windows.flatMap(({ latencies }) => latencies),
      quantileOf,
    );
  const figures = (windows: readonly Window[]) => `${ms(of(windows, 0.5))} / ${ms(of(windows, 0.99))}`;
  const made = beside.reduce((sum, window) => sum + window.made, 0);
  return {
    what: `${share * 100} %: ${perSecond.toFixed(1)} claims/s, ${rounds} × ${seconds} s`,
    figure: `beside refill ${figures(beside)}`,
    against: `alone ${figures(alone)}: p99 ${(of(beside, 0.99) / of(alone, 0.99)).toFixed(2)} of it [< 1.2]; refill made ${rate(made, rounds * seconds * 1000)}`,
  };
}

/** Deliveries at their own times, whatever becomes of those before: some seconds of them, with refill where the name says so. */
async function runWindow(
  cluster: Cluster,
  timer: ClaimTimer,
  { name, perSecond }: { readonly name: string; readonly perSecond: number },
): Promise<Window> {
  const claims = Math.floor(perSecond * seconds);
  await refilled(cluster, claims * perClaim);
  if (name.startsWith('beside')) await resize(cluster, empty, { replicas: largest });
  const before = await madeBy(cluster);
  const start = performance.now();
  const latencies: Promise<number>[] = [];
  for (let i = 0; i < claims; i++) {
    const wait = start + (i * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    latencies.push(timer.deliver(`${name}-${i}`, perClaim));
  }
  const values = await Promise.all(latencies);
  const made = (await madeBy(cluster)) - before;
  await resize(cluster, empty, { replicas: 0 });
  await cleared(cluster);
  return { latencies: values, made };
}

/** A pool that is full enough, and then makes no more. */
async function refilled(cluster: Cluster, count: number): Promise<void> {
  await resize(cluster, served, { replicas: count, refill: { paused: false } });
  await until(`a stock of ${count}`, async () => (await readyStock(cluster, served)) >= count, 300_000);
  await resize(cluster, served, { refill: { paused: true } });
  // what is under way ends, and the pool has said its last word
  await new Promise((resolve) => setTimeout(resolve, 2000));
}

async function cleared(cluster: Cluster): Promise<void> {
  const { items } = await cluster.list(ContainerClaim, { namespace });
  await Promise.all(
    items.map(({ metadata: { name } }) => cluster.remove(ContainerClaim, { namespace, name }, { flow: 'refill' })),
  );
  const gone = async () => (await madeBy(cluster)) === 0 && (await podsWith(cluster, labels.claim)) === 0;
  await until('the containers of this round to be gone', gone, 300_000);
}

const resize = (cluster: Cluster, name: string, spec: object): Promise<unknown> =>
  cluster.patch(ContainerPool, { namespace, name }, mergePatch({ spec }));

const madeBy = (cluster: Cluster): Promise<number> => podsWith(cluster, `${labels.pool}=${empty}`);

const podsWith = async (cluster: Cluster, selector: string): Promise<number> =>
  (await cluster.list(Pod, { namespace, labels: selector })).items.length;
