import type { Axis } from './report.js';

/** From where to where an axis goes, and the distance between its ticks (of a logarithmic one: in powers of ten). */
export interface Extent {
  readonly scale: 'linear' | 'log';
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/**
 * Round ends and steps (1, 2 or 5 times a power of ten) around the values. What a logarithmic axis cannot show, zero and below, does not
 * count; where nothing else is left the axis is linear.
 *
 * @param ticks about how many there is room for
 */
export function extentOf(axis: Axis, values: readonly number[], ticks: number): Extent {
  const known = [...values, axis.min ?? Number.NaN, axis.max ?? Number.NaN].filter((value) => Math.abs(value) < huge);
  const positive = known.filter((value) => value > 1 / huge);
  if (axis.scale === 'log' && positive.length > 0) return logarithmic(axis, positive, ticks);
  const low = axis.min ?? smallest(known) ?? 0;
  const high = axis.max ?? largest(known) ?? 1;
  // values that are all but the same get some room around them
  const size = Math.max(Math.abs(low), Math.abs(high));
  const apart = high - low > Math.max(size * 1e-9, 1 / huge);
  const room = size > 1 / huge ? size * 0.1 : 1;
  const [from, to] = apart ? [low, high] : [low - room, low + room];
  const step = niceStep((to - from) / Math.max(1, ticks));
  const ends = { min: Math.floor(from / step + 1e-9) * step, max: Math.ceil(to / step - 1e-9) * step };
  // where the axis begins or ends is said at times
  return {
    scale: 'linear',
    min: apart ? (axis.min ?? ends.min) : ends.min,
    max: apart ? (axis.max ?? ends.max) : ends.max,
    step,
  };
}

/** Beyond that no axis is drawn: sums with it would be infinite. */
const huge = 1e250;

function logarithmic(axis: Axis, positive: readonly number[], ticks: number): Extent {
  const given = (value: number | undefined) => (value !== undefined && value > 0 ? value : undefined);
  const from = Math.floor(Math.log10(given(axis.min) ?? smallest(positive) ?? 1) + 1e-9);
  const to = Math.max(from + 1, Math.ceil(Math.log10(given(axis.max) ?? largest(positive) ?? 1) - 1e-9));
  const step = Math.max(1, Math.ceil((to - from) / Math.max(1, ticks)));
  return { scale: 'log', min: 10 ** from, max: 10 ** to, step };
}

/** Not by spreading: there may be more values than a call takes arguments. */
export const smallest = (values: readonly number[]): number | undefined =>
  values.reduce<number | undefined>(
    (least, value) => (least === undefined || value < least ? value : least),
    undefined,
  );
export const largest = (values: readonly number[]): number | undefined =>
  values.reduce<number | undefined>((most, value) => (most === undefined || value > most ? value : most), undefined);

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((one) => one * power >= rough * 0.999_999) ?? 10;
  return factor * power;
}

/** Where a value is on the axis, from 0 to 1; undefined of what the axis does not show. */
export function shareOf({ scale, min, max }: Extent, value: number): number | undefined {
  if (!Number.isFinite(value) || (scale === 'log' && value <= 0)) return undefined;
  const share =
    scale === 'log' ? (Math.log(value) - Math.log(min)) / (Math.log(max) - Math.log(min)) : (value - min) / (max - min);
  return share >= -1e-9 && share <= 1 + 1e-9 ? Math.min(1, Math.max(0, share)) : undefined;
}

export function ticksOf({ scale, min, max, step }: Extent): readonly number[] {
  const ticks: number[] = [];
  if (scale === 'log') {
    const last = Math.round(Math.log10(max));
    for (let power = Math.round(Math.log10(min)); power <= last; power += step) ticks.push(10 ** power);
    return ticks;
  }
  const first = Math.ceil(min / step - 1e-9);
  for (let count = first; count * step <= max + step * 1e-9; count++) ticks.push(clean(count * step));
  return ticks;
}

/** 0.30000000000000004 is 0.3. */
const clean = (value: number): number => Number(value.toPrecision(12));
