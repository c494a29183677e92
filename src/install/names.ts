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

/** On every part. */
export const partOf = { 'app.kubernetes.io/name': 'penstock', 'app.kubernetes.io/part-of': 'penstock' } as const;

/** What selects the operator's pods. A Deployment's selector can never change: neither may these. */
export const operatorSelector = {
  'app.kubernetes.io/name': 'penstock',
  'app.kubernetes.io/component': 'operator',
} as const;

export const serviceAccountUser = (namespace: string): string => `system:serviceaccount:${namespace}:${operatorName}`;
