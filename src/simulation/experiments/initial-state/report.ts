import type { Result, Row } from '../../run/result.js';
import type { Chart, Report, Table } from '../../report/report.js';
import { cell, figure } from '../cells.js';
import { byMoves } from '../rearrange.js';
import { publishedCounts, publishedSum } from './seven-servers.js';

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

export function report({ request, rows }: Result): Report {
  const given = request.parameters['machines'];
  const counts = Array.isArray(given) ? given.map(Number) : publishedCounts;
  const servers = counts.map((_, index) => `server ${index + 1}`);
  const isPublished = counts.join() === publishedCounts.join();
  return {
    title: 'Initial state: servers with different numbers of machines',
    summary: [
      `${counts.length} servers hold ${counts.join(', ')} virtual machines, ${sum(counts)} altogether.`,
      ...(isPublished
        ? [
            `The paper says that there are ${publishedSum}, but its seven numbers add up to ${sum(counts)}: the numbers are taken, nothing is added.`,
          ]
        : []),
      'The paper does not say what the servers have nor what the machines use: servers have 8 cores of 2660 MIPS, 32 GiB and 1 Gbit/s, machines are of CloudSim’s four types in turn, and what each uses is drawn from the seed.',
      'Load is the weighted use of cpu, memory and network, with weights from this order of importance (0.61, 0.28, 0.11), imbalance its standard deviation over the servers that hold something.',
      `Policies place all machines anew. The ${byMoves} moves machines off hot servers and empties lightly used ones: where no server is either, it moves nothing, however uneven they are.`,
    ],
    sections: [
      {
        heading: 'Imbalance',
        charts: [imbalanceChart(rows)],
        tables: [imbalanceTable(rows)],
      },
      {
        heading: 'Load of the servers',
        charts: [loadChart(servers, rows)],
        tables: [serverTable(servers, rows)],
      },
    ],
  };
}

function imbalanceChart(rows: readonly Row[]): Chart {
  return {
    kind: 'bar',
    title: 'Imbalance before and after',
    about: 'The standard deviation of the load over the servers, before and after each policy, with 95 % intervals.',
    category: { label: 'policy' },
    categories: rows.map(({ policy }) => policy),
    y: { label: 'imbalance', min: 0 },
    series: (['Before', 'After'] as const).map((when) => ({
      name: when.toLowerCase(),
      values: rows.map((row) => figure(row, `imbalance${when}`)),
      half: rows.map((row) => row.interval?.[`imbalance${when}`] ?? null),
    })),
  };
}

function loadChart(servers: readonly string[], rows: readonly Row[]): Chart {
  const [first] = rows;
  const values = (row: Row, when: string) => servers.map((_, index) => figure(row, `server${index + 1}Load${when}`));
  return {
    kind: 'bar',
    title: 'Load of each server',
    about: 'The load of each server before, and after each policy.',
    category: { label: 'server' },
    categories: servers,
    y: { label: 'load', min: 0, max: 1 },
    series: [
      ...(first ? [{ name: 'before', values: values(first, 'Before') }] : []),
      ...rows.map((row) => ({ name: row.policy, values: values(row, 'After') })),
    ],
  };
}

const imbalanceTable = (rows: readonly Row[]): Table => ({
  title: 'Imbalance',
  columns: [
    { label: 'policy' },
    { label: 'imbalance before' },
    { label: 'imbalance after' },
    { label: 'servers in use after' },
    { label: 'machines moved' },
    { label: 'machines without a server' },
  ],
  rows: rows.map((row) => [
    row.policy,
    cell(row, 'imbalanceBefore'),
    cell(row, 'imbalanceAfter'),
    cell(row, 'serversInUseAfter'),
    cell(row, 'moves'),
    cell(row, 'unplaced'),
  ]),
});

function serverTable(servers: readonly string[], rows: readonly Row[]): Table {
  const [first] = rows;
  const cells = (row: Row, when: string) =>
    servers.flatMap((_, index) => [
      cell(row, `server${index + 1}Machines${when}`),
      cell(row, `server${index + 1}Load${when}`),
    ]);
  return {
    title: 'Machines and load of each server',
    columns: [
      { label: 'policy' },
      ...servers.flatMap((server) => [{ label: `${server}, machines` }, { label: `${server}, load` }]),
    ],
    rows: [
      ...(first ? [['before', ...cells(first, 'Before')]] : []),
      ...rows.map((row) => [row.policy, ...cells(row, 'After')]),
    ],
  };
}
