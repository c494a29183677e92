import { describePrices, type Prices } from '../../../scheduling/cost/cost.js';
import type { Result, Row } from '../../run/result.js';
import type { Chart, Report, Table } from '../../report/report.js';
import { cell, figure } from '../cells.js';

/** What the paper says: the cost of a task stays below this. It names neither prices nor a currency. */
const publishedUnitCost = 120;

export function report({ request, rows }: Result, prices: Prices): Report {
  const { policies, parameters } = request;
  const { currency } = prices;
  const leftOut = policies.includes('genetic') && rows.length < policies.length * sizesOf(rows).length;
  return {
    title: 'Cost: what batches of tasks cost under each policy',
    summary: [
      `Batches of tasks of ${String(parameters['classes'])} classes on ${String(parameters['hosts'])} hosts, all of CloudSim's larger type (2 × 2660 MIPS, 4 GiB, 1 Gbit/s).`,
      'k = k1 + k2: k1 is the price of each host as a whole while it holds a task, k2 the price of what is sent. A host fetches the data of a class from outside the first time it runs one of its tasks; each task sends its output within the cluster.',
      `The ${describePrices(prices)}.`,
      `The paper keeps the cost of a task below ${publishedUnitCost}, without prices or a currency: only the shape of its curves can be compared, not the figures.`,
      ...(leftOut ? ['The genetic policy decides on 200 tasks a round: it is left out above 10,000 tasks.'] : []),
    ],
    sections: [
      {
        heading: 'Total cost',
        text: ['Energy is what hosts draw while they are on; an empty host is off.'],
        charts: [
          taskChart('Total cost k', { label: 'total cost k', unit: currency, measure: 'k' }, policies, rows),
          taskChart(
            'Cost of a task',
            { label: 'cost of a task', unit: currency, measure: 'unitCost', limit: publishedUnitCost },
            policies,
            rows,
          ),
          ...(rows.length > 0 ? [partsChart(policies, rows, currency)] : []),
          taskChart('Energy', { label: 'energy', unit: 'kWh', measure: 'energyKwh' }, policies, rows),
        ],
        tables: [costTable(rows, currency), timeTable(rows)],
      },
    ],
  };
}

const sizesOf = (rows: readonly Row[]): readonly number[] => [...new Set(rows.map((row) => figure(row, 'tasks')))];

interface Drawn {
  readonly label: string;
  readonly unit: string;
  readonly measure: string;
  /** A figure of the paper. */
  readonly limit?: number;
}

function taskChart(
  title: string,
  { label, unit, measure, limit }: Drawn,
  policies: readonly string[],
  rows: readonly Row[],
): Chart {
  return {
    kind: 'line',
    title,
    about: `The ${label} of each policy as batches become larger, on log axes. Intervals stand in the table: they are mostly of what the seeds draw, which is the same for all policies.`,
    x: { label: 'tasks', scale: 'log' },
    y: { label, unit, scale: 'log' },
    ...(limit !== undefined && { lines: [{ label: 'the paper', axis: 'y', value: limit }] }),
    series: policies.map((name) => {
      const own = rows.filter(({ policy }) => policy === name);
      return { name, points: own.map((row) => [figure(row, 'tasks'), figure(row, measure)] as const) };
    }),
  };
}

/** k1 and k2 of the largest batch. */
function partsChart(policies: readonly string[], rows: readonly Row[], currency: string): Chart {
  const largest = Math.max(...sizesOf(rows));
  const own = policies.flatMap((name) => rows.filter((row) => row.policy === name && figure(row, 'tasks') === largest));
  return {
    kind: 'bar',
    title: `Execution and transfer, ${largest} tasks`,
    about: 'What of the total cost is execution (k1) and what transfer (k2).',
    category: { label: 'policy' },
    categories: own.map(({ policy }) => policy),
    y: { label: 'cost', unit: currency, min: 0 },
    stacked: true,
    series: [
      { name: 'k1, execution', values: own.map((row) => figure(row, 'k1')) },
      { name: 'k2, transfer', values: own.map((row) => figure(row, 'k2')) },
    ],
  };
}

const costTable = (rows: readonly Row[], currency: string): Table => ({
  title: 'Cost and energy',
  columns: [
    { label: 'tasks' },
    { label: 'policy' },
    { label: 'k', unit: currency },
    { label: 'k1', unit: currency },
    { label: 'k2', unit: currency },
    { label: 'cost of a task', unit: currency },
    { label: 'the paper' },
    { label: 'energy', unit: 'kWh' },
    { label: 'unfinished' },
  ],
  rows: rows.map((row) => [
    cell(row, 'tasks'),
    row.policy,
    cell(row, 'k'),
    cell(row, 'k1'),
    cell(row, 'k2'),
    cell(row, 'unitCost'),
    `< ${publishedUnitCost}`,
    cell(row, 'energyKwh'),
    cell(row, 'unfinished'),
  ]),
});

const timeTable = (rows: readonly Row[]): Table => ({
  title: 'Time and hosts',
  columns: [
    { label: 'tasks' },
    { label: 'policy' },
    { label: 'until the last task ends', unit: 's', digits: 0 },
    { label: 'mean wait', unit: 's', digits: 0 },
    { label: 'hosts that were on' },
    { label: 'host-hours' },
  ],
  rows: rows.map((row) => [
    cell(row, 'tasks'),
    row.policy,
    cell(row, 'makespanSeconds'),
    cell(row, 'waitedSeconds'),
    cell(row, 'hostsUsed'),
    cell(row, 'hostHours'),
  ]),
});
