import { kind } from '../../api/meta/kind.js';
import type { Resource } from '../../api/meta/resource.js';

/** Kinds of Prometheus' operator; a cluster without it refuses them. */
type Monitoring = Resource & { readonly spec: object };

const group = 'monitoring.coreos.com';

export const ServiceMonitor = kind<Monitoring>({
  group,
  version: 'v1',
  plural: 'servicemonitors',
  name: 'ServiceMonitor',
  namespaced: true,
});
export const PrometheusRule = kind<Monitoring>({
  group,
  version: 'v1',
  plural: 'prometheusrules',
  name: 'PrometheusRule',
  namespaced: true,
});
