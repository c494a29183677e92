import { type LabelSelector, selectorOf } from '../../api/meta/label-selector.js';
import type { Labels, PodShape, PodTerm } from '../pod-shape.js';
import { labelMatcher, withoutMergedKeys } from './selector.js';

/** Labels of namespaces by name. One that is missing has none. */
export type Namespaces = ReadonlyMap<string, Labels>;

/** A pod as terms see it. */
export interface TermTarget {
  readonly namespace: string;
  readonly labels: Labels;
}

/** Which pods a term of some pod is about (`AffinityTerm` of kube-scheduler). */
export interface Term {
  readonly topologyKey: string;
  matches(target: TermTarget, namespaces: Namespaces): boolean;
}

export interface WeightedTerm extends Term {
  readonly weight: number;
}

/** A term, of a pod with this namespace and these labels. */
export function termOf(term: PodTerm, owner: TermTarget): Term {
  const covers = namespaceMatcher(term, owner.namespace);
  const selects = labelMatcher(withoutMergedKeys(term), owner.labels);
  return {
    topologyKey: term.topologyKey,
    matches: ({ namespace, labels }, namespaces) => covers(namespace, namespaces) && selects(labels),
  };
}

/** Without names and selector a term is about its own namespace; with either about those that either gives. */
function namespaceMatcher(
  { namespaces: names = [], namespaceSelector }: PodTerm,
  own: string,
): (namespace: string, namespaces: Namespaces) => boolean {
  if (!namespaceSelector)
    return names.length === 0 ? (namespace) => namespace === own : (namespace) => names.includes(namespace);
  const selects = selectorOf(namespaceSelector satisfies LabelSelector);
  return (namespace, namespaces) => names.includes(namespace) || selects(namespaces.get(namespace));
}

/** All terms of a pod. */
export interface ShapeTerms {
  readonly affinity: readonly Term[];
  readonly antiAffinity: readonly Term[];
  readonly preferredAffinity: readonly WeightedTerm[];
  readonly preferredAntiAffinity: readonly WeightedTerm[];
}

const known = new WeakMap<PodShape, ShapeTerms>();

/** The terms of a shape, made once. */
export function termsOf(shape: PodShape): ShapeTerms {
  const made = known.get(shape) ?? makeTerms(shape);
  known.set(shape, made);
  return made;
}

const makeTerms = (shape: PodShape): ShapeTerms => ({
  affinity: shape.podAffinity.required.map((term) => termOf(term, shape)),
  antiAffinity: shape.podAntiAffinity.required.map((term) => termOf(term, shape)),
  preferredAffinity: weighted(shape.podAffinity.preferred, shape),
  preferredAntiAffinity: weighted(shape.podAntiAffinity.preferred, shape),
});

const weighted = (terms: PodShape['podAffinity']['preferred'], owner: TermTarget): readonly WeightedTerm[] =>
  terms.map(({ weight, podAffinityTerm }) => ({ ...termOf(podAffinityTerm, owner), weight }));

/** Whether all of them are about this pod; of no terms: no. */
export const matchAll = (terms: readonly Term[], target: TermTarget, namespaces: Namespaces): boolean =>
  terms.length > 0 && terms.every((term) => term.matches(target, namespaces));
