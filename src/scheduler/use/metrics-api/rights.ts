/** To read what metrics-server has found. Discovery needs `system:discovery`, which every account has. */
export const metricsApiRights = [
  { group: 'metrics.k8s.io', resource: 'nodes', verbs: ['list'], why: 'reads what nodes use' },
] as const;

/** Beside, to read what pods use. */
export const metricsApiPodRights = [
  { group: 'metrics.k8s.io', resource: 'pods', verbs: ['list'], why: 'reads what pods use' },
] as const;
