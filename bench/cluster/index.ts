/** Delivery and cold starts as the containers' processes see them: on the cluster of KUBECONFIG, with real containers. */
import { ContainerPool } from '../../src/api/container-pool.js';
import type { LatchMode } from '../../src/api/latch.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { Place } from '../../test/e2e/place.js';
import { ms, print, type Row } from '../measure.js';
import { median, quantile } from '../../src/support/statistics.js';
import { cold, endCold } from './cold.js';
import { type Started, fromStock, release } from './from-stock.js';
import { benchPool, stocked } from './pool.js';

const sizes = [
  [1, 6],
  [10, 4],
  [50, 3],
  [100, 3],
] as const;
const largest = 100;
/** Two in stock beyond the largest batch: nothing waits for a straggler. */
const stock = largest + 2;

/** How a pool's containers learn what they were delivered for. */
const ways: readonly { readonly name: string; readonly mode: LatchMode }[] = [
  { name: 'latch', mode: 'Exec' },
  { name: 'none', mode: 'None' },
];

export async function benchCluster(): Promise<void> {
  const place = await Place.open('bench');
  try {
    await place.operator();
    for (const { name, mode } of ways) {
      await place.cluster.create(ContainerPool, benchPool(place, name, mode, stock));
      await stocked(place, name, stock);
      await benchWay(place, name, mode);
      await place.cluster.remove(ContainerPool, { namespace: place.namespace, name });
    }
  } finally {
    await place.close();
  }
}

async function benchWay(place: Place, pool: string, mode: LatchMode): Promise<void> {
  for (const [count, rounds] of sizes) {
    const ours: Started[] = [];
    const colds: Started[] = [];
    for (let round = 0; round < rounds; round++) {
      await stocked(place, pool, stock);
      // what refill costs beside a delivery is the bench of the server's affair
      await pause(place, pool, true);
      ours.push(await fromStock(place, pool, count));
      colds.push(await cold(place, count));
      await endCold(place);
      await release(place);
      await pause(place, pool, false);
    }
    const title = `${count} real containers, latch ${mode}, refill paused: until the process has its configuration`;
    print(title, rowsOf(rounds, ours, colds));
  }
}

function rowsOf(rounds: number, ours: readonly Started[], colds: readonly Started[]): readonly Row[] {
  const sincePatch = ours.flatMap(({ sincePatch }) => sincePatch);
  const sinceCall = ours.flatMap(({ sinceCall }) => sinceCall);
  const coldly = colds.flatMap(({ sinceCall }) => sinceCall);
  const last = (all: readonly Started[]) => median(all.map(({ sinceCall }) => Math.max(...sinceCall)));
  const times = (values: readonly number[]) => `p50 ${ms(median(values))}, p99 ${ms(quantile(values, 0.99))}`;
  return [
    { what: `from its patch (${rounds} rounds)`, figure: times(sincePatch) },
    {
      what: 'from the call for the batch',
      figure: times(sinceCall),
      against: `cold ${times(coldly)}: p50 ${factor(median(coldly), median(sinceCall))}, p99 ${factor(quantile(coldly, 0.99), quantile(sinceCall, 0.99))}`,
    },
    {
      what: 'the last of the batch (median)',
      figure: ms(last(ours)),
      against: `cold ${ms(last(colds))}: ${factor(last(colds), last(ours))}`,
    },
  ];
}

const factor = (slow: number, fast: number): string => `${(slow / fast).toFixed(1)} × ours`;

const pause = ({ cluster, namespace }: Place, name: string, paused: boolean) =>
  cluster.patch(ContainerPool, { namespace, name }, mergePatch({ spec: { refill: { paused } } }));
