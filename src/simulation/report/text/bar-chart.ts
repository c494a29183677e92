import { type Extent, extentOf, shareOf } from '../extent.js';
import { figureText, intervalText, labelText } from '../figures.js';
import type { BarChart } from '../report.js';
import { paintOf, type Paint } from './colors.js';
import { cut, padEnd, plain, widthOf, wrap } from './lines.js';

/** More bars than that are for the other reports. */
const mostBars = 15;

interface Bar {
  readonly name: string;
  readonly value: number | null;
  readonly figure: string;
  readonly series: number;
}

/** Bars that lie, with their figures at the end; stacked ones stand below one another. */
export function barChart(chart: BarChart, width: number, paint: Paint): readonly string[] {
  const all = barsOf(chart);
  const bars = all.slice(0, mostBars);
  const values = bars.flatMap(({ value }) => value ?? []);
  const extent = extentOf(chart.y, chart.y.scale === 'log' ? values : [0, ...values], 4);
  const longest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
  const names = Math.min(Math.floor(width * 0.4), longest(bars.map(({ name }) => name)));
  const figures = longest(bars.map(({ figure }) => figure));
  const room = Math.max(4, width - names - figures - 2);
  return [
    ...wrap(labelText(chart.y), width),
    ...bars.map(({ name, value, figure, series }) => {
      const drawn = paintOf(paint, series)(barOf(extent, value, room));
      return barLine(`${padEnd(cut(name, names), names)} `, drawn, ` ${figure}`, width, names + 1 + room);
    }),
    ...(all.length > bars.length ? [cut(`and ${all.length - bars.length} more: see the HTML report`, width)] : []),
    ...(chart.lines ?? [])
      .filter(({ axis }) => axis === 'y')
      .flatMap(({ label, value }) => wrap(`${label}: ${figureText(value)}`, width)),
  ];
}

function barLine(before: string, drawn: string, figure: string, width: number, used: number): string {
  return `${before}${drawn}${cut(figure, Math.max(0, width - used))}`.trimEnd();
}

function barsOf({ categories, series }: BarChart): readonly Bar[] {
  return categories.flatMap((category, at) =>
    series.map(({ name, values, half }, index) => {
      const value = values[at] ?? null;
      const known = value !== null && Number.isFinite(value);
      return {
        name: plain(series.length > 1 ? `${category} ${name}` : category),
        value: known ? value : null,
        figure: known ? intervalText(value, half?.[at] ?? 0) : figureText(Number.NaN),
        series: index,
      };
    }),
  );
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** From zero, or from the axis' beginning where zero is not on it; exactly `room` columns. */
function barOf(extent: Extent, value: number | null, room: number): string {
  const zero = shareOf(extent, 0) ?? 0;
  const share = value === null ? undefined : shareOf(extent, value);
  if (share === undefined) return ' '.repeat(room);
  if (share < zero) {
    const from = Math.min(room, Math.round(share * room));
    const to = Math.max(from, Math.round(zero * room));
    return padEnd(' '.repeat(from) + '█'.repeat(to - from), room);
  }
  const from = Math.round(zero * room);
  const parts = Math.max(0, Math.round((share * room - from) * 8));
  return padEnd(' '.repeat(from) + '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? ''), room);
}
