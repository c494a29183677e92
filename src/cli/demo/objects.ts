/** What the demo keeps in stock and what it asks for. */
import { apiVersionOf } from '../../api/meta/kind.js';
import { type ClaimItem, ContainerClaim, type ContainerClaimSpec } from '../../api/container-claim.js';
import { ContainerPool } from '../../api/container-pool.js';
import { renewalWithin } from '../../api/container-pool-schema.js';
import type { PodSpec } from '../../api/kubernetes.js';
import type { Draft } from '../../api/meta/resource.js';
import { noLatch } from '../../api/latch.js';
import { defaultAudit } from '../../api/upkeep.js';

export const image = 'registry.example/web:1.4';

/** What a pod needs besides its containers to land on the demo's nodes. */
export type PodPlacement = Pick<PodSpec, 'nodeSelector' | 'tolerations' | 'schedulerName'>;

const siteFile = 'site.yaml';

export function demoPool(
  name: string,
  namespace: string,
  replicas: number,
  placement: PodPlacement,
): Draft<ContainerPool> & Pick<ContainerPool, 'spec'> {
  return {
    apiVersion: apiVersionOf(ContainerPool),
    kind: ContainerPool.name,
    metadata: { name, namespace },
    spec: {
      replicas,
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          ...placement,
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 5,
          containers: [
            {
              name: 'web',
              image,
              ports: [{ name: 'http', containerPort: 8080 }],
              resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
              readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
            },
          ],
        },
      },
      refill: { paused: false, maxStarting: 50, startDeadline: '5m' },
      renewal: renewalWithin({}),
      audit: defaultAudit,
      claims: { maxContainers: 10_000 },
      configuration: { mountPath: '/etc/penstock', files: [siteFile] },
      latch: noLatch,
    },
  };
}

/** Three items, each configured differently; the last one is larger than what is in stock. */
export function demoItems(count: number): readonly ClaimItem[] {
  const shop = Math.ceil(count * 0.4);
  const blog = Math.min(Math.ceil(count * 0.35), count - shop - 1);
  const item = (name: string, containers: number, workers: number): ClaimItem => ({
    name,
    count: containers,
    labels: { site: name },
    env: [
      { name: 'SITE', value: name },
      { name: 'WORKERS', value: String(workers) },
    ],
    files: [{ name: siteFile, content: `title: The ${name}\nworkers: ${workers}\n` }],
  });
  return [
    item('shop', shop, 2),
    item('blog', blog, 1),
    {
      ...item('search', count - shop - blog, 4),
      resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { cpu: '1', memory: '1Gi' } },
    },
  ];
}

export function demoClaim(
  name: string,
  namespace: string,
  pool: string,
  count: number,
  whenEmpty: ContainerClaimSpec['whenEmpty'],
) {
  return {
    apiVersion: apiVersionOf(ContainerClaim),
    kind: ContainerClaim.name,
    metadata: { name, namespace },
    spec: { pool: { name: pool }, items: demoItems(count), whenEmpty },
  } satisfies Draft<ContainerClaim>;
}
