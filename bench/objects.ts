/** The pool and the claims that the benches use: one small container per pod, as an API server wants them. */
import type { ContainerClaim } from '../src/api/container-claim.js';
import type { ContainerPool } from '../src/api/container-pool.js';
import { renewalWithin } from '../src/api/container-pool-schema.js';
import type { Pod } from '../src/api/kubernetes.js';
import type { Draft } from '../src/api/meta/resource.js';
import { annotations, labels, states } from '../src/api/names.js';
import { noLatch } from '../src/api/latch.js';
import { defaultAudit } from '../src/api/upkeep.js';
import { type JsonOperation, pointer } from '../src/cluster/patch.js';

export const namespace = 'default';

const main = {
  name: 'main',
  image: 'registry.test/app:1',
  resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '100m', memory: '32Mi' } },
};

export function poolDraft(name: string, replicas: number): Draft<ContainerPool> {
  return {
    metadata: { name, namespace },
    spec: {
      replicas,
      template: { spec: { terminationGracePeriodSeconds: 0, containers: [main] } },
      refill: { paused: false, maxStarting: 100, startDeadline: '5m' },
      renewal: renewalWithin({}),
      audit: defaultAudit,
      claims: { maxContainers: 10_000 },
      configuration: { mountPath: '/etc/penstock', files: [] },
      latch: noLatch,
    },
  };
}

export function claimDraft(name: string, pool: string, count: number): Draft<ContainerClaim> {
  const item = { name: 'job', count, env: [{ name: 'JOB', value: name }], labels: { job: name } };
  return { metadata: { name, namespace }, spec: { pool: { name: pool }, items: [item], whenEmpty: 'Wait' } };
}

/**
 * A hand-over as the operator writes it, under other names: the operator must take no notice of these pods.
 *
 * @param state the label that says whether the pod is in stock
 */
export function bareHandOver(
  { metadata }: Pod,
  owner: object,
  index: number,
  state: string = labels.state,
): readonly JsonOperation[] {
  const annotation = (key: string, value: string): JsonOperation => ({
    op: 'add',
    path: pointer('metadata', 'annotations', key),
    value,
  });
  return [
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    { op: 'test', path: pointer('metadata', 'labels', state), value: states.stocked },
    { op: 'test', path: '/metadata/ownerReferences', value: metadata.ownerReferences },
    { op: 'add', path: '/metadata/labels/job', value: 'bare' },
    { op: 'add', path: pointer('metadata', 'labels', state), value: states.delivered },
    { op: 'add', path: '/metadata/labels/bench.test~1claim', value: 'bare' },
    annotation('bench.test/claim-uid', metadata.uid),
    annotation('bench.test/index', String(index)),
    annotation('bench.test/item', 'job'),
    annotation('bench.test/lease-term', '0'),
    annotation('bench.test/origin', 'stock'),
    annotation('bench.test/delivered-at', '2026-01-01T00:00:00.000000Z'),
    annotation(annotations.safeToEvict, 'false'),
    annotation('bench.test/env', JSON.stringify({ JOB: 'bare' })),
    { op: 'replace', path: '/metadata/ownerReferences', value: [owner] },
  ];
}
