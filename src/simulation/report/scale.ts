/** Where a value stands between the ends of an axis, for charts that are drawn here. */
import type { Axis } from './report.js';

export interface Scale {
  readonly low: number;
  readonly high: number;
  /** From 0 to 1; NaN for what a logarithmic axis cannot show. */
  at(value: number): number;
}

export function scaleOf(
  values: readonly number[],
  { scale, min, max }: Pick<Axis, 'scale' | 'min' | 'max'> = {},
): Scale {
  const isLog = scale === 'log';
  const shown = values.filter((value) => Number.isFinite(value) && (!isLog || value > 0));
  const low = min ?? shown.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = max ?? shown.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (!(low <= high)) return { low: 0, high: 0, at: () => Number.NaN };
  const place = isLog ? Math.log10 : (value: number) => value;
  const [from, to] = [place(low), place(high)];
  return {
    low,
    high,
    at: (value) => {
      if (isLog && value <= 0) return Number.NaN;
      return to > from ? Math.min(1, Math.max(0, (place(value) - from) / (to - from))) : 0.5;
    },
  };
}
