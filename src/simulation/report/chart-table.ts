/** The table behind a chart: what it shows, as figures. */
import { withUnit } from './format.js';
import { quartilesOf } from './quartiles.js';
import type { BarChart, BoxPlot, Cell, Chart, HeatMap, LineChart, Table } from './report.js';

export function tableOf(chart: Chart): Table {
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

/** A row for each x of any series. */
function lineTable({ title, x, series }: LineChart): Table {
  const values = new Map<number, Cell[]>();
  for (const [at, { points, band }] of series.entries())
    for (const [index, [px, py]] of points.entries()) {
      const row = values.get(px) ?? series.map(() => null);
      const [low, high] = band?.[index] ?? [py, py];
      row[at] = high > low ? { value: py, half: (high - low) / 2 } : py;
      values.set(px, row);
    }
  const rows = [...values].sort(([a], [b]) => a - b).map(([px, cells]): Cell[] => [px, ...cells]);
  return { title, columns: [{ label: withUnit(x) }, ...series.map(({ name }) => ({ label: name }))], rows };
}

function barTable({ title, category, categories, series }: BarChart): Table {
  return {
    title,
    columns: [{ label: withUnit(category) }, ...series.map(({ name }) => ({ label: name }))],
    rows: categories.map((name, at) => [
      name,
      ...series.map(({ values, half }): Cell => {
        const [value, interval] = [values[at] ?? null, half?.[at]];
        return value !== null && interval ? { value, half: interval } : value;
      }),
    ]),
  };
}

function boxTable({ title, category, boxes }: BoxPlot): Table {
  const labels = ['least', 'first quartile', 'median', 'third quartile', 'greatest', 'values'];
  return {
    title,
    columns: [{ label: withUnit(category) }, ...labels.map((label) => ({ label }))],
    rows: boxes.map(({ name, values }) => [name, ...quartilesOf(values), values.length]),
  };
}

function heatTable({ title, x, y, rows, columns, values }: HeatMap): Table {
  return {
    title,
    columns: [{ label: `${withUnit(y)} / ${withUnit(x)}` }, ...columns.map((label) => ({ label: String(label) }))],
    rows: rows.map((label, row) => [String(label), ...columns.map((_, column) => values[row]?.[column] ?? null)]),
  };
}
