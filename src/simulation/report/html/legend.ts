/** Legends are text of the page: they wrap, and never lie over a chart. */
import type { Chart, ReferenceLine } from '../report.js';
import { figureText } from '../figures.js';
import { escape } from './escape.js';
import { referenceDash, type SeriesStyle, styleOf } from './series-style.js';

export function legend(chart: Chart): string {
  const series = chart.kind === 'line' || chart.kind === 'bar' ? chart.series : [];
  const items = [
    ...series.map(({ name }, index) => {
      const style = styleOf(index);
      return item(chart.kind === 'bar' ? swatch(style) : sample(style), name);
    }),
    ...(chart.lines ?? []).map((line, index) => item(reference(index), referenceText(line))),
  ];
  return items.length === 0 ? '' : `<ul class="legend">${items.join('')}</ul>`;
}

const item = (picture: string, name: string): string => `<li>${picture}<span>${escape(name)}</span></li>`;

const referenceText = ({ label, value }: ReferenceLine): string => `${label}: ${figureText(value)}`;

const picture = (content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="14" viewBox="0 0 40 14" aria-hidden="true">${content}</svg>`;

const swatch = ({ fill }: SeriesStyle): string => picture(`<rect x="8" width="24" height="14" fill="${fill}"/>`);

const stroke = (dash: readonly number[], color: string): string =>
  `fill="none" stroke="${color}" stroke-width="2"${dash.length > 0 ? ` stroke-dasharray="${dash.join(',')}"` : ''}`;

const sample = ({ color, dash, marker }: SeriesStyle): string =>
  picture(`<path d="M1 7H39" ${stroke(dash, color)}/>${markerShape(marker, color)}`);

const reference = (index: number): string =>
  picture(`<path d="M1 7H39" ${stroke(referenceDash(index), 'var(--ink)')}/>`);

const shapes: Readonly<Record<string, string>> = {
  circle: 'M16 7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z',
  rect: 'M16 3H24V11H16Z',
  triangle: 'M20 3L24 11H16Z',
  diamond: 'M20 2L24 7L20 12L16 7Z',
};

function markerShape(marker: string, color: string): string {
  const path = shapes[marker.replace('empty', '').toLowerCase()] ?? shapes['circle'];
  const filled = !marker.startsWith('empty');
  return `<path d="${path}" fill="${filled ? color : 'var(--paper)'}" stroke="${color}" stroke-width="1.5"/>`;
}
