import type { CustomSeriesOption } from 'echarts/charts';
import type { HeatMap } from '../report.js';
import { type Extent, extentOf, shareOf } from '../extent.js';
import { nameText } from '../figures.js';
import { liesDown } from './bar-drawing.js';
import { categoryAxis, type Frame, isShown, widthOfNames } from './axes.js';
import type { Drawing } from './drawing.js';
import { css, heatColor, heatColors, heatIndex } from './heat-colors.js';
import { png } from './png.js';

/** More cells than that make a picture of pixels, which is a tenth as large. */
const mostCells = 2000;

/** Index of the colour that nothing is drawn for. */
const nothing = heatColors;

export function heatDrawing(chart: HeatMap, frame: Frame): Drawing {
  const { columns, rows } = chart;
  const extent = heatExtent(chart);
  const height = Math.min(560, Math.max(frame.height, 60 + rows.length * 14));
  const x = categoryAxis(columns, frame, false);
  // names of columns that do not fit beside one another stand upright where there are few enough
  const upright = columns.length * 16 < frame.width - 120 && liesDown(columns.map(nameText), frame);
  const bottom = upright ? widthOfNames(columns, frame) + 8 : 32;
  return {
    height: upright ? height + bottom - 32 : height,
    option: {
      grid: { left: widthOfNames(rows, frame), right: 24, top: 12, bottom },
      xAxis: upright ? { ...x, axisLabel: { ...x.axisLabel, rotate: 90, interval: 0 } } : x,
      yAxis: categoryAxis(rows, frame, true),
      series: [columns.length * rows.length > mostCells ? pixels(chart, extent) : cells(chart, extent)],
    },
  };
}

/** From the first colour to the last. */
export const heatExtent = ({ value, values }: HeatMap): Extent =>
  extentOf(
    value,
    values.flatMap((row) => row.filter((one) => one !== null)),
    5,
  );

/** What lies beyond the ends that the axis was given has the colour of the end. */
function indexOf(value: number | null | undefined, extent: Extent): number {
  if (value === null || value === undefined || !isShown(extent, value)) return nothing;
  return heatIndex(shareOf(extent, Math.min(extent.max, Math.max(extent.min, value))) ?? 0);
}

const once = { type: 'custom' as const, silent: true, encode: { x: [], y: [] } };

function cells({ columns, rows, values }: HeatMap, extent: Extent): CustomSeriesOption {
  const all = rows.flatMap((_, row) =>
    columns.flatMap((__, column) => {
      const index = indexOf(values[row]?.[column], extent);
      return index === nothing ? [] : [{ row, column, fill: css(heatColor(index)) }];
    }),
  );
  return {
    ...once,
    data: all.length > 0 ? [[0, 0]] : [],
    renderItem: (_, api) => {
      const [width, height] = sizeOf(api.size?.([1, 1]));
      return {
        type: 'group',
        children: all.map(({ row, column, fill }) => {
          const [x = 0, y = 0] = api.coord([column, row]);
          const shape = { x: x - width / 2, y: y - height / 2, width, height };
          return { type: 'rect', shape, style: { fill, stroke: 'var(--paper)', lineWidth: Math.min(1, width / 8) } };
        }),
      };
    },
  };
}

function pixels({ columns, rows, values }: HeatMap, extent: Extent): CustomSeriesOption {
  const size = { width: columns.length, height: rows.length };
  const indices = new Uint8Array(size.width * size.height).map((_, at) =>
    indexOf(values[Math.floor(at / size.width)]?.[at % size.width], extent),
  );
  const palette = Array.from({ length: heatColors + 1 }, (_, index) => heatColor(Math.min(index, heatColors - 1)));
  const image = `data:image/png;base64,${Buffer.from(png(size, indices, palette, nothing)).toString('base64')}`;
  return {
    ...once,
    data: [[0, 0]],
    renderItem: (_, api) => {
      const [width, height] = sizeOf(api.size?.([1, 1]));
      const [x = 0, y = 0] = api.coord([0, 0]);
      return {
        type: 'image',
        style: {
          image,
          x: x - width / 2,
          y: y - height / 2,
          width: width * size.width,
          height: height * size.height,
        },
      };
    },
  };
}

const sizeOf = (size: number | number[] | undefined): readonly [number, number] => {
  const [width = 0, height = 0] = Array.isArray(size) ? size : [size, size];
  return [width, height];
};
