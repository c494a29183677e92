import { cellText, isFigure, labelText } from '../figures.js';
import type { Table } from '../report.js';
import { cut, padEnd, padStart, plain, widthOf, wrap } from './lines.js';

const gap = 3;

/** Columns with a header in capitals, as kubectl prints them, figures to the right; where the terminal is too narrow a block for each row. */
export function tableLines({ columns, rows }: Table, width: number): readonly string[] {
  const header = columns.map(({ label, unit }) =>
    plain(labelText({ label: label.toUpperCase(), ...(unit !== undefined && { unit }) })),
  );
  const cells = rows.map((row) => columns.map((column, at) => plain(cellText(row[at] ?? null, column))));
  const right = columns.map((_, at) => rows.some((row) => isFigure(row[at] ?? null)));
  // headings are broken between words before columns become wider than their cells
  const widths = columns.map((_, at) =>
    Math.max(
      longestWord(header[at] ?? ''),
      cells.reduce((most, row) => Math.max(most, widthOf(row[at] ?? '')), 0),
    ),
  );
  const wanted = columns.map((_, at) => Math.max(widths[at] ?? 0, widthOf(header[at] ?? '')));
  const fitting = [wanted, widths].find((all) => total(all) <= width);
  if (!fitting) return blocks(header, cells, width);
  const aligned = (row: readonly string[]) =>
    row
      .map((cell, at) => (right[at] === true ? padStart : padEnd)(cell, fitting[at] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd();
  return [...headings(header, fitting).map(aligned), ...cells.map(aligned)];
}

const total = (widths: readonly number[]): number =>
  widths.reduce((sum, one) => sum + one, 0) + gap * Math.max(0, widths.length - 1);

const longestWord = (text: string): number => text.split(' ').reduce((most, word) => Math.max(most, widthOf(word)), 1);

/** The last line of each heading stands above the cells. */
function headings(header: readonly string[], widths: readonly number[]): readonly (readonly string[])[] {
  const wrapped = header.map((title, at) => wrap(title, widths[at] ?? 1));
  const height = wrapped.reduce((most, lines) => Math.max(most, lines.length), 1);
  return Array.from({ length: height }, (_, line) =>
    wrapped.map((lines) => lines[line - (height - lines.length)] ?? ''),
  );
}

function blocks(header: readonly string[], rows: readonly (readonly string[])[], width: number): readonly string[] {
  const names = Math.min(
    Math.floor(width * 0.6),
    header.reduce((most, title) => Math.max(most, widthOf(title)), 0),
  );
  return rows.flatMap((row, index) => [
    ...(index === 0 ? [] : ['']),
    ...row.flatMap((cell, at) => {
      const [first = '', ...others] = wrap(cell, Math.max(1, width - names - 2));
      const indent = ' '.repeat(names + 2);
      return [
        `${padEnd(cut(header[at] ?? '', names), names)}  ${first}`.trimEnd(),
        ...others.map((line) => indent + line),
      ];
    }),
  ]);
}
