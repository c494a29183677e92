import type { Result, Row } from '../../run/result.js';
import type { Chart, Report, Table } from '../../report/report.js';
import { cell, figure } from '../cells.js';
import { byMoves } from '../rearrange.js';
import { limits } from './limits.js';
import { figureName, resources, usedBefore } from './six-nodes.js';

const nodes = usedBefore.map((_, index) => `node ${index + 1}`);
const when = ['Before', 'After'] as const;

export function report({ request, rows }: Result): Report {
  const [first] = rows;
  const own = rows.find(({ policy }) => policy === byMoves) ?? first;
  return {
    title: 'Node balance: two of six nodes over 90 % network',
    summary: [
      `Six nodes with ${String(request.parameters['pods'])} pods each. Nodes 2 and 5 use more than 90 % of their network, and their load is over ${limits.volume}.`,
      `Load is the volume ∏ 1/(1 − use) over cpu, memory and network with weights of 1: with weights that add up to 1, as the paper has them, it could not reach ${limits.volume}.`,
      'The paper does not say what the nodes use otherwise: those figures are ours, and how they are divided among the pods is drawn from the seed.',
      `${byMoves} moves pods as its plans say, at most two hours long; policies place all pods anew. In the paper every node is under 90 % and under ${limits.volume} after.`,
    ],
    sections: [
      ...(own ? [nodeSection(own)] : []),
      {
        heading: 'All policies',
        charts: [
          policyChart(rows, {
            title: 'The highest load of a node',
            label: 'load (volume)',
            measure: 'maxVolume',
            limit: limits.volume,
          }),
          policyChart(rows, {
            title: 'The most used resource of a node',
            label: 'use, of capacity',
            measure: 'maxUse',
            limit: limits.use,
          }),
        ],
        tables: [policyTable(rows)],
      },
    ],
  };
}

function nodeSection(row: Row): Report['sections'][number] {
  const values = (name: string, time: (typeof when)[number]) =>
    nodes.map((_, index) => figure(row, figureName(index, name, time)));
  const chart = (title: string, name: string, label: string, limit: number): Chart => ({
    kind: 'bar',
    title,
    about: `${title} of each node, before and after (${row.policy}).`,
    category: { label: 'node' },
    categories: nodes,
    y: { label, min: 0 },
    lines: [{ label: 'limit', axis: 'y', value: limit }],
    series: when.map((time) => ({ name: time.toLowerCase(), values: values(name, time) })),
  });
  return {
    heading: `Nodes before and after (${row.policy})`,
    charts: [
      chart('Load', 'volume', 'load (volume)', limits.volume),
      ...resources.map((resource) => chart(`Use of ${resource}`, resource, 'use, of capacity', limits.use)),
    ],
    tables: [
      {
        title: 'Load and mean use of the nodes (Table 1)',
        columns: [
          { label: 'node' },
          ...when.flatMap((time) => [
            { label: `load ${time.toLowerCase()}`, digits: 2 },
            { label: `mean use ${time.toLowerCase()}`, digits: 3 },
            { label: `network ${time.toLowerCase()}`, digits: 3 },
          ]),
        ],
        rows: nodes.map((node, index) => [
          node,
          ...when.flatMap((time) =>
            ['volume', 'meanUse', 'network'].map((name) => cell(row, figureName(index, name, time))),
          ),
        ]),
      },
    ],
  };
}

interface Compared {
  readonly title: string;
  readonly label: string;
  readonly measure: string;
  readonly limit: number;
}

function policyChart(rows: readonly Row[], { title, label, measure, limit }: Compared): Chart {
  return {
    kind: 'bar',
    title,
    about: `${title}, before and after, under each policy, with 95 % intervals.`,
    category: { label: 'policy' },
    categories: rows.map(({ policy }) => policy),
    y: { label, min: 0 },
    lines: [{ label: 'limit', axis: 'y', value: limit }],
    series: when.map((time) => ({
      name: time.toLowerCase(),
      values: rows.map((row) => figure(row, `${measure}${time}`)),
      half: rows.map((row) => row.interval?.[`${measure}${time}`] ?? null),
    })),
  };
}

const policyTable = (rows: readonly Row[]): Table => ({
  title: 'All policies',
  columns: [
    { label: 'policy' },
    { label: 'highest load before' },
    { label: 'highest load after' },
    { label: 'highest use before' },
    { label: 'highest use after' },
    { label: 'nodes over a limit after' },
    { label: 'imbalance before' },
    { label: 'imbalance after' },
    { label: 'pods moved' },
  ],
  rows: rows.map((row) => [
    row.policy,
    cell(row, 'maxVolumeBefore'),
    cell(row, 'maxVolumeAfter'),
    cell(row, 'maxUseBefore'),
    cell(row, 'maxUseAfter'),
    cell(row, 'nodesOverLimitAfter'),
    cell(row, 'imbalanceBefore'),
    cell(row, 'imbalanceAfter'),
    cell(row, 'moves'),
  ]),
});
