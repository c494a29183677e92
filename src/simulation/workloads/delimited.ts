/** Tables of text with a header: CSV, and Bitbrains' with semicolons. Cells may be quoted; none of the traces has quotes or line ends within. */
import { malformed, type TracePlace } from './malformed.js';

export interface DelimitedRow {
  readonly line: number;
  /** By the names of the columns. */
  cell(column: string): string;
}

export interface Delimited {
  readonly columns: readonly string[];
  readonly rows: readonly DelimitedRow[];
}

const bare = (cell: string): string => cell.trim().replace(/^"(.*)"$/, '$1');

/**
 * @param required columns, in any order; others are left alone
 * @throws CodedError `MALFORMED_TRACE` for an empty file, and for one that lacks columns
 */
export function readDelimited(file: string, text: string, separator: string, required: readonly string[]): Delimited {
  const [header = '', ...lines] = text.split(/\r?\n/);
  if (text.trim() === '') throw malformed({ file }, 'the file is empty');
  const columns = header
    .replace(/^\uFEFF/, '')
    .split(separator)
    .map(bare);
  const missing = required.filter((column) => !columns.includes(column));
  if (missing.length > 0)
    throw malformed(
      { file, line: 1 },
      `${missing.length === 1 ? 'a column is' : 'columns are'} missing: ${missing.join(', ')}`,
    );
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined) throw malformed({ file, line: 1 }, `the column ${twice} is there twice`);
  const places = new Map(columns.map((column, at) => [column, at]));
  const rows = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const cells = line.split(separator);
    if (cells.length !== columns.length)
      throw malformed({ file, line: index + 2 }, `it has ${cells.length} cells, the header has ${columns.length}`);
    return [{ line: index + 2, cell: (column: string) => bare(cells[places.get(column) ?? -1] ?? '') }];
  });
  if (rows.length === 0) throw malformed({ file }, 'there is nothing after the header');
  return { columns, rows };
}

/** A number of 0 or more, or why it is none. */
export function amountIn(row: DelimitedRow, column: string): number | string {
  const text = row.cell(column);
  const value = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) return `"${text.slice(0, 40)}" is not a number`;
  return value < 0 ? `${text} is negative` : value;
}

export const placeOf = (file: string, { line }: DelimitedRow, column: string): TracePlace => ({ file, line, column });
