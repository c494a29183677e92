/** A chart in the page: what it shows, its legend, the drawing for wide and for narrow pages, and the figures behind it. */
import { boxLegend } from '../box.js';
import { hasFigures, numbersOf } from '../chart-numbers.js';
import { chartTable } from '../chart-table.js';
import { ticksOf } from '../extent.js';
import { figureText, labelText } from '../figures.js';
import type { Axis, Chart, HeatMap } from '../report.js';
import { type Frame, isShown, narrow, wide } from './axes.js';
import { barDrawing, liesDown } from './bar-drawing.js';
import { boxDrawing } from './box-drawing.js';
import { draw } from './draw.js';
import type { Drawing } from './drawing.js';
import { escape } from './escape.js';
import { css, heatColor, heatColors } from './heat-colors.js';
import { heatDrawing, heatExtent } from './heat-drawing.js';
import { legend } from './legend.js';
import { lineDrawing } from './line-drawing.js';
import { tableOf } from './table.js';

/** @param id of the chart, other than that of each other one */
export function figure(chart: Chart, id: string): string {
  return [
    '<figure>',
    `<figcaption><strong>${escape(chart.title)}</strong><span>${escape(chart.about)}</span></figcaption>`,
    ...(hasFigures(chart)
      ? [chart.kind === 'heat' ? scale(chart) : legend(chart), ...pictures(chart, id), notes(chart)]
      : ['<p class="note">There are no figures to show.</p>']),
    details(chart),
    '</figure>',
  ].join('\n');
}

function pictures(chart: Chart, id: string): readonly string[] {
  return (
    [
      ['wide', wide],
      ['narrow', narrow],
    ] as const
  ).map(([name, frame]) => {
    const { option, height } = drawing(chart, frame);
    const { left, below } = axesOf(chart, frame);
    return [
      `<div class="${name}">`,
      `<p class="axis">${escape(labelText(left))}</p>`,
      draw(option, { width: frame.width, height }, `${id}-${name}`, chart),
      `<p class="axis below">${escape(labelText(below))}</p>`,
      '</div>',
    ].join('');
  });
}

function drawing(chart: Chart, frame: Frame): Drawing {
  switch (chart.kind) {
    case 'line':
      return lineDrawing(chart, frame);
    case 'bar':
      return barDrawing(chart, frame);
    case 'box':
      return boxDrawing(chart, frame);
    case 'heat':
      return heatDrawing(chart, frame);
  }
}

/** Which axis is at the left, and which below: where bars lie the categories are at the left. */
function axesOf(chart: Chart, frame: Frame): { readonly left: Axis; readonly below: Axis } {
  if (chart.kind === 'line' || chart.kind === 'heat') return { left: chart.y, below: chart.x };
  const names = chart.kind === 'bar' ? chart.categories : chart.boxes.map(({ name }) => name);
  return liesDown(names, frame) ? { left: chart.category, below: chart.y } : { left: chart.y, below: chart.category };
}

/** What the drawing does not show, and how it is to be read. */
function notes(chart: Chart): string {
  const axis = chart.kind === 'heat' ? chart.value : chart.y;
  const hidden = axis.scale === 'log' ? numbersOf(chart).filter((one) => one !== null && one <= 0).length : 0;
  const sentences = [
    ...(chart.kind === 'box' ? [boxLegend] : []),
    ...(hidden > 0
      ? [
          `A logarithmic axis cannot show zero and below: ${figureText(hidden)} of the figures ${hidden === 1 ? 'is' : 'are'} in the table only.`,
        ]
      : []),
  ];
  return sentences.length === 0 ? '' : `<p class="note">${escape(sentences.join(' '))}</p>`;
}

/** The colours of a heat map with their values. */
function scale(chart: HeatMap): string {
  const { value: axis, values } = chart;
  const extent = heatExtent(chart);
  const hasGaps = values.some((row) => row.some((one) => one === null || !isShown(extent, one)));
  const stops = Array.from({ length: 16 }, (_, at) => css(heatColor(Math.round((at * (heatColors - 1)) / 15))));
  const ticks = ticksOf(extent);
  const shown = ticks.length > 1 ? ticks : [extent.min, extent.max];
  return [
    `<div class="scale"><span>${escape(labelText(axis))}${extent.scale === 'log' ? ', logarithmic' : ''}</span>`,
    `<div class="colors" style="background:linear-gradient(to right,${stops.join(',')})"></div>`,
    `<div class="ticks">${shown.map((tick) => `<span>${escape(figureText(tick))}</span>`).join('')}</div>`,
    `${hasGaps ? '<span class="note">No colour: no value.</span>' : ''}</div>`,
  ].join('');
}

function details(chart: Chart): string {
  const { table, of } = chartTable(chart);
  if (table.rows.length === 0) return '';
  const some = table.rows.length < of ? ` (${figureText(table.rows.length)} of ${figureText(of)} rows)` : '';
  return `<details><summary>Figures of this chart${some}</summary>\n${tableOf(table)}\n</details>`;
}
