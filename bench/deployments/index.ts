/** Deployments scaled out from stock, with and without the gate, beside cold ones, with real containers. */
import { ms, print, type Row } from '../measure.js';
import { median, quantile } from '../../src/support/statistics.js';
import { rest, scaleOut, type Scaling } from './scaling.js';
import { openStage, type Stage, type Way, ways } from './stage.js';

const counts = [10, 20] as const;
const rounds = 5;
const stock = Math.max(...counts);

const words: Readonly<Record<Way, string>> = {
  cold: 'cold',
  stock: 'from stock',
  gated: 'from stock, gated',
};

export async function benchDeployments(): Promise<void> {
  const stage = await openStage(stock);
  try {
    for (const count of counts) {
      const seen = await measure(stage, count);
      const cold = seen.get('cold') ?? [];
      print(
        `a Deployment of one, scaled by ${count}: scale → n-th new replica ready, p50 / p99 / whole (median), ${rounds} rounds in turn`,
        ways.map((way) => rowOf(way, count, seen.get(way) ?? [], cold)),
      );
    }
  } finally {
    await stage.stop();
  }
}

async function measure(stage: Stage, count: number): Promise<ReadonlyMap<Way, readonly Scaling[]>> {
  const seen = new Map<Way, Scaling[]>(ways.map((way) => [way, []]));
  for (let round = 0; round < rounds; round++)
    for (const way of ways) {
      await rest(stage, stock);
      seen.get(way)?.push(await scaleOut(stage, way, count));
    }
  return seen;
}

function rowOf(way: Way, count: number, scalings: readonly Scaling[], cold: readonly Scaling[]): Row {
  const share = (of: readonly Scaling[], part: number) =>
    quantile(
      of.flatMap(({ ready }) => ready),
      part,
    );
  const whole = median(scalings.map(({ ready }) => ready.at(-1) ?? Number.NaN));
  const counted = median(scalings.map((scaling) => scaling.counted));
  const wasted = scalings.reduce((sum, scaling) => sum + scaling.wasted, 0);
  const saved = `1/${(share(cold, 0.5) / share(scalings, 0.5)).toFixed(1)} of cold; `;
  return {
    what: words[way],
    figure: `${ms(share(scalings, 0.5))} / ${ms(share(scalings, 0.99))} / ${ms(whole)}`,
    against: `counted by the Deployment ${ms(counted)}; ${way === 'cold' ? '' : saved}${wasted} of ${count * scalings.length} cold starts wasted`,
  };
}
