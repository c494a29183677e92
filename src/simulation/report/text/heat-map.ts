import { mean } from '../../../support/statistics.js';
import { type Extent, extentOf, shareOf } from '../extent.js';
import { figureText, labelText, nameText } from '../figures.js';
import type { HeatMap } from '../report.js';
import { cut, padStart, plain, widthOf } from './lines.js';
import { ends } from './line-chart.js';

const shades = ['░', '▒', '▓', '█'];
const mostRows = 12;

/** A shade for each cell; where there are more than fit, for the mean of some beside one another. */
export function heatMap(chart: HeatMap, width: number): readonly string[] {
  const { columns, rows, values } = chart;
  const nameOf = (name: string | number | undefined) => plain(nameText(name ?? ''));
  const labels = rows.map(nameOf);
  const left = Math.min(
    Math.floor(width * 0.3),
    labels.reduce((most, label) => Math.max(most, widthOf(label)), 0),
  );
  const across = spans(columns.length, width - left - 1);
  const down = spans(rows.length, mostRows);
  const wide = Math.max(1, Math.min(4, Math.floor((width - left - 1) / Math.max(1, across.length))));
  const extent = extentOf(
    chart.value,
    values.flatMap((row) => row.filter((one) => one !== null)),
    4,
  );
  const lines = down.map(([from, to]) => {
    const shadesOf = across.map(([first, last]) =>
      shadeOf(
        extent,
        values.slice(from, to).flatMap((row) => row.slice(first, last)),
      ).repeat(wide),
    );
    return `${padStart(cut(labels[from] ?? '', left), left)} ${shadesOf.join('')}`.trimEnd();
  });
  const several = down.some(([from, to]) => to - from > 1) || across.some(([from, to]) => to - from > 1);
  const scale = `${labelText(chart.value)}: ${figureText(extent.min)} ${shades.join('')} ${figureText(extent.max)}${several ? ', means' : ''}`;
  return [
    cut(plain(scale), width),
    ...lines,
    ends(nameOf(columns[0]), nameOf(columns.at(-1)), plain(labelText(chart.x)), left + 1, across.length * wide),
    cut(plain(`rows: ${labelText(chart.y)}`), width),
  ];
}

/** Stretches of the same length, at most so many. */
function spans(count: number, most: number): readonly (readonly [from: number, to: number])[] {
  const size = Math.max(1, Math.ceil(count / Math.max(1, most)));
  return Array.from({ length: Math.ceil(count / size) }, (_, at) => [at * size, Math.min(count, (at + 1) * size)]);
}

function shadeOf(extent: Extent, values: readonly (number | null)[]): string {
  const known = values.flatMap((value) => (value === null || shareOf(extent, value) === undefined ? [] : [value]));
  const share = known.length === 0 ? undefined : shareOf(extent, mean(known));
  if (share === undefined) return ' ';
  return shades[Math.min(shades.length - 1, Math.floor(share * shades.length))] ?? ' ';
}
