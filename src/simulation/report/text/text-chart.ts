/** Charts in a few lines of text: the shape of things, with the ends of the scale; the figures are in the tables. */
import { formatNumber, withUnit } from '../format.js';
import { quartilesOf } from '../quartiles.js';
import type { BarChart, BoxPlot, Chart, HeatMap, LineChart } from '../report.js';
import { type Scale, scaleOf } from '../scale.js';
import { sparkline } from './sparkline.js';

const mostLines = 14;
const longestName = 26;

export function textChart(chart: Chart, width: number): readonly string[] {
  switch (chart.kind) {
    case 'line':
      return lineChart(chart, width);
    case 'bar':
      return barChart(chart, width);
    case 'box':
      return boxPlot(chart, width);
    case 'heat':
      return heatMap(chart, width);
  }
}

const ends = ({ low, high }: Scale): string => `${formatNumber(low)} to ${formatNumber(high)}`;

/** A name in a column of its own, cut where it is too long. */
function namesOf(names: readonly string[]): { readonly width: number; pad(name: string): string } {
  const width = Math.min(
    longestName,
    names.reduce((most, name) => Math.max(most, name.length), 0),
  );
  const cut = (name: string) => (name.length > width ? `${name.slice(0, width - 1)}…` : name);
  return { width, pad: (name) => cut(name).padEnd(width) };
}

function limited(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines - 1), `… ${lines.length - mostLines + 1} more`];
}

/** A sparkline for each series, all on one scale. */
function lineChart({ x, y, series }: LineChart, width: number): readonly string[] {
  const scale = scaleOf(
    series.flatMap(({ points }) => points.map(([, value]) => value)),
    y,
  );
  const across = scaleOf(
    series.flatMap(({ points }) => points.map(([value]) => value)),
    x,
  );
  const names = namesOf(series.map(({ name }) => name));
  const room = width - names.width - 2;
  const rows = series.map(({ name, points }) => {
    // by their places: points need not be evenly spaced
    const columns = Array.from<number | null>({ length: Math.min(room, Math.max(1, points.length)) }).fill(null);
    for (const [px, py] of points) {
      const place = across.at(px);
      if (!Number.isNaN(place)) columns[Math.min(columns.length - 1, Math.floor(place * columns.length))] = py;
    }
    return `${names.pad(name)}  ${sparkline(columns, scale, room)}`.trimEnd();
  });
  return [
    ...limited(rows),
    `${withUnit(y)} ${ends(scale)}; ${withUnit(x)} ${ends(across)}${y.scale === 'log' ? '; logarithmic' : ''}`,
  ];
}

const bar = '█';
const parts = ' ▏▎▍▌▋▊▉';

function barChart({ y, categories, series }: BarChart, width: number): readonly string[] {
  const values = series.flatMap((one) => one.values).filter((value) => value !== null);
  const low = y.min ?? Math.min(0, ...values);
  const scale = scaleOf(values, { ...y, min: y.scale === 'log' ? y.min : low });
  const several = series.length > 1;
  const entries = categories.flatMap((category, at) =>
    series.map(({ name, values: own }) => ({
      name: several ? `${category}, ${name}` : category,
      value: own[at] ?? null,
    })),
  );
  const names = namesOf(entries.map(({ name }) => name));
  const figures = entries.map(({ value }) => (value === null ? '–' : formatNumber(value)));
  const figureWidth = figures.reduce((most, text) => Math.max(most, text.length), 0);
  const room = Math.max(4, width - names.width - figureWidth - 4);
  const rows = entries.map(({ name, value }, at) => {
    const place = value === null ? Number.NaN : scale.at(value);
    return `${names.pad(name)}  ${(figures[at] ?? '').padStart(figureWidth)}  ${Number.isNaN(place) ? '' : filled(place * room)}`.trimEnd();
  });
  return [...limited(rows), withUnit(y)];
}

function filled(length: number): string {
  const whole = Math.floor(length);
  return `${bar.repeat(whole)}${parts[Math.floor((length - whole) * parts.length)] ?? ''}`.trimEnd();
}

function boxPlot({ y, boxes }: BoxPlot, width: number): readonly string[] {
  const scale = scaleOf(
    boxes.flatMap(({ values }) => [...values]),
    y,
  );
  const names = namesOf(boxes.map(({ name }) => name));
  const room = Math.max(8, width - names.width - 2);
  const rows = boxes.map(({ name, values }) => `${names.pad(name)}  ${box(values, scale, room)}`.trimEnd());
  return [
    ...limited(rows),
    `${withUnit(y)} ${ends(scale)}: least ├ first quartile ▒ median █ third quartile ┤ greatest`,
  ];
}

function box(values: readonly number[], scale: Scale, room: number): string {
  const places = quartilesOf(values).map((value) => scale.at(value));
  if (places.some((place) => Number.isNaN(place))) return '';
  const [least = 0, first = 0, middle = 0, third = 0, greatest = 0] = places.map((place) =>
    Math.round(place * (room - 1)),
  );
  return Array.from({ length: greatest + 1 }, (_, at) => {
    if (at === middle) return '█';
    if (at >= first && at <= third) return '▒';
    if (at === least) return '├';
    if (at === greatest) return '┤';
    return at > least ? '─' : ' ';
  }).join('');
}

const shades = ' ░▒▓█';

function heatMap({ x, y, rows, columns, value, values }: HeatMap, width: number): readonly string[] {
  const scale = scaleOf(
    values.flat().filter((one) => one !== null),
    value,
  );
  const names = namesOf(rows.map(String));
  const room = Math.max(1, width - names.width - 2);
  const step = Math.max(1, Math.ceil(rows.length / mostLines));
  const wide = Math.max(1, Math.ceil(columns.length / room));
  const lines = Array.from({ length: Math.ceil(rows.length / step) }, (_, line) => {
    const cells = Array.from({ length: Math.ceil(columns.length / wide) }, (_cell, at) =>
      shade(
        values.slice(line * step, (line + 1) * step).flatMap((row) => row.slice(at * wide, (at + 1) * wide)),
        scale,
      ),
    );
    return `${names.pad(String(rows[line * step] ?? ''))}  ${cells.join('')}`.trimEnd();
  });
  return [...lines, `${withUnit(value)} ${ends(scale)}, the darker the more; ${withUnit(y)} by ${withUnit(x)}`];
}

/** Of the mean of some cells. */
function shade(cells: readonly (number | null)[], scale: Scale): string {
  const places = cells.filter((one) => one !== null).map((one) => scale.at(one));
  if (places.length === 0) return '·';
  const place = places.reduce((sum, one) => sum + one, 0) / places.length;
  return shades[Math.min(shades.length - 1, Math.floor(place * shades.length))] ?? ' ';
}
