/** A report as one HTML file that needs nothing else: no network, no script. */
import type { Result } from '../../run/result.js';
import { tableOf } from '../chart-table.js';
import type { Chart, Report, Section } from '../report.js';
import { chartSvg, chartWidths } from './chart-svg.js';
import { escaped } from './escape.js';
import { style } from './style.js';
import { type SeriesStyle, styleOf } from './style-of-series.js';
import { tableHtml } from './table-html.js';

export function renderHtml(report: Report, result: Pick<Result, 'request' | 'version' | 'notes'>): string {
  return [
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(report.title)}</title><style>${style}</style></head><body><main>`,
    `<h1>${escaped(report.title)}</h1>`,
    ...report.summary.map(paragraph),
    ...report.sections.map(sectionHtml),
    provenance(result),
    '</main></body></html>\n',
  ].join('\n');
}

const paragraph = (text: string): string => `<p>${escaped(text)}</p>`;

function sectionHtml({ heading, text = [], charts = [], tables = [] }: Section, at: number): string {
  return [
    `<section><h2>${escaped(heading)}</h2>`,
    ...text.map(paragraph),
    ...charts.map((chart, index) => chartHtml(chart, `s${at}c${index}`)),
    ...tables.map(tableHtml),
    '</section>',
  ].join('\n');
}

function chartHtml(chart: Chart, id: string): string {
  return [
    `<figure><h3>${escaped(chart.title)}</h3><p class="about">${escaped(chart.about)}</p>`,
    legend(chart),
    `<div class="wide">${chartSvg(chart, chartWidths.wide, `${id}w`)}</div>`,
    `<div class="narrow">${chartSvg(chart, chartWidths.narrow, `${id}n`)}</div>`,
    `${figuresOf(chart)}</figure>`,
  ].join('\n');
}

/** More would make the file large, and nobody reads them. */
const mostFigures = 6000;

function figuresOf(chart: Chart): string {
  const table = tableOf(chart);
  if (table.rows.length * table.columns.length > mostFigures)
    return '<p class="note">The figures of this chart are too many for a table; finished.jsonl has them.</p>';
  return `<details><summary>The figures of this chart</summary>${tableHtml(table)}</details>`;
}

/** Text of the page, so that it wraps where there is little room. */
function legend(chart: Chart): string {
  if (chart.kind === 'heat' || chart.kind === 'box') return '';
  const { kind, series } = chart;
  if (series.length < 2) return '';
  const items = series.map(({ name }, at) => `<li>${sample(styleOf(at), kind)}${escaped(name)}</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}

function sample({ color, dash, symbol }: SeriesStyle, kind: 'line' | 'bar'): string {
  const open = '<svg viewBox="0 0 30 12" aria-hidden="true">';
  if (kind === 'bar') return `${open}<rect x="8" y="1" width="14" height="10" fill="${color}"/></svg>`;
  const dashes = dash === 'solid' ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
  return `${open}<path d="M0 6H30" stroke="${color}" stroke-width="2"${dashes}/>${marks[symbol](color)}</svg>`;
}

const marks: Readonly<Record<SeriesStyle['symbol'], (color: string) => string>> = {
  circle: (color) => `<circle cx="15" cy="6" r="3.5" fill="${color}"/>`,
  rect: (color) => `<rect x="11.5" y="2.5" width="7" height="7" fill="${color}"/>`,
  triangle: (color) => `<path d="M15 2L19 10H11Z" fill="${color}"/>`,
  diamond: (color) => `<path d="M15 1.5L19.5 6L15 10.5L10.5 6Z" fill="${color}"/>`,
  emptyCircle: (color) => `<circle cx="15" cy="6" r="3.5" fill="var(--panel)" stroke="${color}" stroke-width="1.5"/>`,
  emptyRect: (color) =>
    `<rect x="11.5" y="2.5" width="7" height="7" fill="var(--panel)" stroke="${color}" stroke-width="1.5"/>`,
};

/** What one needs to make the same again. */
function provenance({ request, version, notes }: Pick<Result, 'request' | 'version' | 'notes'>): string {
  const { experiment, parameters, policies, seed, seeds } = request;
  const entries: readonly (readonly [string, unknown])[] = [
    ['experiment', experiment],
    ['policies', policies.join(', ')],
    ['seeds', seeds === 1 ? String(seed) : `${seed} to ${seed + seeds - 1}`],
    ['Penstock', version],
    ...Object.entries(parameters),
  ];
  const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return [
    '<section><h2>How this was made</h2><dl>',
    ...entries.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(shown(value) ?? '–')}</dd>`),
    '</dl>',
    ...notes.map((note) => `<p class="note">${escaped(note)}</p>`),
    '<p class="note">Figures behind ± are half of the 95 % interval over the seeds (Student t).</p></section>',
  ].join('\n');
}
