/** How figures are written in reports: the same in HTML and in the terminal, and on every machine. */
import type { Axis, Cell, Column } from './report.js';

const significant = 4;
/** From here on the zeros before the first digit would be more than the digits. */
const smallest = 1e-4;
const largest = 1e15;

/** Four significant digits, whole numbers whole, thousands with commas; what there is none of is a dash. */
export function formatNumber(value: number, digits?: number): string {
  if (!Number.isFinite(value))
    return value === Number.POSITIVE_INFINITY ? '∞' : value === Number.NEGATIVE_INFINITY ? '−∞' : '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < smallest || size >= largest)) return signed(value.toExponential(significant - 1));
  return signed(grouped(digits === undefined ? rounded(value) : value.toFixed(digits)));
}

function rounded(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const digits = Math.max(0, significant - 1 - Math.floor(Math.log10(Math.abs(value))));
  const text = value.toFixed(digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** A real minus sign is as wide as a digit. */
const signed = (text: string): string => (/^-[0.,]*$/.test(text) ? text.slice(1) : text.replace(/^-/, '−'));

function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const commas = whole.replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? commas : `${commas}.${fraction}`;
}

/** The interval has two significant digits, and the figure as many as the interval. */
function formatInterval(
  { value, half }: { readonly value: number; readonly half: number },
  digits: number | undefined,
): string {
  const places = digits ?? Math.max(0, 1 - Math.floor(Math.log10(half)));
  if (!Number.isFinite(places) || places > 12) return `${formatNumber(value)} ± ${formatNumber(half)}`;
  return `${formatNumber(value, places)} ± ${formatNumber(half, places)}`;
}

export function formatCell(cell: Cell, { digits }: Pick<Column, 'digits'> = {}): string {
  if (cell === null) return '–';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return formatNumber(cell, digits);
  return formatInterval(cell, digits);
}

export const withUnit = ({ label, unit }: Pick<Axis, 'label' | 'unit'>): string =>
  unit === undefined ? label : `${label} (${unit})`;
