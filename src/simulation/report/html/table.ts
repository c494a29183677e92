import { cellText, isFigure, labelText } from '../figures.js';
import type { Table } from '../report.js';
import { escape } from './escape.js';

/** A table that can be scrolled sideways where the page is narrow. Figures are to the right, and so are the headings over them. */
export function tableOf({ title, columns, rows }: Table): string {
  const right = columns.map((_, at) => rows.some((row) => isFigure(row[at] ?? null)));
  const align = (at: number) => (right[at] === true ? ' class="figure"' : '');
  const head = columns.map((column, at) => `<th scope="col"${align(at)}>${escape(labelText(column))}</th>`);
  const body = rows.map((row) => {
    const cells = columns.map((column, at) => {
      const tag = at === 0 ? 'th scope="row"' : 'td';
      return `<${tag}${align(at)}>${escape(cellText(row[at] ?? null, column))}</${at === 0 ? 'th' : 'td'}>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return [
    '<div class="scroll" tabindex="0"><table>',
    `<caption>${escape(title)}</caption>`,
    `<thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>\n${body.join('\n')}\n</tbody>`,
    '</table></div>',
  ].join('\n');
}
