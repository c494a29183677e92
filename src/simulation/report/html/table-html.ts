import { formatCell, withUnit } from '../format.js';
import type { Cell, Table } from '../report.js';
import { escaped } from './escape.js';

/** Rows beyond these are in the files beside the report. */
const mostRows = 500;

export function tableHtml({ title, columns, rows }: Table): string {
  const isText = columns.map((_, at) => rows.some((row) => typeof row[at] === 'string'));
  const kind = (at: number) => (isText[at] === true ? ' class="text"' : '');
  const cell = (value: Cell, at: number) => `<td${kind(at)}>${escaped(formatCell(value, columns[at]))}</td>`;
  const body = rows
    .slice(0, mostRows)
    .map((row) => `<tr>${columns.map((_, at) => cell(row[at] ?? null, at)).join('')}</tr>`);
  const more =
    rows.length > mostRows ? `<p class="note">${rows.length - mostRows} more rows are in result.json.</p>` : '';
  return [
    `<div class="scroll"><table><caption>${escaped(title)}</caption>`,
    `<thead><tr>${columns.map((column, at) => `<th scope="col"${kind(at)}>${escaped(withUnit(column))}</th>`).join('')}</tr></thead>`,
    `<tbody>${body.join('')}</tbody></table></div>${more}`,
  ].join('');
}
