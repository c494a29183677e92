import type { Report } from '../../report/report.js';
import type { Result, Row } from '../../run/result.js';
import { cell, figure, text } from '../cells.js';
import { ends } from './matrix.js';

export function report({ rows, notes }: Result): Report {
  const possible = rows.filter((row) => row['possible'] === true);
  const kept = possible.filter((row) => row['containerKept'] === true);
  return {
    title: 'Migration: from which workload to which',
    summary: [
      `Two of three running containers are moved, for each pair of ${ends.length} kinds of workloads: ${possible.length} of ${rows.length} pairs are possible, and of ${kept.length} every container kept its id and restarted not once.`,
      'Verdicts are those of the product: each pair is a ContainerMigration, and its status or the API server says why not.',
      ...notes,
    ],
    sections: [
      {
        heading: 'The matrix',
        charts: [
          {
            kind: 'heat',
            title: 'Time of a migration',
            about:
              'Seconds from the creation of a migration until both containers are at the target; nothing where it is refused.',
            x: { label: 'target' },
            y: { label: 'source' },
            columns: ends,
            rows: ends,
            value: { label: 'time', unit: 's' },
            values: ends.map((source) => ends.map((target) => timeOf(rows, source, target))),
          },
        ],
        tables: [
          {
            title: 'Every pair',
            columns: [
              { label: 'source' },
              { label: 'target' },
              { label: 'possible' },
              { label: 'container kept' },
              { label: 'time', unit: 's' },
              { label: 'reason' },
            ],
            rows: rows.map((row) => [
              text(row, 'source'),
              text(row, 'target'),
              cell(row, 'possible'),
              row['possible'] === true ? cell(row, 'containerKept') : null,
              row['possible'] === true ? cell(row, 'seconds') : null,
              text(row, 'reason'),
            ]),
          },
        ],
      },
    ],
  };
}

function timeOf(rows: readonly Row[], source: string, target: string): number | null {
  const row = rows.find((one) => one['source'] === source && one['target'] === target);
  return row && row['possible'] === true ? figure(row, 'seconds') : null;
}
