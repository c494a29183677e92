/** Times, rates and tables: what all benches share. */
import { quantile } from '../src/support/statistics.js';

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

/** Waits until `met`, looking every few milliseconds; throws after `limit` milliseconds. */
export async function until(what: string, met: () => boolean | Promise<boolean>, limit = 120_000): Promise<void> {
  const end = performance.now() + limit;
  while (!(await met())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${limit} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
