import { printTable } from '../measure.js';
import { type CpuShares, profiled } from './cpu-profile.js';
import { GrowthWorld, type Size } from './world.js';

const claimsPerMinute = 20;
const minutes = 5;
const base: Size = { nodes: 100, stock: 250, pools: 1, waiting: 0, open: 0 };

interface Series {
  /** What grows, and how it is called in the table. */
  readonly by: string;
  readonly sizes: readonly (Size & { readonly count: number })[];
}

const along = (by: keyof Size, values: readonly number[], rest: Partial<Size> = {}): Series => ({
  by,
  sizes: values.map((count) => ({ ...base, ...rest, [by]: count, count })),
});

/** A pool has at most 10,000 in stock. */
const stocks: Series = {
  by: 'in stock',
  sizes: [100, 1000, 5000, 20_000].map((count) => {
    const pools = Math.ceil(count / 10_000);
    return { ...base, pools, stock: count / pools, count };
  }),
};

const series: readonly Series[] = [
  stocks,
  { ...along('waiting', [10, 100, 1000, 10_000]), by: 'claims waiting' },
  { ...along('pools', [1, 10, 100, 1000], { stock: 10 }), by: 'pools of 10' },
  { ...along('open', [10, 100, 1000, 10_000]), by: 'open claims' },
];

interface Measured {
  readonly count: number;
  /** Milliseconds per container. */
  readonly cpu: CpuShares;
  /** Virtual time per time. */
  readonly speed: number;
}

/** What one delivered and refilled container costs beside so much stock, so many pools and claims, in virtual time. */
export async function benchGrowth(): Promise<void> {
  // until the program is compiled it costs more
  await measure(base);
  for (const { by, sizes } of series) {
    const measured: Measured[] = [];
    for (const { count, ...size } of sizes) measured.push({ count, ...(await measure(size)) });
    printTable(
      `one delivered and refilled container, by ${by}`,
      [by, 'operator', 'embedded cluster', 'other', 'whole', '× real time'],
      measured.map(({ count, cpu: { operator, cluster, other }, speed }) => [
        String(count),
        ...[operator, cluster, other, operator + cluster + other].map((value) => `${value.toFixed(2)} ms`),
        speed.toFixed(0),
      ]),
    );
    const exponent = fittedExponent(measured.map(({ count, cpu }) => [count, cpu.operator]));
    console.log(`  the operator's share grows with the power ${exponent.toFixed(2)} [aim ≤ 0.10, and at most 1 ms]`);
  }
}

async function measure(size: Size): Promise<Omit<Measured, 'count'>> {
  const world = await GrowthWorld.start(size);
  await world.run(1, claimsPerMinute);
  let containers = 0;
  const began = performance.now();
  const shares = await profiled(async () => {
    containers = await world.run(minutes, claimsPerMinute);
  });
  const took = performance.now() - began;
  await world.stop();
  const each = (milliseconds: number) => milliseconds / containers;
  return {
    cpu: { operator: each(shares.operator), cluster: each(shares.cluster), other: each(shares.other) },
    speed: (minutes * 60_000) / took,
  };
}

/** The slope of the logarithms, by least squares. */
function fittedExponent(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([x, y]) => ({ x: Math.log(x), y: Math.log(y) }));
  const middle = {
    x: logs.reduce((sum, { x }) => sum + x, 0) / logs.length,
    y: logs.reduce((sum, { y }) => sum + y, 0) / logs.length,
  };
  const covariance = logs.reduce((sum, { x, y }) => sum + (x - middle.x) * (y - middle.y), 0);
  return covariance / logs.reduce((sum, { x }) => sum + (x - middle.x) ** 2, 0);
}
