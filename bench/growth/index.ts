import { writeFileSync } from 'node:fs';
import { printTable } from '../measure.js';
import { type CpuShares, profiled } from './cpu-profile.js';
import { GrowthWorld, type Size } from './world.js';

const claimsPerMinute = 20;
const minutes = 5;
const base: Size = { nodes: 100, stock: 250, pools: 1, waiting: 0, open: 0 };

interface Series {
  readonly by: keyof Size;
  readonly sizes: readonly Size[];
}

const along = (by: keyof Size, values: readonly number[], rest: Partial<Size> = {}): Series => ({
  by,
  sizes: values.map((value) => ({ ...base, ...rest, [by]: value })),
});

const series: readonly Series[] = [
  along('stock', [100, 500, 2500, 20_000].map(Number)),
  along('waiting', [10, 100, 1000, 10_000]),
  along('pools', [1, 10, 100, 1000], { stock: 10 }),
  along('open', [10, 100, 1000, 10_000]),
];

interface Measured {
  readonly size: Size;
  /** Milliseconds per container. */
  readonly cpu: CpuShares;
  readonly whole: number;
  /** Virtual time per time. */
  readonly speed: number;
}

/** What one delivered and refilled container costs beside so much stock, so many pools and claims, in virtual time. */
export async function benchGrowth(): Promise<void> {
  const only = process.env['GROWTH']?.split(',');
  for (const { by, sizes } of series) {
    if (only && !only.includes(by)) continue;
    const measured: Measured[] = [];
    for (const size of sizes) {
      if (size[by] > Number(process.env['GROWTH_MAX'] ?? Infinity)) continue;
      measured.push(await measure(size));
      console.error(JSON.stringify(measured.at(-1)));
    }
    printTable(
      `one delivered and refilled container, by ${by}`,
      [by, 'operator', 'cluster', 'other', 'whole', '× real time'],
      measured.map(({ size, cpu, whole, speed }) => [
        String(size[by]),
        ...[cpu.operator, cpu.cluster, cpu.other, whole].map((value) => `${value.toFixed(2)} ms`),
        speed.toFixed(0),
      ]),
    );
    const exponent = fittedExponent(measured.map(({ size, cpu }) => [size[by], cpu.operator]));
    console.log(`  operator ~ ${by}^${exponent.toFixed(2)}  [aim ≤ 0.10, and at most 1 ms]`);
  }
}

async function measure(size: Size): Promise<Measured> {
  const t0 = performance.now();
  const world = await GrowthWorld.start(size);
  await world.run(1, claimsPerMinute);
  console.error('setup', performance.now() - t0);
  let containers = 0;
  const before = { cpu: process.cpuUsage(), at: performance.now() };
  const { shares, profile } = await profiled(async () => {
    containers = await world.run(minutes, claimsPerMinute);
  });
  const { user, system } = process.cpuUsage(before.cpu);
  const took = performance.now() - before.at;
  if (process.env['GROWTH_PROFILE'])
    writeFileSync(
      `${process.env['GROWTH_PROFILE']}-${size.stock}-${size.pools}-${size.waiting}-${size.open}.cpuprofile`,
      JSON.stringify(profile),
    );
  await world.stop();
  const each = (milliseconds: number) => milliseconds / containers;
  return {
    size,
    cpu: { operator: each(shares.operator), cluster: each(shares.cluster), other: each(shares.other) },
    whole: each((user + system) / 1000),
    speed: (minutes * 60_000) / took,
  };
}

/** The slope of the logarithms, by least squares. */
function fittedExponent(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const [mx, my] = [0, 1].map((i) => logs.reduce((sum, point) => sum + (point[i as 0 | 1] ?? 0), 0) / logs.length) as [
    number,
    number,
  ];
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  return covariance / logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}
