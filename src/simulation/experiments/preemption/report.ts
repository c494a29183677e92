import type { Result, Row } from '../../run/result.js';
import type { Chart, Report } from '../../report/report.js';
import { cell, figure } from '../cells.js';

export function report(result: Result): Report {
  const { request, rows, notes } = result;
  const { nodes, preemptors } = request.parameters;
  return {
    title: 'Pre-emption: load of nodes when pods of high priority come',
    summary: [
      `${String(nodes)} nodes of 4 cores, each full of four pods of three priorities; over a day ${String(preemptors)} pods of high priority come, and two others have to make room for each. Budgets protect half of the applications: 70 % of their pods have to be left.`,
      'by-use chooses victims as kube-scheduler does, by disruption budgets, priorities and number, and among those that are equal by how much variance they take off the load of their node. kube-default then takes the latest started. no-preemption lets the pods of high priority wait.',
      'Load is the weighted use of cpu, memory and network (0.61, 0.28, 0.11). Its variance is that of each node over time, within a quarter of the day, the mean of all nodes.',
      ...notes,
      ...changeOf(rows),
      'The paper’s Fig. 4 is known as a picture only: no numbers of it stand beside these.',
    ],
    sections: [
      {
        heading: 'Load over time',
        charts: [loadChart(result), barChart(rows)],
        tables: [
          {
            title: 'Load, variance and victims',
            columns: [
              { label: 'policy' },
              { label: 'load' },
              { label: 'variance over time, thousandths' },
              { label: 'victims' },
              { label: 'sum of their priorities' },
              { label: 'violations of budgets' },
              { label: 'pods placed' },
              { label: 'pods that wait' },
            ],
            rows: rows.map((row) => [
              row.policy,
              cell(row, 'load'),
              thousandths(row),
              cell(row, 'victims'),
              cell(row, 'victimPriorities'),
              cell(row, 'violations'),
              cell(row, 'placed'),
              cell(row, 'waiting'),
            ]),
          },
        ],
      },
    ],
  };
}

function changeOf(rows: readonly Row[]): readonly string[] {
  const of = (name: string) => rows.find(({ policy }) => policy === name);
  const [ours, theirs] = [of('by-use'), of('kube-default')];
  if (!ours || !theirs) return [];
  const change = 100 * (figure(ours, 'loadVariance') / figure(theirs, 'loadVariance') - 1);
  return [
    `By use the variance is ${Math.abs(change).toFixed(1)} % ${change <= 0 ? 'lower' : 'higher'} than by the default rule.`,
  ];
}

function thousandths(row: Row) {
  const [value, half] = [1000 * figure(row, 'loadVariance'), row.interval?.['loadVariance']];
  return half === undefined ? value : { value, half: 1000 * half };
}

function loadChart({ trials, request }: Result): Chart {
  const first = trials.filter(({ trial }) => trial.seed === request.seed);
  return {
    kind: 'line',
    title: 'Load of the nodes over the day',
    about: 'The mean load of all nodes, and its standard deviation over the nodes as a band, with the first seed.',
    x: { label: 'time', unit: 'h' },
    y: { label: 'load', min: 0 },
    series: first.map(({ trial, outcome }) => {
      const [load = [], deviation = []] = [outcome.series?.['load'], outcome.series?.['deviation']];
      const hours = 24 / Math.max(load.length, 1);
      return {
        name: trial.policy,
        points: load.map((value, at) => [Number((at * hours).toFixed(3)), value] as const),
        band: load.map((value, at) => [value - (deviation[at] ?? 0), value + (deviation[at] ?? 0)] as const),
      };
    }),
  };
}

function barChart(rows: readonly Row[]): Chart {
  const shown = rows.map((row) => thousandths(row));
  return {
    kind: 'bar',
    title: 'Variance of the load over time',
    about: 'How unsteady the load of a node is over time, the mean of all nodes, with 95 % intervals.',
    category: { label: 'policy' },
    categories: rows.map(({ policy }) => policy),
    y: { label: 'variance, thousandths', min: 0 },
    series: [
      {
        name: 'variance',
        values: shown.map((one) => (typeof one === 'number' ? one : one.value)),
        half: shown.map((one) => (typeof one === 'number' ? null : one.half)),
      },
    ],
  };
}
