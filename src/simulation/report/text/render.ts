/** Reports in a terminal: tables, and small charts above them. */
import { hasFigures } from '../chart-numbers.js';
import type { Chart, Report, Section, Table } from '../report.js';
import { barChart } from './bar-chart.js';
import { boxPlot } from './box-plot.js';
import { type Paint, paintFor } from './colors.js';
import { heatMap } from './heat-map.js';
import { lineChart } from './line-chart.js';
import { wrap } from './lines.js';
import { tableLines } from './table.js';

export interface TextOptions {
  /** Columns; at least 40 are used. */
  readonly width: number;
  readonly color: boolean;
}

/** The report as text that ends with a new line. Of what would move the cursor nothing is left. */
export function renderText({ title, summary, sections }: Report, { width, color }: TextOptions): string {
  const columns = Math.max(40, Math.floor(width));
  const paint = paintFor(color);
  const blocks = [
    wrap(title, columns).map((line) => paint.bold(line)),
    ...summary.map((text) => wrap(text, columns)),
    ...sections.flatMap((section) => sectionBlocks(section, columns, paint)),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

type Lines = readonly string[];

function sectionBlocks(section: Section, width: number, paint: Paint): readonly Lines[] {
  const { heading, text = [], charts = [], tables = [] } = section;
  return [
    wrap(heading, width).map((line) => paint.bold(line)),
    ...text.map((one) => wrap(one, width)),
    ...charts.map((chart) => [...titleOf(chart, width, paint), ...chartLines(chart, width, paint)]),
    ...tables.map((table) => [
      ...titleOf(table, width, paint),
      ...(table.rows.length === 0 ? ['nothing'] : tableLines(table, width)),
    ]),
  ];
}

const titleOf = ({ title }: Chart | Table, width: number, paint: Paint): Lines =>
  wrap(title, width).map((line) => paint.underline(line));

function chartLines(chart: Chart, width: number, paint: Paint): Lines {
  if (!hasFigures(chart)) return ['no figures'];
  switch (chart.kind) {
    case 'line':
      return lineChart(chart, width, paint);
    case 'bar':
      return barChart(chart, width, paint);
    case 'box':
      return boxPlot(chart, width, paint);
    case 'heat':
      return heatMap(chart, width);
  }
}
