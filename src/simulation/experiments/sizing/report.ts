import type { Chart, Report } from '../../report/report.js';
import type { Result, Row } from '../../run/result.js';
import { cell, figure, text } from '../cells.js';

/** Less idle than a static pool at the same hit rate, as published. */
const published =
  'Intelligent Pooling (VLDB 2024) reports up to 43 % less idle time than a static pool at a hit rate of 99 %.';

export function report(result: Result): Report {
  const { rows, request } = result;
  const promise = Number(request.parameters['hitRate']);
  const names = [...new Set(rows.map((row) => text(row, 'arrivals')))];
  return {
    title: 'Sizing: what a pool keeps in stock, and how much of it idles',
    summary: [
      `Each rule sizes one pool over weeks of arrivals, beginning with no knowledge. Promised is a hit rate of ${(100 * promise).toFixed(2)} %; a container takes ${Number(request.parameters['leadTime'])} s to make.`,
      published,
      'static, reactive-in-hindsight and the oracles are chosen in hindsight: nobody could have. The forecasts of published rules are trained models; here they see the same hour a week before.',
    ],
    sections: names.map((name) =>
      sectionOf(
        name,
        rows.filter(({ arrivals }) => arrivals === name),
        promise,
      ),
    ),
  };
}

const sectionOf = (name: string, rows: readonly Row[], promise: number) => ({
  heading: `Arrivals: ${name}`,
  charts: [
    bars('Hit rate', 'Part of what was asked for that was in stock.', 'hit rate', 'hitRate', rows, {
      label: 'promised',
      value: promise,
    }),
    bars(
      'Idle stock',
      'Container-hours that nobody asked for, as a part of those of the best static pool.',
      'idle, of static',
      'idleOfStatic',
      rows,
      {
        label: 'static',
        value: 1,
      },
    ),
  ],
  tables: [
    {
      title: 'Hit rate and idle stock',
      columns: [
        { label: 'policy' },
        { label: 'hit rate' },
        { label: 'keeps the promise, of seeds' },
        { label: 'idle', unit: 'container-hours' },
        { label: 'idle, of static' },
        { label: 'started' },
        { label: 'asked for' },
      ],
      rows: rows.map((row) => [
        row.policy,
        cell(row, 'hitRate'),
        figure(row, 'kept'),
        cell(row, 'idleHours'),
        cell(row, 'idleOfStatic'),
        cell(row, 'started'),
        cell(row, 'asked'),
      ]),
    },
  ],
});

function bars(
  title: string,
  about: string,
  label: string,
  name: string,
  rows: readonly Row[],
  line: { readonly label: string; readonly value: number },
): Chart {
  return {
    kind: 'bar',
    title,
    about,
    category: { label: 'policy' },
    categories: rows.map(({ policy }) => policy),
    // a share of what was asked for is at most 1, whatever its interval
    y: { label, min: 0, ...(name === 'hitRate' && { max: 1 }) },
    lines: [{ axis: 'y', ...line }],
    series: [
      {
        name: label,
        values: rows.map((row) => figure(row, name)),
        half: rows.map((row) => row.interval?.[name] ?? null),
      },
    ],
  };
}
