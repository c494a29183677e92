import type { CustomSeriesOption } from 'echarts/charts';
import type { LineChart } from '../report.js';
import type { Extent } from '../extent.js';
import { extentWithLines, type Frame, isShown, valueAxis, widthOfTicks } from './axes.js';
import type { Drawing } from './drawing.js';
import { referenceLines } from './reference-lines.js';
import { styleOf } from './series-style.js';
import { thinned } from './thinned.js';

type Series = LineChart['series'][number];

export function lineDrawing(chart: LineChart, frame: Frame): Drawing {
  const { series, lines = [] } = chart;
  const shown = series.map(thinned);
  const x = extentWithLines(
    chart.x,
    'x',
    chart,
    shown.flatMap(({ points }) => points.map(([at]) => at)),
    frame,
  );
  const y = extentWithLines(
    chart.y,
    'y',
    chart,
    shown.flatMap(({ points, band = [] }) => [...points.map(([, value]) => value), ...band.flat()]),
    frame,
  );
  return {
    height: frame.height,
    option: {
      grid: { left: widthOfTicks(y, frame), right: 24, top: 12, bottom: 32 },
      xAxis: valueAxis(x, frame),
      yAxis: valueAxis(y, frame),
      series: [
        ...shown.map((one, index) => bandOf(one, index, shown.length > fewSeries ? 0.08 : 0.18, x, y)),
        ...shown.map((one, index) => lineOf(one, index, shown.length, x, y)),
        referenceLines(lines.map((line) => ({ line, axis: line.axis, extent: line.axis === 'x' ? x : y }))),
      ],
    },
  };
}

/** Markers on each point of short series, on some of long ones, and not on the same for all. */
const mostMarkers = 12;

function lineOf({ points, steps }: Series, index: number, count: number, x: Extent, y: Extent) {
  const { color, dash, marker } = styleOf(index);
  const every = Math.max(1, Math.ceil(points.length / mostMarkers));
  const first = points.length > mostMarkers ? Math.floor((every * index) / count) : 0;
  return {
    type: 'line',
    silent: true,
    data: points.filter(([at]) => isShown(x, at)).map(([at, value]) => [at, isShown(y, value) ? value : null] as const),
    ...(steps === true && { step: 'end' }),
    showSymbol: true,
    showAllSymbol: true,
    symbol: (_: unknown, { dataIndex }: { readonly dataIndex: number }) =>
      dataIndex % every === first ? marker : 'none',
    symbolSize: 8,
    lineStyle: { color, width: 2, type: dash.length > 0 ? [...dash] : 'solid' },
    itemStyle: marker.startsWith('empty') ? { color, borderColor: color, borderWidth: 2 } : { color },
  };
}

/** Bands of more than these lie over one another: they are paler. */
const fewSeries = 4;

/** The band of a series: a surface, which is a stroke where there is but one point. */
function bandOf(
  { points, band = [] }: Series,
  index: number,
  opacity: number,
  x: Extent,
  y: Extent,
): CustomSeriesOption {
  const { color } = styleOf(index);
  const runs = runsOf(points, band, x, y);
  return {
    type: 'custom',
    silent: true,
    clip: true,
    z: 1,
    data: runs.length > 0 ? [[0, 0]] : [],
    encode: { x: [], y: [] },
    renderItem: (_, api) => ({
      type: 'group',
      children: runs.map((run) => ({
        type: 'polygon',
        shape: {
          points: [
            ...run.map(({ at, high }) => api.coord([at, high])),
            ...[...run].reverse().map(({ at, low }) => api.coord([at, low])),
          ],
        },
        style: {
          fill: color,
          stroke: color,
          opacity: run.length === 1 ? 0.6 : opacity,
          lineWidth: run.length === 1 ? 3 : 1,
        },
      })),
    }),
  };
}

interface Stretch {
  readonly at: number;
  readonly low: number;
  readonly high: number;
}

/** Points beside one another that have a band. Where it goes below what the axis can show it ends at the axis. */
function runsOf(
  points: Series['points'],
  band: NonNullable<Series['band']>,
  x: Extent,
  y: Extent,
): readonly Stretch[][] {
  const runs: Stretch[][] = [];
  let run: Stretch[] = [];
  for (const [index, [at, value]] of points.entries()) {
    const [low, high] = band[index] ?? [Number.NaN, Number.NaN];
    const known = isShown(x, at) && isShown(y, value) && Number.isFinite(low) && isShown(y, high);
    if (!known) run = [];
    else {
      if (run.length === 0) runs.push(run);
      run.push({ at, low: isShown(y, low) ? low : y.min, high });
    }
  }
  return runs;
}
