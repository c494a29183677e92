import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleReport, sampleResult } from '../../../test/simulation/sample-report.js';
import { tableOf } from './chart-table.js';
import { csvOf } from './csv.js';
import { formatCell, formatNumber } from './format.js';
import { png } from './html/png.js';
import { renderHtml } from './html/render-html.js';
import { quartilesOf } from './quartiles.js';
import type { Chart, Report } from './report.js';
import { renderText } from './text/render-text.js';

describe('a figure', () => {
  test.each([
    [0, '0'],
    [12, '12'],
    [1234.5678, '1,235'],
    [-1234567, '−1,234,567'],
    [0.123456, '0.1235'],
    [99.999, '100'],
    [0.00001234, '1.234e-5'],
    [1.5e15, '1.500e+15'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '∞'],
    [-0.0001, '−0.0001'],
  ])('%d is written %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  test('has as many digits as its interval has to tell', () => {
    expect(formatCell({ value: 2053.7, half: 79.2 })).toBe('2,054 ± 79');
    expect(formatCell({ value: 0.005889, half: 0.014 })).toBe('0.006 ± 0.014');
    expect(formatCell({ value: 95.291, half: 0.331 }, { digits: 1 })).toBe('95.3 ± 0.3');
    expect(formatCell({ value: 3, half: Number.NaN })).toBe('3 ± –');
  });

  test('that is no more than zero has no sign', () => {
    expect(formatNumber(-0.001, 2)).toBe('0.00');
  });
});

test('quartiles are interpolated between the values', () => {
  expect(quartilesOf([4, 1, 3, 2])).toEqual([1, 1.75, 2.5, 3.25, 4]);
  expect(quartilesOf([7])).toEqual([7, 7, 7, 7, 7]);
  expect(quartilesOf([]).every((value) => Number.isNaN(value))).toBe(true);
});

test('rows become CSV with intervals beside their figures, quoted where they must be', () => {
  const rows = [
    { policy: 'pack', reason: 'says "no", twice', cost: 1.5, seeds: 2, interval: { cost: 0.25 } },
    { policy: 'fahp', kept: true, seeds: 2 },
  ];
  expect(csvOf({ rows })).toBe(
    'policy,reason,cost,seeds,kept,costInterval\r\npack,"says ""no"", twice",1.5,2,,0.25\r\nfahp,,,2,true,\r\n',
  );
});

test('an image has the pixels that were asked for', () => {
  const image = png(3, 2, (x, y) => [x, y, 7]);
  expect(image.subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n');
  const at = image.indexOf('IDAT');
  const data = inflateSync(image.subarray(at + 4, at + 4 + image.readUInt32BE(at - 4)));
  expect([...data]).toEqual([0, 0, 0, 7, 1, 0, 7, 2, 0, 7, 0, 0, 1, 7, 1, 1, 7, 2, 1, 7]);
});

describe('the page', () => {
  const page = renderHtml(sampleReport, sampleResult);

  test('needs nothing from elsewhere, and runs nothing', () => {
    expect(page).not.toContain('<script');
    expect(page.match(/(href|src)="(?!data:|#)[^"]*"/g)).toBeNull();
    expect(page.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:/);
  });

  test('shows text as text', () => {
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; an ampersand');
    expect(page).toContain('/traces/a&amp;b');
  });

  test('has every chart twice, for wide and narrow pages, with what it shows in words and figures', () => {
    const charts = sampleReport.sections.flatMap((section) => section.charts ?? []);
    const drawings = page.match(/<svg xmlns[^>]*role="img"[^>]*>/g) ?? [];
    expect(drawings.length).toBe(2 * charts.length);
    for (const drawing of drawings) expect(drawing).toMatch(/viewBox="0 0 [\d.]+ [\d.]+".*aria-label="[^"]+"/);
    expect(page.match(/<details>/g)?.length).toBe(charts.length - 1);
  });

  test('is well-formed where it is drawn: every tag that is opened is closed', () => {
    for (const [drawing] of page.matchAll(/<svg xmlns[\s\S]*?<\/svg>/g)) expect(openTags(drawing)).toEqual([]);
  });

  test('takes text and lines in the colours of the page', () => {
    expect(page).not.toMatch(/#010203|#040506|rgb\(1, ?2, ?3\)/i);
    expect(page).toContain('var(--line)');
  });

  test('names axes with their units, and the lines of others', () => {
    for (const label of ['load (%)', 'time (h)', 'cost (yuan)', 'limit', 'noon', 'published', 'energy (kWh)'])
      expect(page).toContain(label);
  });

  test('is the same whenever it is written', () => {
    expect(renderHtml(sampleReport, sampleResult)).toBe(page);
  });
});

function openTags(xml: string): readonly string[] {
  const open: string[] = [];
  for (const [, closing, name = '', own] of xml.matchAll(/<(\/)?([\w:]+)(?:\s[^<>]*?)?(\/)?>/g)) {
    if (own !== undefined) continue;
    if (closing === undefined) open.push(name);
    else if (open.pop() !== name) throw new Error(`</${name}> closes what was not opened`);
  }
  return open;
}

const anyFigure = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => Math.round(value * 1e6) / 1e6),
  fc.constantFrom(0, -0, 1e-9, 1e12, Number.NaN, Number.POSITIVE_INFINITY),
);
const anyName = fc.string({ unit: 'grapheme', maxLength: 60 });
const anyAxis = fc.record(
  { label: anyName, unit: fc.constantFrom('s', '%'), scale: fc.constantFrom('linear' as const, 'log' as const) },
  { requiredKeys: ['label'] },
);
const base = { title: anyName, about: anyName };
const anyChart: fc.Arbitrary<Chart> = fc.oneof(
  fc.record({
    ...base,
    kind: fc.constant('line' as const),
    x: anyAxis,
    y: anyAxis,
    series: fc.array(fc.record({ name: anyName, points: fc.array(fc.tuple(anyFigure, anyFigure), { maxLength: 8 }) }), {
      maxLength: 12,
    }),
  }),
  fc
    .tuple(
      fc.array(anyName, { maxLength: 6 }),
      fc.array(fc.array(fc.option(anyFigure), { minLength: 6, maxLength: 6 }), { maxLength: 3 }),
    )
    .chain(([categories, values]) =>
      fc.record({
        ...base,
        kind: fc.constant('bar' as const),
        category: anyAxis,
        categories: fc.constant(categories),
        y: anyAxis,
        series: fc.constant(values.map((one, at) => ({ name: `s${at}`, values: one.slice(0, categories.length) }))),
      }),
    ),
  fc.record({
    ...base,
    kind: fc.constant('box' as const),
    category: anyAxis,
    y: anyAxis,
    boxes: fc.array(fc.record({ name: anyName, values: fc.array(anyFigure, { maxLength: 5 }) }), { maxLength: 5 }),
  }),
  fc.record({
    ...base,
    kind: fc.constant('heat' as const),
    x: anyAxis,
    y: anyAxis,
    value: anyAxis,
    columns: fc.array(anyName, { maxLength: 5 }),
    rows: fc.array(anyName, { maxLength: 5 }),
    values: fc.array(fc.array(fc.option(anyFigure), { maxLength: 5 }), { maxLength: 5 }),
  }),
);

describe('any report', () => {
  const reportOf = (charts: readonly Chart[]): Report => ({
    title: 'Any',
    summary: ['What came out.'],
    sections: [{ heading: 'Charts', charts, tables: charts.map(tableOf) }],
  });

  test('is drawn without a figure that is none', () => {
    fc.assert(
      fc.property(fc.array(anyChart, { maxLength: 2 }), (charts) => {
        const names = JSON.stringify(charts);
        const page = renderHtml(reportOf(charts), sampleResult);
        if (!/NaN|undefined|Infinity/.test(names)) expect(page).not.toMatch(/NaN|undefined|Infinity/);
        for (const [drawing] of page.matchAll(/<svg xmlns[\s\S]*?<\/svg>/g)) expect(openTags(drawing)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('stays within the width of the terminal', () => {
    fc.assert(
      fc.property(fc.array(anyChart, { maxLength: 3 }), fc.integer({ min: 40, max: 160 }), (charts, width) => {
        for (const line of renderText(reportOf(charts), width).split('\n'))
          expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});

test('a narrow terminal gets the cells of a table below one another', () => {
  const report: Report = {
    title: 'Narrow',
    summary: [],
    sections: [
      {
        heading: 'Table',
        tables: [
          {
            title: 'Figures',
            columns: [{ label: 'policy' }, { label: 'backlog at the end', unit: 'jobs' }, { label: 'mean backlog' }],
            rows: [['max-utilization', 19_850, { value: 9925.4, half: 12.3 }]],
          },
        ],
      },
    ],
  };
  expect(renderText(report, 40)).toBe(
    [
      'Narrow',
      '',
      '',
      'Table',
      '',
      '',
      'Figures',
      '',
      'POLICY: max-utilization',
      'BACKLOG AT THE END (JOBS): 19,850',
      'MEAN BACKLOG: 9,925 ± 12',
      '',
    ].join('\n'),
  );
  expect(renderText(report, 100)).toContain(
    'POLICY           BACKLOG AT THE END (JOBS)  MEAN BACKLOG\nmax-utilization                     19,850    9,925 ± 12',
  );
});
