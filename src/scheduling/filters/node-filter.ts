import type { Node } from '../../api/kubernetes.js';
import type { PodShape } from '../pod-shape.js';
import type { Filter, Refusal } from './filter.js';

/**
 * A filter that looks only at the node object and at what stands in the pod's `nodeKey`: what it says of a row stays true until
 * the node changes, whatever pods come and go.
 */
export interface NodeFilter extends Filter {
  accepts(pod: PodShape, node: Node): boolean;
}

interface NodeRule extends Pick<Filter, 'name' | 'candidates' | 'precondition'> {
  readonly reason: string;
  readonly accepts: (pod: PodShape, node: Node) => boolean;
  readonly remedy: (pod: PodShape, node: Node) => string;
}

/** No pod that goes can change what stands in a node: a refusal is never one that pre-emption could resolve. */
export function nodeFilter({ reason, remedy, ...rule }: NodeRule): NodeFilter {
  return {
    ...rule,
    apply: (pod, nodes, feasible) => {
      for (const { row, node } of nodes.infos()) if (feasible[row] && !rule.accepts(pod, node)) feasible[row] = 0;
    },
    explain: (pod, nodes, row): Refusal | undefined => {
      const node = nodes.info(row)?.node;
      if (!node || rule.accepts(pod, node)) return undefined;
      return { filter: rule.name, reasons: [reason], unresolvable: true, remedy: remedy(pod, node) };
    },
  };
}
