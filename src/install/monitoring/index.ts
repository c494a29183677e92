/** What Prometheus and Grafana need to know; none of it is installed unless it is asked for. */
import { ConfigMap } from '../../api/kubernetes.js';
import { operatorName, operatorSelector, partOf } from '../names.js';
import { type Part, part } from '../part.js';
import { alerts } from './alerts.js';
import { dashboard } from './dashboard.js';
import { PrometheusRule, ServiceMonitor } from './kinds.js';

export function monitoring(namespace: string): readonly Part[] {
  const metadata = { name: operatorName, namespace, labels: partOf };
  return [
    part(
      ServiceMonitor,
      {
        metadata,
        spec: {
          selector: { matchLabels: operatorSelector },
          endpoints: [{ port: 'metrics', path: '/metrics', interval: '30s' }],
        },
      },
      'monitor',
    ),
    part(PrometheusRule, { metadata, spec: { groups: [{ name: 'penstock', rules: alerts }] } }, 'alerts'),
    part(
      ConfigMap,
      {
        metadata: { ...metadata, name: 'penstock-dashboard', labels: { ...partOf, grafana_dashboard: '1' } },
        data: { 'penstock.json': `${JSON.stringify(dashboard, null, 2)}\n` },
      },
      'dashboard',
    ),
  ];
}
