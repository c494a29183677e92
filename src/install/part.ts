import { apiVersionOf, type Kind } from '../api/meta/kind.js';
import type { Draft, Resource } from '../api/meta/resource.js';

/** What can be left out, or is only there when it is asked for. */
export type Feature = keyof typeof features;

interface FeatureInfo {
  readonly about: string;
  readonly byDefault: 'in' | 'out';
}

export const features = {
  crds: { about: 'the definitions of pools, claims and production lines', byDefault: 'in' },
  reserved: {
    about: "a ValidatingAdmissionPolicy that reserves Penstock's labels and annotations on pods to the operator",
    byDefault: 'in',
  },
  authors: {
    about:
      'ValidatingAdmissionPolicies that ask whoever writes a pool, claim, line or migration for the rights that the operator uses on their behalf',
    byDefault: 'in',
  },
  tenants: {
    about: 'a ValidatingAdmissionPolicy that lets claims name only tenants that their author may `use`',
    byDefault: 'out',
  },
  gate: {
    about:
      'a MutatingAdmissionPolicy that lets pods wait for stock whose template asks for it; they wait for ever while no operator runs; Kubernetes 1.36 or newer',
    byDefault: 'out',
  },
  secrets: { about: 'the right to hand the Secrets that claims name to their containers', byDefault: 'in' },
  exec: {
    about: 'the right to run programs in containers, for production lines with a stage that does',
    byDefault: 'out',
  },
  flows: { about: 'API Priority and Fairness: deliveries before refill', byDefault: 'in' },
  monitor: { about: "a ServiceMonitor, for Prometheus' operator", byDefault: 'out' },
  alerts: { about: "a PrometheusRule, for Prometheus' operator", byDefault: 'out' },
  dashboard: { about: 'a ConfigMap with a dashboard, for Grafana', byDefault: 'out' },
  scheduler: {
    about: 'the scheduler, for pods that name it in `schedulerName`, with an account and rights of its own',
    byDefault: 'out',
  },
  rebalancer: {
    about:
      'the rebalancer, which moves pods off hot nodes and empties lightly used ones, with an account and rights of its own',
    byDefault: 'out',
  },
} as const satisfies Readonly<Record<string, FeatureInfo>>;

export const featureNames: readonly Feature[] = [
  'crds',
  'reserved',
  'authors',
  'tenants',
  'gate',
  'secrets',
  'exec',
  'flows',
  'monitor',
  'alerts',
  'dashboard',
  'scheduler',
  'rebalancer',
];

export const defaultFeatures: readonly Feature[] = featureNames.filter((name) => features[name].byDefault === 'in');

/** What a program needs beside its own rights to read the use of nodes: which of these, its configuration says. */
export type UseAccess = 'metrics-api' | 'kubelet' | 'kubelet-disk';

/** One object of an installation. */
export interface Part {
  readonly kind: Kind<Resource>;
  /** With its apiVersion and kind: as it is written to a file. */
  readonly object: Draft<Resource>;
  /** With which it comes and goes; always there when absent. */
  readonly feature?: Feature;
  /** Only there where the configuration of the program that it belongs to asks for it. */
  readonly access?: UseAccess;
}

export function part<T extends Resource>(kind: Kind<T>, object: Draft<T>, feature?: Feature, access?: UseAccess): Part {
  const complete = { apiVersion: apiVersionOf(kind), kind: kind.name, ...object };
  return { kind, object: complete, ...(feature !== undefined && { feature }), ...(access !== undefined && { access }) };
}
