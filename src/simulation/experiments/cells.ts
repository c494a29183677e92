/** Figures of rows for reports. */
import type { Cell } from '../report/report.js';
import type { Row } from '../run/result.js';

/** NaN where there is none. */
export function figure(row: Row, name: string): number {
  const value = row[name];
  return typeof value === 'number' ? value : Number.NaN;
}

/** A figure with its interval, text, or nothing. */
export function cell(row: Row, name: string): Cell {
  const value = row[name];
  const half = row.interval?.[name];
  if (typeof value === 'number') return half === undefined || half === 0 ? value : { value, half };
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

/** Text of a row, such as where in the sweep it stands; figures as text. Empty where there is none. */
export function text(row: Row, name: string): string {
  const value = row[name];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
