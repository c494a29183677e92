import { leaseName } from '../names.js';
import { ours, ourControllers } from './scope.js';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: 'critical' | 'warning' };
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** What somebody should look at. test/install/monitoring.test.ts checks that the operator serves what is asked for here. */
export const alerts: readonly Alert[] = [
  {
    alert: 'PenstockHasNoLeader',
    expr: `(sum(leader_election_master_status{name="${leaseName}"}) or vector(0)) < 1`,
    for: '1m',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'No operator of Penstock leads: nothing is delivered and no stock is made.',
      description: 'Containers that were delivered go on running. Run `penstock doctor`; it says what is wrong.',
    },
  },
  {
    alert: 'PenstockDeliveriesFail',
    expr: 'sum(rate(penstock_stage_outcomes_total{stage="hand-over",outcome="fail"}[5m])) > 0',
    for: '10m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'The API server refuses to hand containers over.',
      description: 'The conditions of the claims say in which words: `penstock claim list -A`.',
    },
  },
  {
    alert: 'PenstockReconcileErrors',
    expr: `sum by (controller) (rate(controller_runtime_reconcile_errors_total{controller=~"${ourControllers}",${ours}}[5m])) > 0.1`,
    for: '15m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'The controller {{ $labels.controller }} of Penstock fails again and again.',
      description: 'The log of the operator says at what; `penstock doctor` knows the usual reasons.',
    },
  },
  {
    alert: 'PenstockIsBehind',
    expr: `max by (name) (workqueue_unfinished_work_seconds{name=~"${ourControllers}",${ours}}) > 60`,
    for: '5m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'Penstock has worked on one thing of {{ $labels.name }} for more than a minute.',
      description: 'Is the API server slow, or does a quota hold back what it makes?',
    },
  },
  {
    alert: 'PenstockIsRefusedByTheServer',
    expr: `sum by (code) (rate(rest_client_requests_total{code=~"401|403|429|5..|<error>",${ours}}[5m])) > 1`,
    for: '10m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'The API server answers the operator of Penstock with {{ $labels.code }}.',
      description: '403: a right is missing, `penstock doctor` names it. 429: see its priority levels.',
    },
  },
];
