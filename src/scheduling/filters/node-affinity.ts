import { isSelected } from '../../api/meta/node-selector.js';
import type { NodeTerms, PodShape } from '../pod-shape.js';
import { nodeFilter } from './node-filter.js';

/** The node selector and the required node affinity: by labels, and by name in `matchFields`. */
export const nodeAffinity = nodeFilter({
  name: 'NodeAffinity',
  precondition: (pod) => (namesOf(pod)?.size === 0 ? 'pod affinity terms conflict' : undefined),
  candidates: (pod) => namesOf(pod),
  accepts: ({ nodeSelector, nodeTerms }, node) => isSelected({ nodeSelector, affinity: nodeTerms }, node),
  reason: "node(s) didn't match Pod's node affinity/selector",
  remedy: (_pod, { metadata }) =>
    `the labels of node ${metadata.name} would have to match the pod's selector and affinity`,
});

/** The only nodes that the terms can select, when each of them says which by name. */
function namesOf({ nodeTerms }: PodShape): ReadonlySet<string> | undefined {
  if (!nodeTerms || nodeTerms.length === 0) return undefined;
  const names = new Set<string>();
  for (const term of nodeTerms) {
    const ofTerm = namesOfTerm(term);
    if (!ofTerm) return undefined;
    for (const name of ofTerm) names.add(name);
  }
  return names;
}

function namesOfTerm({ matchFields = [] }: NodeTerms[number]): readonly string[] | undefined {
  const listed = matchFields.filter(({ key, operator }) => key === 'metadata.name' && operator === 'In');
  const [first, ...others] = listed.map(({ values = [] }) => values);
  return first?.filter((name) => others.every((values) => values.includes(name)));
}
