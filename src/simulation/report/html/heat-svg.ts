/** Heat maps: shapes while they are few, else an image, with the same axes and the same scale of colours. */
import { formatNumber, withUnit } from '../format.js';
import type { HeatMap } from '../report.js';
import { type Scale, scaleOf } from '../scale.js';
import { colorAt, cssColor } from './color-scale.js';
import { escaped } from './escape.js';
import { png } from './png.js';

const mostShapes = 2000;
const mostNumbers = 200;
const tickGap = 44;
const cellHeight = { least: 2, most: 28 };
/** Of text, about. */
const charWidth = 6.6;
const mostLabel = 22;

export function heatSvg(chart: HeatMap, width: number): string {
  const { columns, rows, values } = chart;
  const scale = scaleOf(
    values.flat().filter((value) => value !== null),
    chart.value,
  );
  const longest = rows.reduce<number>((most, row) => Math.max(most, String(row).length), 0);
  const left = Math.min(mostLabel, longest) * charWidth + 34;
  const [top, right, bottom] = [8, 16, 92];
  const inner = width - left - right;
  const high = Math.min(
    cellHeight.most * rows.length,
    Math.max(cellHeight.least * rows.length, Math.min(inner * 0.6, 420)),
  );
  const cell = { width: inner / Math.max(1, columns.length), height: high / Math.max(1, rows.length) };
  const size = { left, top, width: inner, height: high };
  const height = top + high + bottom;
  const cells =
    columns.length * rows.length > mostShapes ? image(chart, scale, size) : shapes(chart, scale, size, cell);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${n(width)} ${n(height)}" role="img" aria-label="${escaped(chart.about)}"><title>${escaped(chart.title)}</title>`,
    cells,
    columnTicks(columns, size, cell.width),
    rowTicks(rows, size, cell.height),
    `<text class="axis" x="${n(left + inner / 2)}" y="${n(top + high + 38)}" text-anchor="middle">${escaped(withUnit(chart.x))}</text>`,
    `<text class="axis" x="12" y="${n(top + high / 2)}" text-anchor="middle" transform="rotate(-90 12 ${n(top + high / 2)})">${escaped(withUnit(chart.y))}</text>`,
    colorScale(chart, scale, { left, top: top + high + 56, width: Math.min(inner, 260) }),
    '</svg>',
  ].join('');
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function shapes(
  { rows, columns, values }: HeatMap,
  scale: Scale,
  box: Box,
  cell: { width: number; height: number },
): string {
  const withNumbers = rows.length * columns.length <= mostNumbers && cell.width >= 34 && cell.height >= 14;
  return rows
    .flatMap((_row, y) =>
      columns.map((_column, x) => {
        const value = values[y]?.[x] ?? null;
        const place = value === null ? Number.NaN : scale.at(value);
        const [left, top] = [box.left + x * cell.width, box.top + y * cell.height];
        const rect = `<rect x="${n(left)}" y="${n(top)}" width="${n(cell.width)}" height="${n(cell.height)}" ${Number.isNaN(place) ? 'class="none"' : `fill="${cssColor(colorAt(place))}"`}/>`;
        if (!withNumbers || value === null) return rect;
        const color = place > 0.55 ? '#000' : '#fff';
        return `${rect}<text x="${n(left + cell.width / 2)}" y="${n(top + cell.height / 2 + 4)}" text-anchor="middle" fill="${color}">${escaped(formatNumber(value))}</text>`;
      }),
    )
    .join('');
}

const grey = [128, 128, 128] as const;

function image({ rows, columns, values }: HeatMap, scale: Scale, { left, top, width, height }: Box): string {
  const data = png(columns.length, rows.length, (x, y) => {
    const value = values[y]?.[x] ?? null;
    const place = value === null ? Number.NaN : scale.at(value);
    return Number.isNaN(place) ? grey : colorAt(place);
  });
  return `<image x="${n(left)}" y="${n(top)}" width="${n(width)}" height="${n(height)}" preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,${data.toString('base64')}"/>`;
}

/** As many as have room. */
function columnTicks(columns: readonly (string | number)[], { left, top, height }: Box, width: number): string {
  const longest = columns.reduce<number>((most, column) => Math.max(most, String(column).length), 0);
  const step = Math.max(1, Math.ceil(Math.max(tickGap, Math.min(mostLabel, longest) * charWidth + 8) / width));
  return columns
    .map((column, x) =>
      x % step === 0
        ? `<text x="${n(left + (x + 0.5) * width)}" y="${n(top + height + 16)}" text-anchor="middle">${escaped(shortened(column))}</text>`
        : '',
    )
    .join('');
}

function rowTicks(rows: readonly (string | number)[], { left, top }: Box, height: number): string {
  const step = Math.max(1, Math.ceil(14 / height));
  return rows
    .map((row, y) =>
      y % step === 0
        ? `<text x="${n(left - 6)}" y="${n(top + (y + 0.5) * height + 4)}" text-anchor="end">${escaped(shortened(row))}</text>`
        : '',
    )
    .join('');
}

const shortened = (label: string | number): string => {
  const text = String(label);
  return text.length > mostLabel ? `${text.slice(0, mostLabel - 1)}…` : text;
};

const scaleSteps = 24;

function colorScale({ value }: HeatMap, { low, high }: Scale, box: Omit<Box, 'height'>): string {
  const width = box.width / scaleSteps;
  const steps = Array.from(
    { length: scaleSteps },
    (_, step) =>
      `<rect x="${n(box.left + step * width)}" y="${n(box.top)}" width="${n(width + 0.5)}" height="10" fill="${cssColor(colorAt(step / (scaleSteps - 1)))}"/>`,
  );
  const text = (x: number, anchor: string, label: string) =>
    `<text x="${n(x)}" y="${n(box.top + 24)}" text-anchor="${anchor}">${escaped(label)}</text>`;
  return [
    ...steps,
    text(box.left, 'start', formatNumber(low)),
    text(box.left + box.width / 2, 'middle', withUnit(value)),
    text(box.left + box.width, 'end', formatNumber(high)),
  ].join('');
}

/** Coordinates, a hundredth of a pixel. */
const n = (value: number): string => String(Math.round(value * 100) / 100);
