/** The figures behind a chart, for those who cannot see it and those who want them exact. */
import { boxOf } from './box.js';
import { figureText, nameText } from './figures.js';
import type { BarChart, BoxPlot, Cell, Chart, HeatMap, LineChart, Table } from './report.js';

/** More rows than that are no reading matter: they are in result.json, or to be had from the trials. */
const mostRows = 200;

/** Of a chart with more than `mostRows` rows every n-th is there: `of` is how many there were. */
export function chartTable(chart: Chart): { readonly table: Table; readonly of: number } {
  const table = tableOf(chart);
  const every = Math.ceil(table.rows.length / mostRows);
  return {
    table: every > 1 ? { ...table, rows: table.rows.filter((_, at) => at % every === 0) } : table,
    of: table.rows.length,
  };
}

function tableOf(chart: Chart): Table {
  switch (chart.kind) {
    case 'line':
      return lineTable(chart);
    case 'bar':
      return barTable(chart);
    case 'box':
      return boxTable(chart);
    case 'heat':
      return heatTable(chart);
  }
}

/** A row for each x that any of the series has. */
function lineTable({ title, x, y, series }: LineChart): Table {
  const columns = series.map(
    ({ points, band }) =>
      new Map(points.map(([at, value], index): [number, Cell] => [at, withBand(value, band?.[index])])),
  );
  const all = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))]
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return {
    title,
    columns: [x, ...series.map(({ name }) => ({ label: name, ...unitOf(y) }))],
    rows: all.map((at) => [at, ...columns.map((column) => column.get(at) ?? null)]),
  };
}

/** An interval on both sides alike is a figure with its half; another one is said as it is. */
function withBand(value: number, band: readonly [number, number] | undefined): Cell {
  if (band === undefined) return value;
  const [low, high] = band;
  const half = (high - low) / 2;
  const even = Math.abs((low + high) / 2 - value) <= 1e-6 * Math.abs(half);
  if (even || !Number.isFinite(half)) return { value, half };
  return `${figureText(value)} (${figureText(low)} to ${figureText(high)})`;
}

const unitOf = ({ unit }: { readonly unit?: string }) => (unit === undefined ? {} : { unit });

function barTable({ title, category, y, categories, series }: BarChart): Table {
  return {
    title,
    columns: [category, ...series.map(({ name }) => ({ label: name, ...unitOf(y) }))],
    rows: categories.map((name, at) => [
      name,
      ...series.map(({ values, half }): Cell => {
        const value = values[at] ?? null;
        const width = half?.[at] ?? null;
        return value === null || width === null ? value : { value, half: width };
      }),
    ]),
  };
}

function boxTable({ title, category, y, boxes }: BoxPlot): Table {
  return {
    title,
    columns: [
      category,
      { label: 'values' },
      ...['smallest', 'lower quartile', 'median', 'upper quartile', 'largest'].map((label) => ({
        label,
        ...unitOf(y),
      })),
    ],
    rows: boxes.map(({ name, values }) => {
      const box = boxOf(values);
      const figures = box
        ? [box.low, box.lowerQuartile, box.median, box.upperQuartile, box.high]
        : [null, null, null, null, null];
      return [name, values.length, ...figures];
    }),
  };
}

/** As the map is where it is small; else what each row has. */
function heatTable({ title, y, value, columns, rows, values }: HeatMap): Table {
  if (columns.length <= mostColumns)
    return {
      title,
      columns: [y, ...columns.map((label) => ({ label: nameText(label), ...unitOf(value) }))],
      rows: rows.map((name, at) => [nameText(name), ...columns.map((_, column) => values[at]?.[column] ?? null)]),
    };
  return boxTable({
    kind: 'box',
    title,
    about: '',
    category: y,
    y: value,
    boxes: rows.map((name, at) => ({ name: nameText(name), values: (values[at] ?? []).filter((one) => one !== null) })),
  });
}

const mostColumns = 30;
