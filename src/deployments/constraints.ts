/**
 * Where a replica may be: required pod anti-affinity, in both directions, and spread constraints that say DoNotSchedule, as
 * kube-scheduler reads them, for containers that run on their nodes already and are about to get the replica's labels. Pure.
 * What cannot be judged from pods and node labels alone counts as a no: that replica starts cold.
 */
import type { Node, Pod, PodSpec, ReplicaSet } from '../api/kubernetes.js';
import { type LabelSelector, selectorOf } from '../api/meta/label-selector.js';
import { isSelected } from '../api/meta/node-selector.js';
import { isOver, isStocked, isTerminating } from '../line/index.js';

type Labels = Readonly<Record<string, string>>;
type AntiAffinity = NonNullable<NonNullable<PodSpec['affinity']>['podAntiAffinity']>;
type Term = NonNullable<AntiAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number];
type Spread = NonNullable<PodSpec['topologySpreadConstraints']>[number];

/** What of a node matters here. */
export type NodeLabels = Pick<Node, 'metadata'>;

const termsOf = (spec: PodSpec | undefined): readonly Term[] =>
  spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
const spreadsOf = (spec: PodSpec | undefined): readonly Spread[] =>
  (spec?.topologySpreadConstraints ?? []).filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule');

/** Whether the template itself limits where its pods may be beside others. */
export function isConstrained(spec: PodSpec | undefined): boolean {
  return termsOf(spec).length + spreadsOf(spec).length > 0;
}

/** Those of the pods that would not have one with these labels near them. */
export function repelledBy(pods: Iterable<Pod>, namespace: string | undefined, labels: Labels): readonly Pod[] {
  return [...pods].filter((pod) =>
    termsOf(pod.spec).some((term) => covers(term, pod.metadata.namespace, namespace) && matcherOf(term, {})(labels)),
  );
}

export interface Surroundings {
  readonly nodes: ReadonlyMap<string, NodeLabels>;
  /** Pods that are there; those that are on no node do not count. */
  readonly pods: Iterable<Pod>;
}

/** A reason why one more replica may not be on a node, by the values of its labels. */
interface Rule {
  objection(node: NodeLabels): string | undefined;
  /** A replica has come to the node. */
  add(node: NodeLabels): void;
}

/** The constraints of a ReplicaSet's template, with a count of what is there; `place` counts one more. */
export class Constraints {
  readonly #nodes: ReadonlyMap<string, NodeLabels>;
  readonly #rules: readonly Rule[];

  constructor({ metadata: { namespace }, spec }: ReplicaSet, { nodes, pods }: Surroundings) {
    const template = spec?.template;
    const labels = template?.metadata?.labels ?? {};
    const there = [...pods].filter((pod) => pod.spec?.nodeName !== undefined && !isOver(pod));
    const nodeOf = (pod: Pod) => nodes.get(pod.spec?.nodeName ?? '');
    this.#nodes = nodes;
    this.#rules = [
      ...termsOf(template?.spec).map((term) => keepsAway(term, { namespace, labels }, there, nodeOf)),
      keptAway({ namespace, labels }, there, nodeOf),
      ...spreadsOf(template?.spec).map((spread) =>
        evenly(spread, { namespace, labels, spec: template?.spec }, there, nodes),
      ),
    ];
  }

  /** Why the container cannot become a replica where it is; `undefined` when it can. */
  objection(pod: Pod): string | undefined {
    const node = this.#nodes.get(pod.spec?.nodeName ?? '');
    if (!node) return `node ${pod.spec?.nodeName} is not known`;
    for (const rule of this.#rules) {
      const objection = rule.objection(node);
      if (objection !== undefined) return objection;
    }
    return undefined;
  }

  place(pod: Pod): void {
    const node = this.#nodes.get(pod.spec?.nodeName ?? '');
    if (node) for (const rule of this.#rules) rule.add(node);
  }
}

interface Replica {
  readonly namespace: string | undefined;
  readonly labels: Labels;
}

type NodeOf = (pod: Pod) => NodeLabels | undefined;

const valueAt = (node: NodeLabels | undefined, topologyKey: string): string | undefined =>
  node?.metadata.labels?.[topologyKey];

/** A term of the replica's own: none that it selects may be in the same domain. */
function keepsAway(term: Term, { namespace, labels }: Replica, there: readonly Pod[], nodeOf: NodeOf): Rule {
  const { topologyKey } = term;
  const matches = matcherOf(term, labels);
  const selectsItself = covers(term, namespace, namespace) && matches(labels);
  const taken = new Set<string>();
  const take = (node: NodeLabels | undefined) => {
    const value = valueAt(node, topologyKey);
    if (value !== undefined) taken.add(value);
  };
  for (const pod of there)
    if (covers(term, namespace, pod.metadata.namespace) && matches(pod.metadata.labels)) take(nodeOf(pod));
  const undecided = Object.keys(term.namespaceSelector ?? {}).length > 0;
  return {
    objection: (node) => {
      if (undecided) return 'its anti-affinity selects namespaces by their labels, which is not looked into';
      return taken.has(valueAt(node, topologyKey) ?? '')
        ? `the template's anti-affinity wants no two in one ${topologyKey}`
        : undefined;
    },
    add: (node) => {
      if (selectsItself) take(node);
    },
  };
}

/**
 * The terms of the pods that are there: none of them may select the replica in the same domain. Those of other containers in
 * stock do not count: they have the same template, and nothing stands on its terms before it is a replica.
 */
function keptAway(replica: Replica, there: readonly Pod[], nodeOf: NodeOf): Rule {
  const taken = new Set<string>();
  const keys = new Set<string>();
  for (const pod of there)
    for (const term of isStocked(pod) ? [] : termsOf(pod.spec)) {
      if (!covers(term, pod.metadata.namespace, replica.namespace)) continue;
      if (!matcherOf(term, pod.metadata.labels ?? {})(replica.labels)) continue;
      keys.add(term.topologyKey);
      taken.add(`${term.topologyKey}=${valueAt(nodeOf(pod), term.topologyKey)}`);
    }
  return {
    objection: (node) => {
      for (const key of keys)
        if (valueAt(node, key) !== undefined && taken.has(`${key}=${valueAt(node, key)}`))
          return `the anti-affinity of a pod that is there wants none of these in its ${key}`;
      return undefined;
    },
    // what is placed has the replica's own terms, which its own rules count
    add: () => undefined,
  };
}

/** Whether a term of a pod in `own` is about pods in `namespace`. One that selects namespaces by label may be. */
function covers({ namespaces = [], namespaceSelector }: Term, own: string | undefined, namespace: string | undefined) {
  if (namespaceSelector) return true;
  return namespaces.length === 0 ? namespace === own : namespaces.includes(namespace ?? '');
}

/** What a term selects, of a pod with these labels: without a selector nothing. */
function matcherOf({ labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: Term, labels: Labels) {
  if (!labelSelector) return () => false;
  return selectorOf(
    withKeys(labelSelector, [
      ...matchLabelKeys.flatMap((key) => requirement(key, 'In', labels)),
      ...mismatchLabelKeys.flatMap((key) => requirement(key, 'NotIn', labels)),
    ]),
  );
}

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

/** Keys that the pod does not have are passed over, as the API server does when it fills in the selector. */
function requirement(key: string, operator: 'In' | 'NotIn', labels: Labels): readonly Requirement[] {
  const value = labels[key];
  return value === undefined ? [] : [{ key, operator, values: [value] }];
}

const withKeys = (selector: LabelSelector, more: readonly Requirement[]): LabelSelector => ({
  ...selector,
  matchExpressions: [...(selector.matchExpressions ?? []), ...more],
});

/** No domain may have more than `maxSkew` above the one that has fewest. Terminating pods do not count. */
function evenly(
  spread: Spread,
  { namespace, labels, spec }: Replica & { readonly spec: PodSpec | undefined },
  there: readonly Pod[],
  nodes: ReadonlyMap<string, NodeLabels>,
): Rule {
  const { topologyKey, maxSkew, minDomains = 1, labelSelector, matchLabelKeys = [] } = spread;
  const keys = matchLabelKeys.flatMap((key) => requirement(key, 'In', labels));
  const matches = labelSelector ? selectorOf(withKeys(labelSelector, keys)) : () => false;
  const selection = {
    nodeSelector: spec?.nodeSelector,
    affinity: spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms,
  };
  // tainted nodes count, whatever nodeTaintsPolicy says: that can only make the least smaller, and the rule stricter
  const isEligible = (node: NodeLabels) => spread.nodeAffinityPolicy === 'Ignore' || isSelected(selection, node);
  const counts = new Map<string, number>();
  const count = (node: NodeLabels | undefined, more: number) => {
    const value = valueAt(node, topologyKey);
    if (node && value !== undefined && isEligible(node)) counts.set(value, (counts.get(value) ?? 0) + more);
  };
  for (const node of nodes.values()) count(node, 0);
  for (const pod of there)
    if (pod.metadata.namespace === namespace && !isTerminating(pod) && matches(pod.metadata.labels))
      count(nodes.get(pod.spec?.nodeName ?? ''), 1);
  const self = matches(labels) ? 1 : 0;
  return {
    objection: (node) => {
      const value = valueAt(node, topologyKey);
      const present = value === undefined ? undefined : counts.get(value);
      if (present === undefined) return `its node has no ${topologyKey}, over which the template spreads its pods`;
      const least = counts.size < minDomains ? 0 : Math.min(...counts.values());
      return present + self - least > maxSkew
        ? `it would be more than ${maxSkew} ahead of the emptiest ${topologyKey}`
        : undefined;
    },
    add: (node) => count(node, self),
  };
}
