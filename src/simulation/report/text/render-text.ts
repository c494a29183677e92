/** A report for the terminal. */
import { formatCell, withUnit } from '../format.js';
import type { Report, Section, Table } from '../report.js';
import { textChart } from './text-chart.js';

/** Rows beyond these are in the files. */
const mostRows = 60;

export function renderText(report: Report, width: number): string {
  const lines = [
    report.title,
    '',
    ...report.summary.flatMap((text) => wrapped(text, width)),
    ...report.sections.flatMap((section) => sectionText(section, width)),
  ];
  return `${lines.map((line) => cut(line, width)).join('\n')}\n`;
}

function sectionText({ heading, text = [], charts = [], tables = [] }: Section, width: number): readonly string[] {
  return [
    '',
    heading,
    '',
    ...text.flatMap((one) => wrapped(one, width)),
    ...charts.flatMap((chart) => ['', chart.title, ...textChart(chart, width - 2).map((line) => `  ${line}`)]),
    ...tables.flatMap((one) => ['', ...tableText(one, width)]),
  ];
}

/** At spaces; a word that is longer than the line stands on one of its own. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

const cut = (line: string, width: number): string => (line.length > width ? `${line.slice(0, width - 1)}…` : line);

const gap = '  ';

/** Where the columns have no room beside one another, the row's cells stand below one another. */
function tableText({ title, columns, rows }: Table, width: number): readonly string[] {
  const shown = rows.slice(0, mostRows);
  const heads = columns.map((column) => withUnit(column).toUpperCase());
  const cells = shown.map((row) => columns.map((column, at) => formatCell(row[at] ?? null, column)));
  const isText = columns.map((_, at) => shown.some((row) => typeof row[at] === 'string'));
  const widths = heads.map((head, at) =>
    cells.reduce((most, row) => Math.max(most, (row[at] ?? '').length), head.length),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => (isText[at] === true ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join(gap)
      .trimEnd();
  const more = rows.length > mostRows ? [`… ${rows.length - mostRows} more rows in result.json`] : [];
  const fits = widths.reduce((sum, one) => sum + one + gap.length, -gap.length) <= width;
  if (fits) return [title, line(heads), ...cells.map(line), ...more];
  return [
    title,
    ...cells.flatMap((row) => ['', ...row.flatMap((cell, at) => wrapped(`${heads[at] ?? ''}: ${cell}`, width))]),
    ...more,
  ];
}
