/** A report with a chart of every kind, and with what is awkward to draw: for tests, and to be looked at. */
import type { Chart, Report } from '../../src/simulation/report/report.js';
import type { Result } from '../../src/simulation/run/result.js';

const range = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const longNames = [
  'max-utilization',
  'max-weight',
  'balance',
  'pack',
  'kube-default (LeastAllocated with NodeResourcesBalancedAllocation)',
  'most-allocated',
  'genetic',
  'lyapunov',
  'fahp',
];

const lineCharts: readonly Chart[] = [
  {
    kind: 'line',
    title: 'Nine series over time',
    about: 'The load of nine policies over 2,880 slots.',
    x: { label: 'time', unit: 'slots' },
    y: { label: 'utilization', unit: '%', min: 0 },
    lines: [
      { label: 'limit of the operator', axis: 'y', value: 90 },
      { label: 'begin of the fault', axis: 'x', value: 1200 },
    ],
    series: longNames.map((name, index) => ({
      name,
      points: range(2880, (at) => [at, 12 + 8 * index + 6 * Math.sin(at / 180 + index)] as const),
    })),
  },
  {
    kind: 'line',
    title: 'Backlog against offered load',
    about: 'The backlog of three policies with 95 % intervals, logarithmic, with zeros and values that are missing.',
    x: { label: 'offered load' },
    y: { label: 'mean backlog', unit: 'jobs', scale: 'log' },
    lines: [{ label: 'capacity limit', axis: 'x', value: 1 }],
    series: [
      {
        name: 'max-weight',
        points: [
          [0.6, 0],
          [0.7, 2],
          [0.8, 5],
          [0.9, 20],
          [1, 400],
          [1.05, 2200],
        ],
        band: [
          [0, 0],
          [1, 3],
          [-1, 11],
          [12, 28],
          [100, 700],
          [1900, 2500],
        ],
      },
      {
        name: 'pack',
        points: [
          [0.6, 8],
          [0.7, 30],
          [0.8, Number.NaN],
          [0.9, 900],
          [1, 4000],
          [1.05, 19_850],
        ],
        band: [
          [6, 10],
          [20, 40],
          [0, 0],
          [500, 1300],
          [3000, 5000],
          [18_000, 21_700],
        ],
      },
      { name: 'no figures at all', points: [] },
    ],
  },
  {
    kind: 'line',
    title: 'A single point, and steps',
    about: 'One point with its interval, and a count that holds until it changes, below zero too.',
    x: { label: 'days since the beginning of the trace', unit: 'd' },
    y: {
      label: 'change of the number of hosts in use against the state before, over all the hosts of the trace',
      unit: 'hosts',
    },
    series: [
      { name: 'one', points: [[2, 4]], band: [[3, 5]] },
      {
        name: 'steps',
        points: [
          [0, 0],
          [1, -3],
          [2, -3],
          [3, 2],
          [4, 6],
        ],
        steps: true,
      },
    ],
  },
  {
    kind: 'line',
    title: 'No figures',
    about: 'A chart of nothing.',
    x: { label: 'time' },
    y: { label: 'nothing' },
    series: [{ name: 'empty', points: [] }],
  },
];

const barCharts: readonly Chart[] = [
  {
    kind: 'bar',
    title: 'Imbalance before and after',
    about: 'Imbalance of each policy with its interval, and the figure of the paper.',
    category: { label: 'policy' },
    categories: longNames,
    y: { label: 'imbalance' },
    lines: [{ label: 'the paper', axis: 'y', value: 0.05 }],
    series: [
      { name: 'before', values: [0.21, 0.2, 0.19, 0.25, 0.22, 0.24, 0.2, 0.21, 0.2] },
      {
        name: 'after',
        values: [0.12, 0.09, 0.03, null, 0.11, 0.2, -0.02, 0.06, 0.08],
        half: [0.02, 0.01, 0.004, null, 0.03, 0.05, 0.01, null, 0.02],
      },
    ],
  },
  {
    kind: 'bar',
    title: 'Cost by part',
    about: 'What each size costs, by part, stacked.',
    category: { label: 'tasks' },
    categories: ['1,000', '10,000', '100,000'],
    y: { label: 'cost', unit: '$' },
    stacked: true,
    series: [
      { name: 'hosts', values: [120, 900, 7600] },
      { name: 'traffic', values: [40, 260, 3100] },
      { name: 'credit', values: [-10, -200, -900] },
    ],
  },
  {
    kind: 'bar',
    title: 'Delay, logarithmic',
    about: 'Delay of five policies over four orders of magnitude; one is zero.',
    category: { label: 'policy' },
    categories: ['a', 'b', 'c', 'd', 'e'],
    y: { label: 'delay', unit: 'ms', scale: 'log' },
    series: [
      { name: 'p99', values: [3, 45, 0, 2100, 18_000] },
      { name: 'p50', values: [1.2, 20, 0, 600, 7000] },
    ],
  },
];

const wave = (row: number, column: number): number | null =>
  (row + column) % 97 === 0 ? null : 50 + 40 * Math.sin(column / 40 + row / 30) + (row % 7);

const otherCharts: readonly Chart[] = [
  {
    kind: 'box',
    title: 'Utilization of hosts',
    about: 'How the utilization of hosts is spread under each policy.',
    category: { label: 'policy' },
    y: { label: 'utilization of the processors of a host', unit: '%', min: 0, max: 100 },
    boxes: longNames.map((name, index) => ({
      name,
      values: index === 3 ? [] : range(40, (at) => 20 + 5 * index + ((at * 37) % 31)),
    })),
  },
  {
    kind: 'box',
    title: 'Latency of deliveries',
    about: 'Latency by batch size, logarithmic.',
    category: { label: 'batch size' },
    y: { label: 'latency', unit: 's', scale: 'log' },
    lines: [{ label: 'target', axis: 'y', value: 1 }],
    boxes: [1, 5, 10, 50].map((size) => ({
      name: String(size),
      values: range(30, (at) => 0.02 * size * (1 + ((at * 17) % 23))),
    })),
  },
  {
    kind: 'heat',
    title: 'Migrations',
    about: 'Which workloads can become which.',
    x: { label: 'target' },
    y: { label: 'source' },
    columns: ['pool', 'claim', 'Deployment', 'pod'],
    rows: ['pool', 'claim', 'Deployment', 'pod', 'StatefulSet', 'DaemonSet', 'Job'],
    value: { label: 'time', unit: 's' },
    values: range(7, (row) => range(4, (column) => (row > 3 ? null : row * 3 + column))),
  },
  {
    kind: 'heat',
    title: 'Load of 200 hosts over a day',
    about: 'Each row is a host, each column five minutes.',
    x: { label: 'time', unit: '5 min' },
    y: { label: 'host' },
    columns: range(288, (at) => at),
    rows: range(200, (at) => `host-${at}`),
    value: { label: 'utilization', unit: '%', min: 0, max: 100 },
    values: range(200, (row) => range(288, (column) => wave(row, column))),
  },
];

export const sampleReport: Report = {
  title: 'A sample: <script>alert("title")</script> & all kinds of charts',
  summary: [
    'What came out, in a sentence or two, which is long enough that it must be wrapped wherever it is shown, in a terminal and on a phone alike.',
    'A policy named <script>alert(1)</script> is text, and so is "quoted" & \'quoted\'.',
  ],
  sections: [
    { heading: 'Lines', text: ['Curves, with bands.'], charts: lineCharts },
    { heading: 'Bars', charts: barCharts },
    { heading: 'Distributions and maps', charts: otherCharts },
    {
      heading: 'Tables',
      tables: [
        {
          title: 'Figures of every kind',
          columns: [
            { label: 'policy' },
            { label: 'energy', unit: 'kWh' },
            { label: 'hosts before' },
            { label: 'share', unit: '%', digits: 1 },
            { label: 'feasible' },
            { label: 'why' },
          ],
          rows: [
            ['max-weight', { value: 12.345, half: 0.42 }, 1200, 99.95, true, null],
            ['kube-default (LeastAllocated)', 19_850.4, 800, 3, false, 'StatefulSet: the ordinal is part of its name'],
            ['<b>bold</b>', { value: 1_234_567, half: 12_345 }, -4, Number.NaN, null, ''],
          ],
        },
        { title: 'A table without rows', columns: [{ label: 'policy' }, { label: 'figure' }], rows: [] },
      ],
    },
  ],
};

export const sampleResult: Result = {
  request: {
    experiment: 'sample',
    parameters: {
      slots: 200_000,
      prices: { cpu: 0.031, memory: 0.004 },
      loads: [0.5, 1],
      trace: '<img src=x onerror=alert(1)>',
    },
    policies: ['max-weight', '<script>alert(2)</script>'],
    seed: 1,
    seeds: 10,
  },
  notes: ['12 of 4,032 lines of the trace were skipped: <script>alert(3)</script>'],
  version: '0.1.0',
  trials: [],
  rows: [
    { policy: 'max-weight', backlog: 2.5, note: 'a, "b"', seeds: 10, interval: { backlog: 0.25 } },
    { policy: 'pack', backlog: 19_850, feasible: false, seeds: 10 },
  ],
};
