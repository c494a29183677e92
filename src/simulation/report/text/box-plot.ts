import { type Box, boxOf } from '../box.js';
import { type Extent, extentOf, shareOf } from '../extent.js';
import { figureText, labelText } from '../figures.js';
import type { BoxPlot } from '../report.js';
import type { Paint } from './colors.js';
import { cut, padEnd, plain, widthOf } from './lines.js';
import { footer } from './line-chart.js';

const mostBoxes = 12;

/** `├──[  │ ]───┤`: smallest, lower quartile, median, upper quartile, largest. */
export function boxPlot(chart: BoxPlot, width: number, paint: Paint): readonly string[] {
  const boxes = chart.boxes.slice(0, mostBoxes);
  const extent = extentOf(
    chart.y,
    boxes.flatMap(({ values }) => values),
    4,
  );
  const longest = boxes.reduce((most, { name }) => Math.max(most, widthOf(plain(name))), 0);
  const names = Math.min(Math.floor(width * 0.4), longest);
  const room = width - names - 1;
  return [
    ...boxes.map(({ name, values }) => {
      const box = boxOf(values.filter((value) => shareOf(extent, value) !== undefined));
      const drawn = box ? paint.blue(drawBox(box, extent, room)) : figureText(Number.NaN);
      return `${padEnd(cut(plain(name), names), names)} ${drawn}`;
    }),
    footer(extent, labelText(chart.y), names + 1, room),
    ...(chart.boxes.length > boxes.length
      ? [cut(`and ${chart.boxes.length - boxes.length} more: see the HTML report`, width)]
      : []),
    ...(chart.lines ?? [])
      .filter(({ axis }) => axis === 'y')
      .map(({ label, value }) => cut(plain(`${label}: ${figureText(value)}`), width)),
  ];
}

function drawBox(box: Box, extent: Extent, room: number): string {
  const at = (value: number) => Math.round((shareOf(extent, value) ?? 0) * (room - 1));
  const cells = Array.from({ length: at(box.high) + 1 }, () => ' ');
  const fill = (from: number, to: number, text: string) => cells.fill(text, at(from), at(to) + 1);
  fill(box.low, box.high, '─');
  fill(box.lowerQuartile, box.upperQuartile, '░');
  cells[at(box.low)] = '├';
  cells[at(box.high)] = '┤';
  cells[at(box.lowerQuartile)] = '[';
  cells[at(box.upperQuartile)] = ']';
  cells[at(box.median)] = '│';
  return cells.join('');
}
