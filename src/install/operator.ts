import { PodDisruptionBudget, PriorityClass, Service } from '../api/administration.js';
import { Deployment } from '../api/kubernetes.js';
import { defaultPorts } from '../runtime/index.js';
import { operatorName, operatorSelector, partOf } from './names.js';
import { type Part, part } from './part.js';

export interface OperatorPlacement {
  readonly namespace: string;
  readonly image: string;
  readonly replicas: number;
  /** Of the program, such as `0.1.0`. */
  readonly version: string;
}

/** The operator itself: two replicas, of which one works and the other takes over. Runs under restricted Pod Security. */
export function operatorParts(placement: OperatorPlacement): readonly Part[] {
  const { namespace } = placement;
  const metadata = { name: operatorName, namespace, labels: { ...partOf, ...operatorSelector } };
  return [
    part(PriorityClass, {
      metadata: { name: operatorName, labels: partOf },
      value: 1_000_000,
      globalDefault: false,
      description: 'Penstock: without its operator nothing is delivered.',
    }),
    part(PodDisruptionBudget, {
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: operatorSelector } },
    }),
    part(Service, {
      metadata,
      spec: {
        // only for those who look for the addresses to scrape
        clusterIP: 'None',
        selector: operatorSelector,
        ports: [{ name: 'metrics', port: defaultPorts.metrics, targetPort: 'metrics' }],
      },
    }),
    part(Deployment, {
      metadata: { ...metadata, labels: { ...metadata.labels, 'app.kubernetes.io/version': placement.version } },
      spec: {
        replicas: placement.replicas,
        selector: { matchLabels: operatorSelector },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: { metadata: { labels: { ...partOf, ...operatorSelector } }, spec: podSpec(placement.image) },
      },
    }),
  ];
}

const probe = (path: string, more: { readonly periodSeconds: number; readonly failureThreshold: number }) => ({
  httpGet: { path, port: 'health' },
  timeoutSeconds: 5,
  ...more,
});

const podSpec = (image: string) => ({
  serviceAccountName: operatorName,
  priorityClassName: operatorName,
  // longer than the operator takes to finish what it has begun and to give its lease back
  terminationGracePeriodSeconds: 30,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 65532,
    runAsGroup: 65532,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  containers: [
    {
      name: 'operator',
      image,
      imagePullPolicy: 'IfNotPresent',
      args: ['run', '--log-level=info'],
      ports: [
        { name: 'metrics', containerPort: defaultPorts.metrics },
        { name: 'health', containerPort: defaultPorts.health },
      ],
      livenessProbe: probe('/healthz', { periodSeconds: 20, failureThreshold: 3 }),
      readinessProbe: probe('/readyz', { periodSeconds: 5, failureThreshold: 3 }),
      startupProbe: probe('/healthz', { periodSeconds: 2, failureThreshold: 60 }),
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    },
  ],
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: operatorSelector },
    },
  ],
});
