import { leaseName } from '../names.js';
import { ours, ourControllers } from './scope.js';

interface Panel {
  readonly title: string;
  readonly about: string;
  readonly unit: 's' | 'ops' | 'short';
  readonly queries: readonly (readonly [expr: string, legend: string])[];
}

const quantile = (share: number, histogram: string, by: string, which: string) =>
  `histogram_quantile(${share}, sum by (le, ${by}) (rate(${histogram}_bucket{${which}}[$__rate_interval])))`;

const handOver = 'stage="hand-over"';
const queues = `name=~"${ourControllers}",${ours}`;
const controllers = `controller=~"${ourControllers}",${ours}`;

/** test/install/monitoring.test.ts checks that the operator serves what is asked for here. */
const panels: readonly Panel[] = [
  {
    title: 'Containers handed over',
    about: 'By outcome. What is retried was wanted by somebody else first, or had changed since.',
    unit: 'ops',
    queries: [
      ['sum by (outcome) (rate(penstock_stage_outcomes_total{stage="hand-over"}[$__rate_interval]))', '{{outcome}}'],
    ],
  },
  {
    title: 'Time of one hand-over',
    about: 'One write to the API server.',
    unit: 's',
    queries: [
      [quantile(0.5, 'penstock_stage_duration_seconds', 'stage', handOver), 'p50'],
      [quantile(0.99, 'penstock_stage_duration_seconds', 'stage', handOver), 'p99'],
    ],
  },
  {
    title: 'Containers made and retired',
    about: 'What refill and replacement cost.',
    unit: 'ops',
    queries: [
      [
        'sum by (stage) (rate(penstock_stage_outcomes_total{stage=~"provision|retire"}[$__rate_interval]))',
        '{{stage}}',
      ],
    ],
  },
  {
    title: 'Stages of the line, p99',
    about: 'Where the time of a delivery goes.',
    unit: 's',
    queries: [[quantile(0.99, 'penstock_stage_duration_seconds', 'stage', ours), '{{stage}}']],
  },
  {
    title: 'Waiting in the queues',
    about: 'Pools, claims and ReplicaSets that want to be looked at.',
    unit: 'short',
    queries: [[`sum by (name) (workqueue_depth{${queues}})`, '{{name}}']],
  },
  {
    title: 'Time in the queue, p99',
    about: 'From the wish to the look.',
    unit: 's',
    queries: [[quantile(0.99, 'workqueue_queue_duration_seconds', 'name', queues), '{{name}}']],
  },
  {
    title: 'Time of one look, p99',
    about: 'A look at a claim includes its deliveries.',
    unit: 's',
    queries: [
      [quantile(0.99, 'controller_runtime_reconcile_time_seconds', 'controller', controllers), '{{controller}}'],
    ],
  },
  {
    title: 'Errors',
    about: 'Each is tried again.',
    unit: 'ops',
    queries: [
      [
        `sum by (controller) (rate(controller_runtime_reconcile_errors_total{${controllers}}[$__rate_interval]))`,
        '{{controller}}',
      ],
    ],
  },
  {
    title: 'Requests to the API server',
    about: 'By method and answer.',
    unit: 'ops',
    queries: [
      [`sum by (method, code) (rate(rest_client_requests_total{${ours}}[$__rate_interval]))`, '{{method}} {{code}}'],
    ],
  },
  {
    title: 'Leaders',
    about: 'One; for some seconds none, after a crash.',
    unit: 'short',
    queries: [[`sum(leader_election_master_status{name="${leaseName}"})`, 'leaders']],
  },
];

const [width, height, perRow] = [12, 8, 2];
const datasource = { type: 'prometheus', uid: '${datasource}' };

/** For Grafana: asks for a Prometheus data source when it is imported. */
export const dashboard = {
  title: 'Penstock',
  uid: 'penstock-operator',
  tags: ['penstock', 'kubernetes'],
  schemaVersion: 39,
  timezone: 'browser',
  refresh: '30s',
  time: { from: 'now-1h', to: 'now' },
  templating: { list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }] },
  panels: panels.map(({ title, about, unit, queries }, index) => ({
    id: index + 1,
    type: 'timeseries',
    title,
    description: about,
    datasource,
    gridPos: {
      x: (index % perRow) * width,
      y: Math.floor(index / perRow) * height,
      w: width,
      h: height,
    },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: queries.map(([expr, legendFormat], place) => ({
      refId: String.fromCharCode(65 + place),
      datasource,
      expr,
      legendFormat,
    })),
  })),
};
