/**
 * Where a replica may be: required pod affinity and anti-affinity, in both directions, and spread constraints that say DoNotSchedule, by the
 * scheduler's own filters, for containers that run on their nodes already and are about to get the replica's labels. Pure.
 * What cannot be judged from pods and node labels alone counts as a no: that replica starts cold.
 */
import type { Node, Pod, PodSpec, ReplicaSet } from '../api/kubernetes.js';
import { isOver, isStocked } from '../line/index.js';
import { acrossNodes, nodeAffinity, podInfo, type PodShape, podShape, Snapshot, termOf } from '../scheduling/index.js';

type Labels = Readonly<Record<string, string>>;
type Affinity = NonNullable<PodSpec['affinity']>;
type PodTerms = NonNullable<NonNullable<Affinity['podAntiAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']>;

/** What of a node matters here. */
export type NodeLabels = Pick<Node, 'metadata'>;

const termsOf = (spec: PodSpec | undefined): PodTerms =>
  spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];

/** Whether the template itself limits where its pods may be beside others. */
export function isConstrained(spec: PodSpec | undefined): boolean {
  const isHard = spec?.topologySpreadConstraints?.some(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule',
  );
  const near = spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return isHard === true || near.length + termsOf(spec).length > 0;
}

/** Those of the pods that would not have one with these labels near them. */
export function repelledBy(pods: Iterable<Pod>, namespace = '', labels: Labels): readonly Pod[] {
  return [...pods].filter(({ metadata, spec }) => {
    const owner = { namespace: metadata.namespace ?? '', labels: {} };
    return aboutAll(termsOf(spec)).some((term) => termOf(term, owner).matches({ namespace, labels }, new Map()));
  });
}

/** Terms that select namespaces by their labels, which are not looked into: they may be about any. */
const aboutAll = (terms: PodTerms): PodTerms =>
  terms.map((term) => (term.namespaceSelector ? { ...term, namespaceSelector: {} } : term));

export interface Surroundings {
  readonly nodes: ReadonlyMap<string, NodeLabels>;
  /** Pods that are there; those that are on no node do not count. */
  readonly pods: Iterable<Pod>;
}

/** The constraints of a ReplicaSet's template, with a count of what is there; `place` counts one more. */
export class Constraints {
  readonly #replica: PodShape;
  readonly #nodes = new Snapshot();
  readonly #undecided: boolean;

  constructor({ metadata, spec }: ReplicaSet, { nodes, pods }: Surroundings) {
    const { template } = spec ?? {};
    const labels = template?.metadata?.labels ?? {};
    this.#undecided = termsOf(template?.spec).some(
      ({ namespaceSelector }) => Object.keys(namespaceSelector ?? {}).length > 0,
    );
    this.#replica = podShape({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, labels },
      spec: template?.spec ?? none,
    });
    for (const { metadata: of } of nodes.values())
      this.#nodes.setNode({ apiVersion: 'v1', kind: 'Node', metadata: of });
    for (const pod of pods) {
      const row = this.#rowOf(pod);
      if (row !== undefined && !isOver(pod)) this.#nodes.place(podInfo(pod, 0, neighbour(pod)), row);
    }
  }

  /** Why the container cannot become a replica where it is; `undefined` when it can. */
  objection(pod: Pod): string | undefined {
    const row = this.#rowOf(pod);
    if (row === undefined) return `node ${pod.spec?.nodeName} is not known`;
    if (this.#undecided) return 'its anti-affinity selects namespaces by their labels, which is not looked into';
    for (const filter of [nodeAffinity, ...acrossNodes]) {
      const concerns = filter.concerns?.(this.#replica, this.#nodes) ?? true;
      const refusal = concerns ? filter.explain(this.#replica, this.#nodes, row) : undefined;
      if (refusal) return refusal.remedy;
    }
    return undefined;
  }

  place(pod: Pod): void {
    const row = this.#rowOf(pod);
    if (row !== undefined) this.#nodes.place(podInfo(pod, 0, this.#replica), row);
  }

  #rowOf({ spec }: Pod): number | undefined {
    return this.#nodes.rowOf(spec?.nodeName ?? '');
  }
}

const none: PodSpec = { containers: [] };

/**
 * A pod that is there, as its neighbours see it. The terms of other containers in stock do not count: they have the same template,
 * and nothing stands on its terms before it is a replica.
 */
function neighbour(pod: Pod): PodShape {
  const { affinity, ...spec } = pod.spec ?? none;
  const terms = aboutAll(termsOf(pod.spec));
  if (isStocked(pod) || terms.length === 0) return podShape({ ...pod, spec });
  const podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: terms };
  return podShape({ ...pod, spec: { ...spec, affinity: { ...affinity, podAntiAffinity } } });
}
