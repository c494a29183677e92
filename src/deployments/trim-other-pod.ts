/**
 * What the cache keeps of a pod that is not ours, of which a cluster may have many: whether it waits, as the replica of a Deployment;
 * what it means to the constraints of others on its node; how much cpu it requests. What pods have in common is held once.
 */
import type { Container, Pod, PodSpec } from '../api/kubernetes.js';
import { controllerOf } from '../api/meta/kind.js';
import type { Metadata, OwnerReference } from '../api/meta/metadata.js';
import { deletionCost, group } from '../api/names.js';
import { isReady, isTerminating, isWaiting } from '../line/index.js';
import { Interned } from '../support/interned.js';

type Status = NonNullable<Pod['status']>;

/** A pod may have many annotations, and long ones. */
const keptPrefix = `${group}/`;

export class OtherPodTrimmer {
  readonly #texts = new Interned<string>();
  readonly #labels = new Interned<Readonly<Record<string, string>>>();
  readonly #owners = new Interned<readonly OwnerReference[]>();
  readonly #containers = new Interned<readonly Container[]>();
  readonly #affinities = new Interned<NonNullable<PodSpec['affinity']>>();
  readonly #statuses = new Interned<Status>();

  /** @param old what was kept of it before */
  trim(pod: Pod, old: Pod | undefined): Pod {
    const { apiVersion, kind, metadata, spec } = pod;
    return {
      apiVersion: this.#texts.alike(apiVersion),
      kind: this.#texts.alike(kind),
      metadata: this.#metadata(metadata, old?.metadata),
      ...(spec && { spec: this.#spec(spec, old?.spec) }),
      status: this.#statuses.alike(statusOf(pod), old?.status),
    };
  }

  #metadata(whole: Metadata, old: Metadata | undefined): Metadata {
    const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels, annotations } = whole;
    const owner = controllerOf({ metadata: whole });
    return {
      name,
      ...(namespace !== undefined && { namespace: this.#texts.alike(namespace) }),
      uid,
      resourceVersion,
      creationTimestamp,
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
      ...(labels && { labels: this.#labels.alike(labels, old?.labels) }),
      // that there are some matters to who adds one
      ...(annotations && { annotations: own(annotations) }),
      ...(owner && { ownerReferences: this.#owners.alike([owner], old?.ownerReferences) }),
    };
  }

  #spec({ nodeName, schedulingGates, affinity, containers }: PodSpec, old: PodSpec | undefined): PodSpec {
    const terms = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    const repelled = terms && { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } };
    return {
      containers: this.#containers.alike(containers.map(requesting), old?.containers),
      ...(nodeName !== undefined && { nodeName: this.#texts.alike(nodeName) }),
      ...(schedulingGates && { schedulingGates }),
      ...(repelled && { affinity: this.#affinities.alike(repelled, old?.affinity) }),
    };
  }
}

const none: Readonly<Record<string, string>> = {};

function own(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept = Object.entries(annotations).filter(([name]) => name.startsWith(keptPrefix) || name === deletionCost);
  return kept.length === 0 ? none : Object.fromEntries(kept);
}

function requesting({ resources }: Container): Container {
  const cpu = resources?.requests?.['cpu'];
  return { name: '', ...(cpu !== undefined && { resources: { requests: { cpu } } }) };
}

/** As much of its status as is told apart here: one of a few. */
function statusOf(pod: Pod): Status {
  const { phase } = pod.status ?? {};
  // of others it does not matter
  const hasStarted = (phase ?? 'Pending') === 'Pending' && !isTerminating(pod) && !isWaiting(pod);
  return {
    ...(phase !== undefined && { phase }),
    ...(isReady(pod) && { conditions: [{ type: 'Ready', status: 'True' }] }),
    ...(hasStarted && { containerStatuses: [started] }),
  };
}

const started = { name: '', image: '', imageID: '', ready: false, restartCount: 0, state: { running: {} } } as const;
