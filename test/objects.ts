/** Small objects for tests of decisions: as a server would give them, with what the test does not name filled in. */
import type { ClaimItem, ContainerClaim, ContainerClaimSpec } from '../src/api/container-claim.js';
import { ContainerClaim as ContainerClaimKind } from '../src/api/container-claim.js';
import { ContainerPool as ContainerPoolKind } from '../src/api/container-pool.js';
import { renewalWithin } from '../src/api/container-pool-schema.js';
import type { TemplatedPool } from '../src/api/container-pool.js';
import {
  type Container,
  type Deployment,
  Deployment as DeploymentKind,
  type Pod,
  type ReplicaSet,
  ReplicaSet as ReplicaSetKind,
} from '../src/api/kubernetes.js';
import { apiVersionOf, controllerReference } from '../src/api/meta/kind.js';
import type { Metadata } from '../src/api/meta/metadata.js';
import { noLatch } from '../src/api/latch.js';
import { defaultAudit } from '../src/api/upkeep.js';
import { annotations, labels, optIn, states } from '../src/api/names.js';
import { templateFingerprint } from '../src/line/pod-template.js';
import { timestamp } from '../src/support/time.js';
import { virtualEpoch } from '../src/support/virtual-clock.js';

export const now = virtualEpoch;

const metadata = (name: string): Metadata => ({
  name,
  namespace: 'default',
  uid: `uid-${name}`,
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: timestamp(now),
});

/** A template whose containers can be cleaned: what they write to their own root could not be found again. */
export function cleanable(resources?: Container['resources']) {
  const securityContext = { readOnlyRootFilesystem: true };
  const main = { name: 'main', image: 'registry.test/app:1', command: ['/app'], securityContext };
  return { spec: { containers: [{ ...main, ...(resources && { resources }) }] } };
}

export function aPool(spec: Partial<TemplatedPool['spec']> = {}, name = 'pool'): TemplatedPool {
  return {
    apiVersion: apiVersionOf(ContainerPoolKind),
    kind: 'ContainerPool',
    metadata: metadata(name),
    spec: {
      replicas: 10,
      template: { spec: { containers: [{ name: 'main', image: 'registry.test/app:1' }] } },
      refill: { paused: false, maxStarting: 50, startDeadline: '5m' },
      renewal: renewalWithin({ maxUnavailable: 2, maxSurge: 2 }),
      audit: defaultAudit,
      claims: { maxContainers: 10_000 },
      configuration: { mountPath: '/etc/penstock', files: [] },
      latch: noLatch,
      ...spec,
    },
  };
}

export function aClaim(
  spec: Partial<ContainerClaimSpec> & { readonly count?: number } = {},
  name = 'claim',
): ContainerClaim {
  const { count = 3, ...rest } = spec;
  const items: readonly ClaimItem[] = [{ name: 'a', count }];
  return {
    apiVersion: apiVersionOf(ContainerClaimKind),
    kind: 'ContainerClaim',
    metadata: metadata(name),
    spec: { pool: { name: 'pool' }, items, whenEmpty: 'Wait', ...rest },
  };
}

type PodParts = { readonly metadata?: Partial<Metadata>; readonly spec?: Pod['spec']; readonly status?: Pod['status'] };

export const ready: Pod['status'] = {
  phase: 'Running',
  startTime: timestamp(now),
  conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: timestamp(now) }],
};

/** A container of `pool`, in stock and ready unless told otherwise. */
export function stocked(name: string, parts: PodParts = {}, pool = aPool()): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    spec: parts.spec ?? { containers: [{ name: 'main', image: 'registry.test/app:1' }] },
    status: parts.status ?? ready,
    metadata: {
      ...metadata(name),
      labels: {
        [labels.pool]: pool.metadata.name,
        [labels.state]: states.stocked,
        [labels.template]: templateFingerprint(pool),
      },
      ownerReferences: [controllerReference(ContainerPoolKind, pool)],
      ...parts.metadata,
    },
  };
}

/** A container that was handed to `claim` under this number. */
export function delivered(
  name: string,
  claim: ContainerClaim,
  index: number,
  parts: PodParts & { readonly term?: number } = {},
): Pod {
  return stocked(name, {
    ...parts,
    metadata: {
      labels: {
        [labels.pool]: claim.spec.pool.name ?? 'pool',
        [labels.state]: states.delivered,
        [labels.claim]: claim.metadata.name,
      },
      annotations: {
        [annotations.claimUid]: claim.metadata.uid,
        [annotations.index]: String(index),
        [annotations.term]: String(parts.term ?? 1),
        [annotations.deliveredAt]: timestamp(now),
      },
      ownerReferences: [controllerReference(ContainerClaimKind, claim)],
      ...parts.metadata,
    },
  });
}

/** A delivered container whose program ran once, and has ended with this code. */
export function ended(
  name: string,
  claim: ContainerClaim,
  index: number,
  exitCode: number,
  { at = now, failures = 0 }: { readonly at?: number; readonly failures?: number } = {},
): Pod {
  const pod = delivered(name, claim, index);
  const terminated = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', finishedAt: timestamp(at) };
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      annotations: { ...pod.metadata.annotations, ...(failures > 0 && { [annotations.failures]: String(failures) }) },
    },
    spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'registry.test/app:1' }] },
    status: {
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      containerStatuses: [
        { name: 'main', ready: false, restartCount: 0, image: '', imageID: '', state: { terminated } },
      ],
    },
  };
}

/** A Deployment that takes its replicas from pool `pool`, unless told otherwise. */
export function aDeployment(parts: Partial<Metadata> = {}, name = 'web'): Deployment {
  return {
    apiVersion: apiVersionOf(DeploymentKind),
    kind: 'Deployment',
    metadata: { ...metadata(name), annotations: { [optIn.pool]: 'pool' }, ...parts },
  };
}

interface ReplicaSetParts {
  readonly name?: string;
  readonly replicas?: number;
  readonly revision?: number;
  readonly deployment?: Deployment;
  /** Of its template's pods. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: NonNullable<Pod['spec']>;
}

/** A ReplicaSet of `aDeployment`. */
export function aReplicaSet(parts: ReplicaSetParts = {}): ReplicaSet {
  const { name = 'web-1', replicas = 3, revision = 1, deployment = aDeployment() } = parts;
  const { labels: podLabels = { app: 'web', 'pod-template-hash': '1' }, annotations: podAnnotations } = parts;
  return {
    apiVersion: apiVersionOf(ReplicaSetKind),
    kind: 'ReplicaSet',
    metadata: {
      ...metadata(name),
      annotations: { ...deployment.metadata.annotations, 'deployment.kubernetes.io/revision': String(revision) },
      ownerReferences: [controllerReference(DeploymentKind, deployment)],
    },
    spec: {
      replicas,
      selector: { matchLabels: podLabels },
      template: {
        metadata: { labels: podLabels, ...(podAnnotations && { annotations: podAnnotations }) },
        spec: parts.spec ?? { containers: [{ name: 'main', image: 'registry.test/app:1' }] },
      },
    },
  };
}
