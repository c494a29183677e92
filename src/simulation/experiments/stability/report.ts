import type { Result, Row } from '../../run/result.js';
import type { Chart, Report } from '../../report/report.js';
import { bestFit } from '../policies.js';
import { cell, figure } from '../cells.js';

/** Of the example, after 200,000 slots: Best-Fit and what maximises utilization alone, and MaxWeight with refresh. */
const published = { slots: 200_000, probability: 0.1, utilization: 19_850, maxWeight: 3 };

export function report(result: Result): Report {
  const { parameters } = result.request;
  const example = result.rows.filter(({ jobs }) => jobs === 'overlapping');
  const loads = result.rows.filter(({ jobs }) => jobs === 'ec2');
  const policies = result.request.policies;
  const asPublished = parameters['slots'] === published.slots && parameters['probability'] === published.probability;
  return {
    title: 'Stability: what waits under each policy',
    summary: [
      'One node. Class 1 asks for half of it for 4 slots and comes every 3 slots; class 2 asks for all of it for 1 slot. Jobs are not pre-empted.',
      'A policy that uses the node as much as it can in each slot never lets it become empty, so that class 2 waits for ever. MaxWeight with refresh lets it drain.',
      ...(asPublished
        ? [
            `The literature gives a backlog of about ${published.utilization.toLocaleString('en')} for ${bestFit} and maximum utilization, and of ${published.maxWeight} for MaxWeight.`,
          ]
        : []),
    ],
    sections: [
      {
        heading: 'Two classes that overlap',
        charts: [exampleChart(result)],
        tables: [
          {
            title: 'Backlog at the end',
            columns: [
              { label: 'policy' },
              { label: 'jobs that wait at the end' },
              { label: 'mean' },
              { label: 'delay', unit: 'slots' },
              ...(asPublished ? [{ label: 'literature' }] : []),
            ],
            rows: example.map((row) => [
              row.policy,
              cell(row, 'backlog'),
              cell(row, 'meanBacklog'),
              cell(row, 'delaySlots'),
              ...(asPublished ? [literature(row.policy)] : []),
            ]),
          },
        ],
      },
      {
        heading: 'Backlog against offered load',
        text: [
          'Three instance types of EC2 on ten servers (Maguluri, Srikant and Ying, INFOCOM 2012). At offered load 1 the servers can just carry what comes.',
          'Growth is by how many jobs the backlog grows for each job that comes, between the second quarter and the last: near zero where a policy keeps up.',
        ],
        charts: [
          loadChart('Backlog against offered load', 'mean backlog', 'jobs', 'meanBacklog', policies, loads),
          loadChart('Delay against offered load', 'mean delay', 'slots', 'delaySlots', policies, loads),
        ],
        tables: [
          {
            title: 'Backlog and delay',
            columns: [
              { label: 'policy' },
              { label: 'offered load' },
              { label: 'mean backlog', unit: 'jobs' },
              { label: 'mean delay', unit: 'slots' },
              { label: 'growth per job' },
            ],
            rows: loads.map((row) => [
              row.policy,
              cell(row, 'offered'),
              cell(row, 'meanBacklog'),
              cell(row, 'delaySlots'),
              cell(row, 'growth'),
            ]),
          },
        ],
      },
    ],
  };
}

function literature(policy: string): number | null {
  if (policy === bestFit || policy === 'max-utilization') return published.utilization;
  return policy === 'max-weight' ? published.maxWeight : null;
}

function exampleChart({ trials, request }: Result): Chart {
  const first = trials.filter(({ trial }) => trial.at['jobs'] === 'overlapping' && trial.seed === request.seed);
  const slots = Number(request.parameters['slots']);
  return {
    kind: 'line',
    title: 'Backlog over time',
    about: 'Jobs that wait at the end of each slot, with the first seed: a straight line upwards starves a class.',
    x: { label: 'slot' },
    y: { label: 'jobs that wait', min: 0 },
    series: first.map(({ trial, outcome }) => {
      const curve = outcome.series?.['backlog'] ?? [];
      return {
        name: trial.policy,
        points: curve.map((jobs, at) => [Math.round(((at + 1) * slots) / curve.length), jobs] as const),
      };
    }),
  };
}

function loadChart(
  title: string,
  label: string,
  unit: string,
  measure: string,
  policies: readonly string[],
  rows: readonly Row[],
): Chart {
  return {
    kind: 'line',
    title,
    about: `The ${label} of each policy as more jobs come, with 95 % intervals.`,
    x: { label: 'offered load' },
    y: { label, unit, scale: 'log' },
    lines: [{ label: 'capacity limit', axis: 'x', value: 1 }],
    series: policies.map((name) => {
      const own = rows.filter(({ policy }) => policy === name);
      return {
        name,
        points: own.map((row) => [figure(row, 'offered'), figure(row, measure)] as const),
        band: own.map((row) => {
          const half = row.interval?.[measure] ?? 0;
          return [figure(row, measure) - half, figure(row, measure) + half] as const;
        }),
      };
    }),
  };
}
