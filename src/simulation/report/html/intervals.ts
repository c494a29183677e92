/** Intervals, which echarts has no series for: bands along curves, and whiskers on bars. */
import type { CustomSeriesOption } from 'echarts/charts';
import type { BarChart, LineChart } from '../report.js';
import { styleOf } from './style-of-series.js';

/** The area between low and high along a curve. */
export function bandOf(series: LineChart['series'], at: number, shown: (value: number) => boolean): CustomSeriesOption {
  const { points = [], band = [] } = series[at] ?? {};
  const parts = points.flatMap(([x], index) => {
    const [low, high] = band[index] ?? [Number.NaN, Number.NaN];
    return Number.isFinite(low) && shown(high) ? [{ x, low, high }] : [];
  });
  // what has no place on a logarithmic axis goes down to the least that has
  const least = parts.reduce((all, { low }) => (shown(low) ? Math.min(all, low) : all), Number.POSITIVE_INFINITY);
  const outline = [
    ...parts.map(({ x, high }) => [x, high]),
    ...parts.toReversed().map(({ x, low, high }) => [x, shown(low) ? low : Math.min(least, high)]),
  ];
  return {
    type: 'custom',
    silent: true,
    // one item, within the range of the axes
    data: outline.slice(0, 1),
    renderItem: (_params, api) => ({
      type: 'polygon',
      shape: { points: outline.map((point) => api.coord(point)) },
      style: { fill: styleOf(at).color, opacity: 0.16 },
    }),
  };
}

/** A whisker on each bar that has an interval. */
export function intervalsOf(series: BarChart['series'], at: number): CustomSeriesOption {
  const { values = [], half = [] } = series[at] ?? {};
  const bars = values.flatMap((value, index) => {
    const interval = half[index];
    return value !== null && interval ? [[index, value - interval, value + interval]] : [];
  });
  return {
    type: 'custom',
    silent: true,
    data: bars,
    z: 3,
    renderItem(_params, api) {
      const [category, low, high] = [Number(api.value(0)), Number(api.value(1)), Number(api.value(2))];
      const layout = api.barLayout({ count: series.length, barMaxWidth: 44 });
      const offset = layout?.[at]?.offsetCenter ?? 0;
      const [x = 0, top = 0] = api.coord([category, high]);
      const [, bottom = 0] = api.coord([category, low]);
      const style = { stroke: whisker, lineWidth: 1.5 };
      const line = (x1: number, y1: number, x2: number, y2: number) =>
        ({ type: 'line', shape: { x1, y1, x2, y2 }, style }) as const;
      const middle = x + offset;
      return {
        type: 'group',
        children: [
          line(middle, top, middle, bottom),
          line(middle - 4, top, middle + 4, top),
          line(middle - 4, bottom, middle + 4, bottom),
        ],
      };
    },
  };
}

/** Stands for the colour of text: see `placeholders`. */
const whisker = '#010203';
