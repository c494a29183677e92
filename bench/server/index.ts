import { ContainerPool } from '../../src/api/container-pool.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { ms, percentiles, print, rate, type Row, timed } from '../measure.js';
import { median, quantile } from '../../src/support/statistics.js';
import { namespace, poolDraft } from '../objects.js';
import { installBareClaims } from './bare-claim.js';
import { bareOperator, type Contender, penstock } from './contender.js';
import { type Environment, startEnvironment } from './environment.js';
import { barePatches, removeBare } from './plain-client.js';
import { requestCounts } from './server-metrics.js';

const pool = 'bench';
const stock = 1100;

/**
 * Delivery on a real API server: kube-apiserver and etcd, the operator and simulated nodes, each a process on this machine;
 * beside bare patches, and in turn with the bare operator.
 */
export async function benchServer(): Promise<void> {
  const environment = await startEnvironment();
  const { cluster } = environment.connection;
  await installBareClaims(cluster);
  const [ours, bare] = [await penstock(cluster, pool), await bareOperator(cluster)];
  const both = [bare, ours];
  try {
    await cluster.create(ContainerPool, poolDraft(pool, stock));
    const filling = await timed(() => ours.stocked(stock));
    print('refill', [{ what: `an empty pool of ${stock}`, figure: rate(stock, filling) }]);
    await environment.run('bare-operator', pool, String(stock));
    await benchSizes(environment, both);
    for (const count of [100, 300]) await benchBurst(environment, both, count);
    for (const perSecond of [10, 30]) await benchSteady(both, perSecond);
    await benchWrites(environment, ours);
  } finally {
    for (const { timer } of both) timer.stop();
    await environment.stop();
  }
}

/** Nothing of what was before goes on. */
async function settle(both: readonly Contender[]): Promise<void> {
  for (const contender of both) await contender.stocked(stock);
  await new Promise((resolve) => setTimeout(resolve, 500));
}

/** Bare patches of the same number, with everything stocked before and put away afterwards. */
async function patched({ plane, connection: { cluster } }: Environment, both: readonly Contender[], count: number) {
  await settle(both);
  const took = await barePatches(plane, cluster, pool, count);
  await removeBare(cluster);
  return took;
}

/** Batches beside bare patches of the same number, in turn. */
async function benchSizes(environment: Environment, both: readonly Contender[]): Promise<void> {
  const rows: Row[] = [];
  for (const [count, rounds] of [
    [1, 20],
    [10, 10],
    [100, 5],
    [1000, 3],
  ] as const) {
    const patches: number[] = [];
    const took = new Map<string, number[]>(both.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      patches.push(await patched(environment, both, count));
      for (const contender of both) {
        await settle(both);
        took.get(contender.name)?.push(await contender.timer.deliver(`batch-${count}-${round}`, count));
        await contender.release();
      }
    }
    const [bare, middle] = both.map(({ name }) => median(took.get(name) ?? [])) as [number, number];
    const limit = median(patches);
    rows.push({
      what: `claim of ${count}, ${rounds} rounds`,
      figure: `${ms(middle)}, ${rate(count, middle)}`,
      against: `${[
        `bare patches ${ms(limit)}, ${rate(count, limit)}: rate ${(limit / middle).toFixed(2)} of theirs`,
        `bare operator ${ms(bare)}: ${(middle / bare).toFixed(2)} × its time`,
      ].join('; ')}`,
    });
  }
  print('claims from stock, create → Ready seen by a watch, refill running (medians)', rows);
}

/** One after the other, as often as the table says, each as a whole. */
const turns = 3;

async function benchBurst(environment: Environment, both: readonly Contender[], count: number): Promise<void> {
  const results = new Map(both.map(({ name }) => [name, { whole: [] as number[], latencies: [] as number[] }]));
  const patches: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    patches.push(await patched(environment, both, count));
    for (const contender of both) {
      await settle(both);
      const result = results.get(contender.name);
      const deliver = async (i: number) =>
        result?.latencies.push(await contender.timer.deliver(`burst-${count}-${turn}-${i}`, 1));
      result?.whole.push(await timed(() => Promise.all(Array.from({ length: count }, (_, i) => deliver(i)))));
      await contender.release();
    }
  }
  const rows = [...results].map(
    ([what, { whole, latencies }]): Row => ({
      what,
      figure: ms(median(whole)),
      against: `p50 / p90 / p99 ${percentiles(latencies)}`,
    }),
  );
  rows.push({ what: `${count} bare patches`, figure: ms(median(patches)) });
  print(`bursts of ${count} claims of one, refill running, ${turns} in turn`, rows);
  compare(
    both.map(({ name }) => results.get(name)?.latencies ?? []),
    both.map(({ name }) => median(results.get(name)?.whole ?? [])),
  );
}

async function benchSteady(both: readonly Contender[], perSecond: number): Promise<void> {
  const seconds = 20;
  const results = new Map<string, number[]>(both.map(({ name }) => [name, []]));
  for (let turn = 0; turn < turns; turn++) {
    for (const contender of both) {
      await settle(both);
      const latencies: Promise<number>[] = [];
      const start = performance.now();
      for (let i = 0; i < seconds * perSecond; i++) {
        const wait = start + (i * 1000) / perSecond - performance.now();
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        latencies.push(contender.timer.deliver(`steady-${perSecond}-${turn}-${i}`, 1));
      }
      results.get(contender.name)?.push(...(await Promise.all(latencies)));
      await contender.release();
    }
  }
  print(
    `steady ${perSecond} claims of one per second for ${seconds} s, refill running, ${turns} in turn: p50 / p90 / p99`,
    [...results].map(([what, values]) => ({
      what,
      figure: percentiles(values),
      against: `max ${ms(quantile(values, 1))}`,
    })),
  );
  compare(both.map(({ name }) => results.get(name) ?? []));
}

/** Ours in times of the bare operator's: latencies at p50 and p99, and the whole where there is one. */
function compare(
  [bare = [], ours = []]: readonly (readonly number[])[],
  [bareWhole, ourWhole]: readonly number[] = [],
): void {
  const times = (share: number) => (quantile(ours, share) / quantile(bare, share)).toFixed(2);
  const whole = bareWhole && ourWhole ? `, whole ${(ourWhole / bareWhole).toFixed(2)}` : '';
  console.log(
    `  penstock takes, in times of the bare operator: p50 ${times(0.5)}, p99 ${times(0.99)}${whole} [≤ 1.25]`,
  );
}

/** What the server counted for one claim of 100 with refill paused, so that only the delivery writes. */
async function benchWrites({ plane, connection: { cluster } }: Environment, ours: Contender): Promise<void> {
  const count = 100;
  await ours.stocked(stock);
  await cluster.patch(ContainerPool, { namespace, name: pool }, mergePatch({ spec: { refill: { paused: true } } }));
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const before = await requestCounts(plane);
  await ours.timer.deliver('writes', count);
  const ready = await requestCounts(plane);
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const later = await requestCounts(plane);
  const made = (counts: ReadonlyMap<string, number>, since: ReadonlyMap<string, number>, what: string) =>
    (counts.get(what) ?? 0) - (since.get(what) ?? 0);
  const rows = [...later.keys()]
    .filter((what) => /^(POST|PUT|PATCH|APPLY|DELETE)/.test(what) && !what.includes('leases'))
    .map((what) => ({ what, first: made(ready, before, what), after: made(later, ready, what) }))
    .filter(({ first, after }) => first + after > 0)
    .map(({ what, first, after }): Row => ({ what, figure: String(first), against: `${after} in the 10 s after it` }));
  print(`writes that the server counted for one claim of ${count}, refill paused`, rows);
}
