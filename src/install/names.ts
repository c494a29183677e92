/** What the parts of an installation are called: one installation per cluster, so that they can be found again. */
export const defaultNamespace = 'penstock-system';

/** Of the operator's Deployment, service account, roles, priority class and disruption budget. */
export const operatorName = 'penstock-operator';
/** Of the Lease that elects the operator's leader. */
export const leaseName = 'penstock-operator';

/** Of the role by which it may touch Secrets. */
export const secretsRole = 'penstock-operator-secrets';

/** Of the role by which it may run programs in containers. */
export const execRole = 'penstock-operator-exec';

/** Of the scheduler's Deployment, service account, roles, priority class, disruption budget and Lease. */
export const schedulerName = 'penstock-scheduler';
/** Of the ConfigMap with its configuration, of the file in that, and of the folder in which its pods see the file. */
export const schedulerConfiguration = {
  configMap: schedulerName,
  file: 'scheduler.yaml',
  folder: '/etc/penstock',
} as const;
/** Of the role by which it reads the metrics API. */
export const metricsRole = 'penstock-scheduler-metrics';
/** Of the role by which that account reads what disks do. */
export const useReaderDiskRole = 'penstock-use-reader-disk';

/** Of the rebalancer's Deployment, service account, roles, priority class, disruption budget and Lease. */
export const rebalancerName = 'penstock-rebalancer';
/** Of its ConfigMap and file, as `schedulerConfiguration`. */
export const rebalancerConfiguration = {
  configMap: rebalancerName,
  file: 'rebalancer.yaml',
  folder: '/etc/penstock',
} as const;
/** Of the role by which it reads the metrics API. */
export const rebalancerMetricsRole = 'penstock-rebalancer-metrics';
/** Of the role by which the account that it reads kubelets as reads what disks do. */
export const rebalancerReaderDiskRole = 'penstock-rebalancer-use-reader-disk';

/** On every part. */
export const partOf = { 'app.kubernetes.io/name': 'penstock', 'app.kubernetes.io/part-of': 'penstock' } as const;

/** What runs in the cluster. */
export type Program = 'operator' | 'scheduler' | 'rebalancer';

/** What selects the pods of a program. A Deployment's selector can never change: neither may these. */
export const selectorOf = (component: Program) =>
  ({ 'app.kubernetes.io/name': 'penstock', 'app.kubernetes.io/component': component }) as const;

export const operatorSelector = selectorOf('operator');
export const schedulerSelector = selectorOf('scheduler');
export const rebalancerSelector = selectorOf('rebalancer');

/** Of the Deployment of each. */
export const programNames: Readonly<Record<Program, string>> = {
  operator: operatorName,
  scheduler: schedulerName,
  rebalancer: rebalancerName,
};

/** How RBAC calls a service account; the operator's unless another is named. */
export const serviceAccountUser = (namespace: string, account = operatorName): string =>
  `system:serviceaccount:${namespace}:${account}`;
