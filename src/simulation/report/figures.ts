/** How figures are written, in every report alike: the same on every machine, whatever its language. */
import type { Axis, Cell, Column } from './report.js';

/** `1.5e-6`. */
const exponential = (value: number): string => Number(value.toExponential(significant - 1)).toExponential();

const significant = 4;

/** What stands where there is no figure. */
export const none = '–';

/**
 * Four significant digits, and never fewer than the whole number has; thousands are set apart with commas. Below 0.0001 and from 10^15
 * on as `1.5e-6`. What is no number is `–`.
 *
 * @param digits after the point, in place of that
 */
export function figureText(value: number, digits?: number): string {
  if (!Number.isFinite(value)) return none;
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e15 || (digits === undefined && size < 1e-4))) return exponential(value);
  return grouped(digits === undefined ? rounded(value, decimalsOf(size)) : value.toFixed(atMost20(digits)));
}

/**
 * `12.3 ± 0.4`: half of the interval with one digit, two where the first is 1, and the figure as precise as it; both more precise where
 * nothing would be left of a small figure.
 */
export function intervalText(value: number, half: number, digits?: number): string {
  const size = Math.abs(half);
  if (!Number.isFinite(value)) return none;
  if (!Number.isFinite(half) || size === 0) return figureText(value, digits);
  if (digits !== undefined) return `${figureText(value, digits)} ± ${figureText(size, digits)}`;
  const power = exponentOf(size);
  const leading = Math.floor(size / 10 ** power + 1e-9);
  // of a figure that is smaller than its interval something is to be seen too
  const ofValue = value === 0 || Math.abs(value) > size ? 0 : 1 - exponentOf(Math.abs(value));
  const decimals = Math.max(0, (leading === 1 ? 1 : 0) - power, Math.min(ofValue, 3 - power));
  // of what would be all zeros, or has no place in fifteen digits, each stands for itself
  if (decimals > 12 || Math.abs(value) >= 1e12) return `${figureText(value)} ± ${figureText(size)}`;
  return `${grouped(value.toFixed(decimals))} ± ${grouped(size.toFixed(decimals))}`;
}

/** @param column its digits count where it says some */
export function cellText(cell: Cell, { digits }: Pick<Column, 'digits'> = {}): string {
  if (cell === null) return none;
  if (typeof cell === 'number') return figureText(cell, digits);
  if (typeof cell === 'object') return intervalText(cell.value, cell.half, digits);
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return cell;
}

/** A number, or none: what is set to the right. */
export const isFigure = (cell: Cell): boolean =>
  typeof cell === 'number' || (typeof cell === 'object' && cell !== null);

/** The name of a row or a column, which may be a number. */
export const nameText = (name: string | number): string => (typeof name === 'number' ? figureText(name) : name);

/** `energy (kWh)`. */
export const labelText = ({ label, unit }: Pick<Axis, 'label' | 'unit'>): string =>
  unit === undefined || unit === '' ? label : `${label} (${unit})`;

/** The power of ten of a number's first digit. */
const exponentOf = (size: number): number => Number(size.toExponential(15).split('e')[1]);

const decimalsOf = (size: number): number =>
  size === 0 || Number.isInteger(size) ? 0 : Math.max(0, significant - 1 - exponentOf(size));

/** Without zeros at the end; from 0.0001 on and below 10^15 numbers write themselves out. */
const rounded = (value: number, decimals: number): string => String(Number(value.toFixed(decimals)));

const atMost20 = (digits: number): number => Math.min(20, Math.max(0, Math.trunc(digits)));

/** `-0` is 0. */
function grouped(text: string): string {
  const [, sign = '', whole = '', rest = ''] = /^(-?)(\d+)(.*)$/.exec(text) ?? [];
  const zero = /^0*$/.test(whole) && /^\.?0*$/.test(rest);
  return `${zero ? '' : sign}${thousands(whole)}${rest}`;
}

/** `1,234,567`. */
const thousands = (digits: string): string =>
  digits.length <= 3 ? digits : `${thousands(digits.slice(0, -3))},${digits.slice(-3)}`;
