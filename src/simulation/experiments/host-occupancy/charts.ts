import type { Result, Row, TrialResult } from '../../run/result.js';
import type { BarChart, HeatMap, LineChart } from '../../report/report.js';
import { figure } from '../cells.js';
import { published } from './published.js';

/** Before, and after each policy; light and migratable are drawn apart, as the latter are part of the former. */
export function countChart(rows: readonly Row[]): BarChart {
  const [first] = rows;
  const cases = [
    ...(first ? [{ name: 'before', row: first, when: 'Before' }] : []),
    ...rows.map((row) => ({ name: row.policy, row, when: 'After' })),
  ];
  return {
    kind: 'bar',
    title: 'Hosts by their load',
    about: 'How many hosts are light, best, high and stopped, before and after each policy.',
    category: { label: 'policy' },
    categories: cases.map(({ name }) => name),
    y: { label: 'hosts', min: 0 },
    stacked: true,
    series: ['high', 'best', 'light', 'stopped'].map((name) => ({
      name,
      values: cases.map(({ row, when }) => figure(row, `${name}${when}`)),
    })),
  };
}

export function imbalanceChart(rows: readonly Row[]): BarChart {
  const [first] = rows;
  return {
    kind: 'bar',
    title: 'Imbalance',
    about:
      'The standard deviation of the load over the hosts in use, before and after each policy, with 95 % intervals.',
    category: { label: 'policy' },
    categories: [...(first ? ['before'] : []), ...rows.map(({ policy }) => policy)],
    y: { label: 'imbalance', min: 0 },
    lines: [{ label: 'the paper', axis: 'y', value: published.imbalance }],
    series: [
      {
        name: 'imbalance',
        values: [...(first ? [figure(first, 'imbalanceBefore')] : []), ...rows.map((row) => figure(row, 'imbalance'))],
        half: [
          ...(first ? [first.interval?.['imbalanceBefore'] ?? null] : []),
          ...rows.map((row) => row.interval?.['imbalance'] ?? null),
        ],
      },
    ],
  };
}

const ofFirstSeed = ({ trials, request }: Result): readonly TrialResult[] =>
  trials.filter(({ trial }) => trial.seed === request.seed);

/** A chart for each resource: hosts by how much of it is used, the most first. */
export function occupancyCharts(result: Result): readonly LineChart[] {
  const first = ofFirstSeed(result);
  const [start] = first;
  const points = (trial: TrialResult | undefined, name: string) =>
    (trial?.outcome.series?.[name] ?? []).toSorted((a, b) => b - a).map((use, index) => [index + 1, use] as const);
  return ['cpu', 'memory', 'network'].map((resource) => ({
    kind: 'line',
    title: `Occupancy of ${resource}`,
    about: `Mean use of ${resource} of each host, the most used host first, before and after each policy.`,
    x: { label: 'host, in order of use' },
    y: { label: `use of ${resource}, of capacity`, min: 0 },
    series: [
      { name: 'before', points: points(start, `${resource}Before`) },
      ...first.map((one) => ({ name: one.trial.policy, points: points(one, `${resource}After`) })),
    ],
  }));
}

/** Policies whose heat maps are shown: the project's for services, and the paper's. */
const drawn: ReadonlySet<string> = new Set(['balance', 'max-utilization']);

export function heatMaps(result: Result): readonly HeatMap[] {
  const first = ofFirstSeed(result);
  const some = first.filter(({ trial }) => drawn.has(trial.policy));
  const shown = some.length > 0 ? some : first.slice(0, 1);
  const [start] = first;
  const maps = [
    ...(start ? [{ trial: start, when: 'Before', title: 'before, placed at random' }] : []),
    ...shown.map((trial) => ({ trial, when: 'After', title: `after ${trial.trial.policy}` })),
  ];
  // one scale for all, so that they can be compared
  const most = maps.reduce(
    (highest, { trial, when }) => Math.max(highest, ...(trial.outcome.series?.[`map${when}`] ?? [])),
    0,
  );
  return maps.map(({ trial, when, title }) => heatMap(trial, when, { title, most }));
}

function heatMap(
  { outcome }: TrialResult,
  when: string,
  { title, most }: { readonly title: string; readonly most: number },
): HeatMap {
  const hosts = outcome.series?.[`load${when}`]?.length ?? 0;
  const map = outcome.series?.[`map${when}`] ?? [];
  const times = hosts === 0 ? 0 : map.length / hosts;
  return {
    kind: 'heat',
    title: `Load of the hosts ${title}`,
    about: 'The load of each host in each part of the time that is compared, the first part at the top.',
    x: { label: 'host' },
    y: { label: `time, in ${times} equal parts` },
    columns: Array.from({ length: hosts }, (_, host) => host + 1),
    rows: Array.from({ length: times }, (_, time) => time + 1),
    value: { label: 'load', min: 0, max: most },
    values: Array.from({ length: times }, (_, time) =>
      Array.from({ length: hosts }, (_host, host) => map[host * times + time] ?? null),
    ),
  };
}
