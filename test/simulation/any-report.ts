/** Reports of any shape, for properties: figures that are none, zero, negative and huge, and texts of any kind. */
import fc from 'fast-check';
import type { Chart, Report } from '../../src/simulation/report/report.js';

const number = fc.oneof(
  fc.double({ min: -1e6, max: 1e6 }),
  fc.constantFrom(0, 1, -1, 1e-12, 3e14, 1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const word = fc.oneof(
  fc.constantFrom(
    'max-weight',
    'kube-default (LeastAllocated)',
    '<script>x</script>',
    '&amp;',
    '',
    '\u001b[31mred',
    'a\nb',
    '"quoted"',
  ),
  fc.string({ unit: fc.constantFrom('a', 'B', '1', ' ', '<', '&', '"', "'", '\u0000', 'é', '…'), maxLength: 60 }),
);
const few = <T>(one: fc.Arbitrary<T>, maxLength = 5) => fc.array(one, { maxLength });
const axis = fc.record(
  {
    label: word,
    unit: word,
    scale: fc.constantFrom('linear' as const, 'log' as const),
    min: fc.constantFrom(0, -5),
    max: fc.constant(100),
  },
  { requiredKeys: ['label'] },
);
const base = {
  title: word,
  about: word,
  lines: few(fc.record({ label: word, axis: fc.constantFrom('x' as const, 'y' as const), value: number }), 3),
};
const pair = fc.tuple(number, number);

const chart: fc.Arbitrary<Chart> = fc.oneof(
  fc.record({
    kind: fc.constant('line' as const),
    ...base,
    x: axis,
    y: axis,
    series: few(fc.record({ name: word, points: few(pair, 12), band: few(pair, 12), steps: fc.boolean() }), 10),
  }),
  fc.record({
    kind: fc.constant('bar' as const),
    ...base,
    category: axis,
    categories: few(word),
    y: axis,
    stacked: fc.boolean(),
    series: few(fc.record({ name: word, values: few(fc.option(number)), half: few(fc.option(number)) })),
  }),
  fc.record({
    kind: fc.constant('box' as const),
    ...base,
    category: axis,
    y: axis,
    boxes: few(fc.record({ name: word, values: few(number, 9) })),
  }),
  fc.record({
    kind: fc.constant('heat' as const),
    ...base,
    x: axis,
    y: axis,
    value: axis,
    columns: few(fc.oneof(word, number)),
    rows: few(fc.oneof(word, number)),
    values: few(few(fc.option(number))),
  }),
);

const cell = fc.oneof(word, number, fc.boolean(), fc.constant(null), fc.record({ value: number, half: number }));

const table = fc.record({
  title: word,
  columns: few(fc.record({ label: word, unit: word, digits: fc.nat(6) }, { requiredKeys: ['label'] }), 6),
  rows: few(few(cell, 6)),
});

export const anyReport: fc.Arbitrary<Report> = fc.record({
  title: word,
  summary: few(word, 3),
  sections: few(fc.record({ heading: word, text: few(word, 2), charts: few(chart, 3), tables: few(table, 2) }), 3),
});
