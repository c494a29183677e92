import type { Result } from '../../run/result.js';
import { figureText } from '../figures.js';
import type { Report, Section } from '../report.js';
import { escape } from './escape.js';
import { figure } from './figure.js';
import { patterns } from './series-style.js';
import { style } from './style.js';
import { tableOf } from './table.js';

/**
 * The report as one HTML file that needs nothing else: no network, no script. Charts are SVG, each with its figures in a table; the run's
 * parameters, seeds and version are at the end.
 */
export function html(report: Report, result: Pick<Result, 'request' | 'version' | 'notes'>): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Penstock ${escape(result.version)}">
<title>${escape(report.title)}</title>
<style>
${style}</style>
</head>
<body>
${patterns()}
<main>
<h1>${escape(report.title)}</h1>
${paragraphs(report.summary)}
${report.sections.map(section).join('\n')}
${about(result)}
</main>
</body>
</html>
`;
}

const paragraphs = (texts: readonly string[]): string => texts.map((text) => `<p>${escape(text)}</p>`).join('\n');

function section({ heading, text = [], charts = [], tables = [] }: Section, index: number): string {
  return [
    '<section>',
    `<h2>${escape(heading)}</h2>`,
    paragraphs(text),
    ...charts.map((chart, at) => figure(chart, `chart-${index + 1}-${at + 1}`)),
    ...tables.map(tableOf),
    '</section>',
  ].join('\n');
}

/** What the reader needs to get the same figures again. */
function about({ request, version, notes }: Pick<Result, 'request' | 'version' | 'notes'>): string {
  const { experiment, parameters, policies, seed, seeds } = request;
  const rows = (entries: readonly (readonly [string, string])[]) =>
    entries.map(([name, value]) => `<tr><th scope="row">${escape(name)}</th><td>${escape(value)}</td></tr>`).join('\n');
  return `<section>
<h2>The run</h2>
<div class="scroll" tabindex="0"><table class="about">
<tbody>
${rows([
  ['experiment', experiment],
  ['policies', policies.join(', ')],
  ['seeds', seeds === 1 ? String(seed) : `${seed} to ${seed + seeds - 1}`],
  ['version of Penstock', version],
])}
</tbody>
</table></div>
<p>Where there are several seeds a figure is their mean, with half of its 95 % interval (Student’s t) after ±.</p>
${notes.length === 0 ? '' : `<h3>The input</h3>\n<ul>${notes.map((note) => `<li>${escape(note)}</li>`).join('\n')}</ul>`}
<h3>Parameters</h3>
<div class="scroll" tabindex="0"><table class="about">
<tbody>
${rows(flattened(parameters))}
</tbody>
</table></div>
</section>`;
}

/** `prices.cpu` for what is nested. */
function flattened(value: Readonly<Record<string, unknown>>, path = ''): readonly (readonly [string, string])[] {
  return Object.entries(value).flatMap(([name, inner]) =>
    isRecord(inner) ? flattened(inner, `${path}${name}.`) : [[`${path}${name}`, valueText(inner)] as const],
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;

function valueText(value: unknown): string {
  if (typeof value === 'number') return figureText(value);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  return value === undefined || value === null ? 'none' : JSON.stringify(value);
}
