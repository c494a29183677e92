import type { CustomSeriesOption } from 'echarts/charts';
import type { BarChart } from '../report.js';
import type { Extent } from '../extent.js';
import {
  categoryAxis,
  extentWithLines,
  type Frame,
  isShown,
  textWidth,
  valueAxis,
  widthOfNames,
  widthOfTicks,
} from './axes.js';
import type { Drawing } from './drawing.js';
import { referenceLines } from './reference-lines.js';
import { styleOf } from './series-style.js';

/** Of a category's width, what its bars take. */
const share = 0.76;

export function barDrawing(chart: BarChart, frame: Frame): Drawing {
  const { categories, series, lines = [], stacked = false } = chart;
  const lying = liesDown(categories, frame);
  const along = lying ? 'x' : 'y';
  const axis = stacked ? { ...chart.y, scale: 'linear' as const } : chart.y;
  const y = extentWithLines(axis, 'y', chart, [...(axis.scale === 'log' ? [] : [0]), ...ends(chart)], frame, along);
  const names = categoryAxis(categories, frame, lying);
  const perCategory = stacked ? 1 : Math.max(1, series.length);
  return {
    height: lying ? 48 + categories.length * (perCategory * 13 + 13) : frame.height,
    option: {
      grid: {
        left: lying ? widthOfNames(categories, frame) : widthOfTicks(y, frame),
        right: 24,
        top: 12,
        bottom: 32,
      },
      xAxis: lying ? valueAxis(y, frame) : names,
      yAxis: lying ? names : valueAxis(y, frame),
      series: [
        ...series.map(({ values }, index) => ({
          type: 'bar',
          silent: true,
          data: categories.map((_, at) => shownValue(values[at], y)),
          barGap: '0%',
          barCategoryGap: `${100 * (1 - share)}%`,
          ...(stacked && { stack: 'all' }),
          itemStyle: { color: styleOf(index).fill, borderColor: styleOf(index).color, borderWidth: 1 },
        })),
        ...(stacked ? [] : series.map((_, index) => intervals(chart, index, y, lying))),
        referenceLines(lines.filter((line) => line.axis === 'y').map((line) => ({ line, axis: along, extent: y }))),
      ],
    },
  };
}

const shownValue = (value: number | null | undefined, y: Extent): number | null =>
  value === null || value === undefined || !isShown(y, value) ? null : value;

/** Names that do not fit beside one another stand below one another, and their bars lie. */
export function liesDown(names: readonly string[], frame: Frame): boolean {
  const room = (frame.width - 80) / Math.max(1, names.length);
  return names.some((name) => textWidth(name, frame) + 8 > room);
}

function ends({ categories, series, stacked = false }: BarChart): readonly number[] {
  if (!stacked)
    return series.flatMap(({ values, half = [] }) =>
      values.flatMap((value, at) => {
        if (value === null) return [];
        const width = half[at] ?? 0;
        return [value - width, value + width];
      }),
    );
  return categories.flatMap((_, at) => {
    const values = series.map(({ values: all }) => all[at] ?? 0).filter(Number.isFinite);
    const sum = (sign: number) => values.filter((value) => value * sign > 0).reduce((a, b) => a + b, 0);
    return [sum(1), sum(-1)];
  });
}

/** What stands at the end of each bar for half of its interval. */
function intervals({ series }: BarChart, index: number, y: Extent, lying: boolean): CustomSeriesOption {
  const { values = [], half = [] } = series[index] ?? {};
  const bars = values.flatMap((value, at) => {
    const width = half[at] ?? null;
    if (value === null || width === null || !isShown(y, value) || !Number.isFinite(width)) return [];
    return [{ at, low: Math.max(y.min, value - width), high: Math.min(y.max, value + width) }];
  });
  return {
    type: 'custom',
    silent: true,
    z: 5,
    data: bars.length > 0 ? [[0, 0]] : [],
    encode: { x: [], y: [] },
    renderItem: (_, api) => {
      const size = api.size?.([1, 1]) ?? [0, 0];
      const [across = 0, down = 0] = Array.isArray(size) ? size : [size, size];
      const bar = ((lying ? down : across) * share) / series.length;
      const offset = (index - (series.length - 1) / 2) * bar;
      const place = (at: number, value: number) => {
        const [px = 0, py = 0] = api.coord(lying ? [value, at] : [at, value]);
        return lying ? ([px, py + offset] as const) : ([px + offset, py] as const);
      };
      return {
        type: 'group',
        children: bars.map(({ at, low, high }) => ({
          type: 'path',
          shape: { pathData: whisker(place(at, low), place(at, high), Math.min(5, bar / 3), lying) },
          style: { stroke: 'var(--ink)', fill: 'none', lineWidth: 1.5 },
        })),
      };
    },
  };
}

type Pixel = readonly [x: number, y: number];

function whisker([x1, y1]: Pixel, [x2, y2]: Pixel, cap: number, lying: boolean): string {
  const end = (x: number, y: number) =>
    lying ? `M${x} ${y - cap}L${x} ${y + cap}` : `M${x - cap} ${y}L${x + cap} ${y}`;
  return `M${x1} ${y1}L${x2} ${y2}${end(x1, y1)}${end(x2, y2)}`;
}
