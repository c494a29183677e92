import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyReport } from '../../../../test/simulation/any-report.js';
import { sampleReport } from '../../../../test/simulation/sample-report.js';
import type { Chart, Table } from '../report.js';
import { renderText } from './render.js';

const text = (part: { readonly charts?: readonly Chart[]; readonly tables?: readonly Table[] }, width = 50) =>
  renderText({ title: 'T', summary: [], sections: [{ heading: 'S', ...part }] }, { width, color: false })
    .split('\n')
    .slice(4)
    .join('\n');

test('a line chart has its legend, its axes and reference lines', () => {
  const chart: Chart = {
    kind: 'line',
    title: 'Backlog',
    about: '',
    x: { label: 'load' },
    y: { label: 'jobs', unit: '1000', min: 0 },
    lines: [{ label: 'limit', axis: 'y', value: 8 }],
    series: [
      {
        name: 'a',
        points: [
          [0, 0],
          [5, 5],
          [10, 10],
        ],
      },
      {
        name: 'b',
        points: [
          [0, 2],
          [5, Number.NaN],
          [10, 2],
        ],
      },
    ],
  };
  expect(text({ charts: [chart] }, 40)).toMatchInlineSnapshot(`
    "Backlog
    ● a   ▲ b   ┄ limit: 8
    jobs (1000)
    10 ┤                                  ●●
       │                              ●●●●
       │┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄●●●●┄┄┄┄┄┄
       │                      ●●●●
     5 ┤                  ●●●●
       │              ●●●●
       │          ●●●●
       │▲     ●●●●                         ▲
       │  ●●●●
     0 ┤●●
       └────────────────────────────────────
        0              load               10
    "
  `);
});

test('bars lie, from zero to both sides, with their figures', () => {
  const chart: Chart = {
    kind: 'bar',
    title: 'Change',
    about: '',
    category: { label: 'policy' },
    categories: ['pack', 'balance', 'none'],
    y: { label: 'hosts' },
    series: [{ name: 'hosts', values: [-2, 4, null], half: [null, 0.5, null] }],
  };
  expect(text({ charts: [chart] }, 40)).toMatchInlineSnapshot(`
    "Change
    hosts
    pack    ███████                -2
    balance        ███████████████ 4.0 ± 0.5
    none                           –
    "
  `);
});

test('a box plot has quartiles and the ends of its axis', () => {
  const chart: Chart = {
    kind: 'box',
    title: 'Use',
    about: '',
    category: { label: 'policy' },
    y: { label: 'use', unit: '%', min: 0, max: 100 },
    boxes: [
      { name: 'pack', values: [10, 40, 50, 60, 90] },
      { name: 'none', values: [] },
    ],
  };
  expect(text({ charts: [chart] }, 40)).toMatchInlineSnapshot(`
    "Use
    pack    ├──────────[░░│░░]──────────┤
    none –
         0            use (%)            100
    "
  `);
});

test('a heat map has a shade for each value, and none where there is none', () => {
  const chart: Chart = {
    kind: 'heat',
    title: 'Load',
    about: '',
    x: { label: 'hour' },
    y: { label: 'host' },
    columns: [0, 1, 2, 3],
    rows: ['one', 'two'],
    value: { label: 'load', min: 0, max: 1 },
    values: [
      [0, 0.3, 0.6, 1],
      [1, null, 0.2, 0],
    ],
  };
  expect(text({ charts: [chart] }, 40)).toMatchInlineSnapshot(`
    "Load
    load: 0 ░▒▓█ 1
    one ░░░░▒▒▒▒▓▓▓▓████
    two ████    ░░░░░░░░
        0     hour     3
    rows: host
    "
  `);
});

const table: Table = {
  title: 'Figures',
  columns: [{ label: 'policy' }, { label: 'energy', unit: 'kWh' }, { label: 'why not' }],
  rows: [
    ['max-weight', { value: 12.34, half: 0.4 }, null],
    ['pack', 1234, 'it is too large by far'],
  ],
};

test('a table has its figures to the right', () => {
  expect(text({ tables: [table] }, 60)).toMatchInlineSnapshot(`
    "Figures
    POLICY       ENERGY (kWh)   WHY NOT
    max-weight     12.3 ± 0.4   –
    pack                1,234   it is too large by far
    "
  `);
});

test('a table that is too wide is a block for each row', () => {
  expect(text({ tables: [table] }, 40)).toMatchInlineSnapshot(`
    "Figures
    POLICY        max-weight
    ENERGY (kWh)  12.3 ± 0.4
    WHY NOT       –

    POLICY        pack
    ENERGY (kWh)  1,234
    WHY NOT       it is too large by far
    "
  `);
});

test('colours change nothing but colours', () => {
  const [plain, colored] = [false, true].map((color) => renderText(sampleReport, { width: 80, color }));
  expect(stripVTControlCharacters(colored ?? '')).toBe(plain);
  expect(colored).not.toBe(plain);
});

test('no chart of the sample takes more than 20 lines', () => {
  const long = sampleReport.sections
    .flatMap(({ charts = [] }) => charts)
    .filter((chart) => text({ charts: [chart] }, 80).split('\n').length > 20);
  expect(long.map(({ title }) => title)).toEqual([]);
});

test('no line is longer than the terminal is wide, none says NaN, and nothing in it moves the cursor, whatever the report', () => {
  fc.assert(
    fc.property(anyReport, fc.integer({ min: 40, max: 200 }), (report, width) => {
      const lines = renderText(report, { width, color: false }).split('\n');
      expect(lines.filter((line) => Array.from(line).length > width)).toEqual([]);
      expect(lines.join(' ')).not.toMatch(/NaN|Infinity|undefined/);
      // oxlint-disable-next-line no-control-regex
      expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f]/);
    }),
  );
});
