import { PodDisruptionBudget, PriorityClass, Service } from '../api/administration.js';
import { Deployment } from '../api/kubernetes.js';
import { partOf, type selectorOf } from './names.js';
import { type Feature, type Part, part } from './part.js';

/** Where programs of ours run, and which build of them. */
export interface Placement {
  readonly namespace: string;
  readonly image: string;
  /** Of the program, such as `0.1.0`. */
  readonly version: string;
}

/** A program of ours that runs in replicas, of which one works and the others take over. */
export interface Workload extends Placement {
  /** Of everything that belongs to it, its service account included. */
  readonly name: string;
  /** Its pods' labels. A Deployment's selector can never change. */
  readonly selector: ReturnType<typeof selectorOf>;
  /** Of its priority class. */
  readonly description: string;
  readonly replicas: number;
  readonly args: readonly string[];
  readonly ports: { readonly metrics: number; readonly health: number };
  readonly resources: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
  /** A ConfigMap, and the folder in which its files are. */
  readonly files?: { readonly configMap: string; readonly mountPath: string };
  /** With which it comes and goes. */
  readonly feature?: Feature;
}

/** Priority, budget, address and pods. Runs under restricted Pod Security. */
export function workloadParts(workload: Workload): readonly Part[] {
  const { name, namespace, selector, feature } = workload;
  const metadata = { name, namespace, labels: { ...partOf, ...selector } };
  return [
    part(
      PriorityClass,
      {
        metadata: { name, labels: partOf },
        value: 1_000_000,
        globalDefault: false,
        description: workload.description,
      },
      feature,
    ),
    part(PodDisruptionBudget, { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: selector } } }, feature),
    part(
      Service,
      {
        metadata,
        spec: {
          // only for those who look for the addresses to scrape
          clusterIP: 'None',
          selector,
          ports: [{ name: 'metrics', port: workload.ports.metrics, targetPort: 'metrics' }],
        },
      },
      feature,
    ),
    part(
      Deployment,
      {
        metadata: { ...metadata, labels: { ...metadata.labels, 'app.kubernetes.io/version': workload.version } },
        spec: {
          replicas: workload.replicas,
          selector: { matchLabels: selector },
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          template: {
            metadata: { labels: { ...partOf, ...selector } },
            spec: podSpec(workload),
          },
        },
      },
      feature,
    ),
  ];
}

const probe = (path: string, more: { readonly periodSeconds: number; readonly failureThreshold: number }) => ({
  httpGet: { path, port: 'health' },
  timeoutSeconds: 5,
  ...more,
});

const podSpec = ({ name, selector, image, args, ports, resources, files }: Workload) => ({
  serviceAccountName: name,
  priorityClassName: name,
  // longer than a program takes to finish what it has begun and to give its lease back
  terminationGracePeriodSeconds: 30,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 65532,
    runAsGroup: 65532,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  containers: [
    {
      name: selector['app.kubernetes.io/component'],
      image,
      imagePullPolicy: 'IfNotPresent',
      args: [...args],
      ports: [
        { name: 'metrics', containerPort: ports.metrics },
        { name: 'health', containerPort: ports.health },
      ],
      livenessProbe: probe('/healthz', { periodSeconds: 20, failureThreshold: 3 }),
      readinessProbe: probe('/readyz', { periodSeconds: 5, failureThreshold: 3 }),
      startupProbe: probe('/healthz', { periodSeconds: 2, failureThreshold: 60 }),
      resources: { ...resources },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      ...(files && { volumeMounts: [{ name: 'configuration', mountPath: files.mountPath, readOnly: true }] }),
    },
  ],
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: selector },
    },
  ],
  ...(files && { volumes: [{ name: 'configuration', configMap: { name: files.configMap } }] }),
});
