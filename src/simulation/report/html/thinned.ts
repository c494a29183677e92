import type { LineChart } from '../report.js';

type Series = LineChart['series'][number];

/** More points than that are no wider than a pixel each. */
const mostPoints = 600;

/** Of long series the smallest and the largest of each stretch, in their order, so that no peak is lost. */
export function thinned(series: Series): Series {
  const { points, band } = series;
  if (points.length <= mostPoints) return series;
  const stretch = Math.ceil((2 * points.length) / mostPoints);
  const kept: number[] = [];
  for (let from = 0; from < points.length; from += stretch) {
    const to = Math.min(points.length, from + stretch);
    kept.push(...extremes(points, from, to));
  }
  const indices = [...new Set([0, ...kept, points.length - 1])].sort((a, b) => a - b);
  return {
    ...series,
    points: pick(points, indices),
    ...(band !== undefined && { band: pick(band, indices) }),
  };
}

function extremes(points: Series['points'], from: number, to: number): readonly number[] {
  let [low, high] = [from, from];
  for (let index = from; index < to; index++) {
    if (valueAt(points, index) < valueAt(points, low)) low = index;
    if (valueAt(points, index) > valueAt(points, high)) high = index;
  }
  return low < high ? [low, high] : [high, low];
}

const valueAt = (points: Series['points'], index: number): number => points[index]?.[1] ?? Number.NaN;

const pick = <T>(items: readonly T[], indices: readonly number[]): readonly T[] =>
  indices.flatMap((index) => {
    const item = items[index];
    return item === undefined ? [] : [item];
  });
