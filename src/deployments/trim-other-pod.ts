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

type Texts = Readonly<Record<string, string>>;
type Affinity = NonNullable<PodSpec['affinity']>;
type PodTerms = NonNullable<NonNullable<Affinity['podAntiAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']>;
type Status = NonNullable<Pod['status']>;

/** A pod may have many annotations, and long ones. */
const keptPrefix = `${group}/`;

export class OtherPodTrimmer {
  readonly #texts = new Interned<string>();
  readonly #labels = new Interned<Texts>();
  readonly #owners = new Interned<readonly OwnerReference[]>();
  readonly #containers = new Interned<readonly Container[]>();
  readonly #affinities = new Interned<Affinity>();
  readonly #statuses = new Interned<Status>();

  /** @param old what was kept of it before */
  trim(pod: Pod, old: Pod | undefined): Pod {
    const { apiVersion, kind, metadata, spec } = pod;
    return {
      apiVersion: this.#text(apiVersion),
      kind: this.#text(kind),
      metadata: this.#metadata(metadata, old?.metadata),
      ...(spec && { spec: this.#spec(spec) }),
      status: this.#status(pod),
    };
  }

  #metadata(whole: Metadata, old: Metadata | undefined): Metadata {
    const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels, annotations } = whole;
    const owner = controllerOf({ metadata: whole });
    return {
      name,
      ...(namespace !== undefined && { namespace: this.#text(namespace) }),
      uid,
      resourceVersion,
      creationTimestamp: this.#text(creationTimestamp),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
      ...(labels && { labels: this.#labelsLike(labels, old?.labels) }),
      // that there are some matters to who adds one
      ...(annotations && { annotations: own(annotations) }),
      ...(owner && { ownerReferences: this.#owners.of(owner.uid, () => [owner]) }),
    };
  }

  #spec({ nodeName, schedulingGates, affinity, containers }: PodSpec): PodSpec {
    const repelled = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    return {
      containers: this.#requesting(containers),
      ...(nodeName !== undefined && { nodeName: this.#text(nodeName) }),
      ...(schedulingGates && { schedulingGates }),
      ...(repelled && { affinity: this.#repelling(repelled) }),
    };
  }

  #text(text: string): string {
    return this.#texts.of(text, () => text);
  }

  #labelsLike(labels: Texts, old: Texts | undefined): Texts {
    return old && areSame(old, labels) ? old : this.#labels.of(JSON.stringify(labels), () => labels);
  }

  #requesting(containers: readonly Container[]): readonly Container[] {
    const cpus = containers.map(({ resources }) => resources?.requests?.['cpu']);
    return this.#containers.of([cpus.length, ...cpus].join(), () =>
      cpus.map((cpu) => ({ name: '', ...(cpu !== undefined && { resources: { requests: { cpu } } }) })),
    );
  }

  #repelling(terms: PodTerms): Affinity {
    const podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: terms };
    return this.#affinities.of(JSON.stringify(terms), () => ({ podAntiAffinity }));
  }

  /** As much of its status as is told apart here: one of a few. */
  #status(pod: Pod): Status {
    const { phase } = pod.status ?? {};
    const stands = isReady(pod);
    // of others it does not matter
    const hasStarted = (phase ?? 'Pending') === 'Pending' && !isTerminating(pod) && !isWaiting(pod);
    return this.#statuses.of([phase, stands, hasStarted].join(), () => ({
      ...(phase !== undefined && { phase }),
      ...(stands && { conditions: [{ type: 'Ready', status: 'True' }] }),
      ...(hasStarted && { containerStatuses: [started] }),
    }));
  }
}

const started = { name: '', image: '', imageID: '', ready: false, restartCount: 0, state: { running: {} } } as const;

function areSame(one: Texts, other: Texts): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

const none: Texts = {};

function own(annotations: Texts): Texts {
  const kept = Object.entries(annotations).filter(([name]) => name.startsWith(keptPrefix) || name === deletionCost);
  return kept.length === 0 ? none : Object.fromEntries(kept);
}
