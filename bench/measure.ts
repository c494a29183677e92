/** Times, rates and tables: what all benches share. */

export interface Row {
  readonly what: string;
  readonly figure: string;
  /** The limit measured in the same run, and how the figure compares. */
  readonly against?: string;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The exact `share`-quantile: the smallest value that at least that share of all does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const rate = (count: number, milliseconds: number): string => `${Math.round((count * 1000) / milliseconds)}/s`;

export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

export const percentiles = (values: readonly number[]): string =>
  [0.5, 0.9, 0.99].map((share) => ms(quantile(values, share))).join(' / ');

export function print(title: string, rows: readonly Row[]): void {
  const widths = [
    Math.max(...rows.map(({ what }) => what.length)),
    Math.max(...rows.map(({ figure }) => figure.length)),
  ] as const;
  console.log(`\n${title}`);
  for (const { what, figure, against = '' } of rows)
    console.log(`  ${what.padEnd(widths[0])}  ${figure.padStart(widths[1])}  ${against}`.trimEnd());
}

/** A table with a heading for each column: the first is text, the others are figures. */
export function printTable(title: string, header: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  console.log(`\n${title}`);
  for (const line of lines) console.log(`  ${line.map(pad).join('  ')}`.trimEnd());
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of Student's t distribution the 97.5 % quantile, by the degrees of freedom; beyond, that of the normal distribution is close. */
const quantiles = [
  12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1, 2.09,
];

/** Half of the 95 % confidence interval of the mean of some independent values; NaN of fewer than two. */
export function halfInterval(values: readonly number[]): number {
  const { length } = values;
  if (length < 2) return Number.NaN;
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (length - 1);
  return (quantiles[length - 2] ?? 1.96) * Math.sqrt(variance / length);
}

/** Waits until `met`, looking every few milliseconds; throws after `limit` milliseconds. */
export async function until(what: string, met: () => boolean | Promise<boolean>, limit = 120_000): Promise<void> {
  const end = performance.now() + limit;
  while (!(await met())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${limit} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
