import { mean } from '../../../support/statistics.js';
import type { Chart, Report } from '../../report/report.js';
import type { Result } from '../../run/result.js';
import { cell, figure } from '../cells.js';

/** Published beside those that are run here. */
const others = 'Published besides, not run here: clustering 91.88, packing 92.00.';

export function report(result: Result): Report {
  const { rows, request } = result;
  const isTrace = request.parameters['trace'] !== undefined;
  return {
    title: 'Packing: GPUs allocated when the cluster is full',
    summary: [
      'Pods come one by one in a random order until they ask for 130 % of the GPUs; they stay, and a pod that fits nowhere is dropped.',
      isTrace
        ? `Published figures are means over ten seeds of others (Weng et al., USENIX ATC 2023). ${others}`
        : 'The published figures are of the trace openb: with synthetic nodes and pods they are no measure of these.',
    ],
    sections: [
      {
        heading: 'GPUs allocated',
        charts: [
          {
            kind: 'bar',
            title: 'GPUs allocated at the end',
            about: `Of each policy the GPUs that are allocated when no more fit, beside the published figure. The axis begins at ${leastShown(result)} %.`,
            category: { label: 'policy' },
            categories: rows.map(({ policy }) => policy),
            y: { label: 'GPUs allocated', unit: '%', min: leastShown(result), max: 100 },
            series: [
              {
                name: 'here',
                values: rows.map((row) => figure(row, 'allocated')),
                half: rows.map((row) => row.interval?.['allocated'] ?? null),
              },
              {
                name: 'published (openb)',
                values: rows.map((row) => (row['published'] === undefined ? null : figure(row, 'published'))),
              },
            ],
          },
          courseChart(result),
        ],
        tables: [
          {
            title: 'GPUs allocated',
            columns: [
              { label: 'policy' },
              { label: 'allocated', unit: '%', digits: 2 },
              { label: 'published', unit: '%', digits: 2 },
              { label: 'pods that came' },
              { label: 'dropped' },
            ],
            rows: rows.map((row) => [
              row.policy,
              cell(row, 'allocated'),
              row['published'] === undefined ? null : figure(row, 'published'),
              cell(row, 'arrived'),
              cell(row, 'dropped'),
            ]),
          },
        ],
      },
    ],
  };
}

/** Policies differ by little: the axis begins below the least, at a multiple of ten. */
const leastShown = ({ rows }: Result): number =>
  10 * Math.floor(Math.min(...rows.map((row) => figure(row, 'allocated'))) / 10);

function courseChart({ trials, request }: Result): Chart {
  return {
    kind: 'line',
    title: 'GPUs allocated as pods come',
    about: 'Means over the seeds: policies part where the cluster is nearly full.',
    x: { label: 'GPUs asked for', unit: '% of all' },
    y: { label: 'GPUs allocated', unit: '%' },
    series: request.policies.map((name) => {
      const courses = trials
        .filter(({ trial }) => trial.policy === name)
        .map(({ outcome }) => outcome.series?.['course'] ?? []);
      return {
        name,
        points: (courses[0] ?? []).map((_, at) => [1.3 * (at + 1), mean(courses.map((one) => one[at] ?? 0))] as const),
      };
    }),
  };
}
