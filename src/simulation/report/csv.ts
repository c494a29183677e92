import type { Result } from '../run/result.js';

/** The rows as CSV (RFC 4180): a column for each figure, and one with half of its 95 % interval beside those that have one. */
export function csvOf({ rows }: Pick<Result, 'rows'>): string {
  const columns: string[] = [];
  for (const row of rows)
    for (const name of Object.keys(row)) if (name !== 'interval' && !columns.includes(name)) columns.push(name);
  const intervals = columns.filter((name) => rows.some(({ interval }) => interval?.[name] !== undefined));
  const header = [...columns, ...intervals.map((name) => `${name}Interval`)];
  const lines = rows.map((row) => [
    ...columns.map((name) => row[name]),
    ...intervals.map((name) => row.interval?.[name]),
  ]);
  return [header, ...lines].map((line) => `${line.map(quoted).join(',')}\r\n`).join('');
}

function quoted(value: unknown): string {
  const text = textOf(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What there is none of is empty. */
function textOf(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  if (typeof value === 'string') return inert(value);
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

/** Spreadsheets take text that begins so for a formula, and run it. */
const inert = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
