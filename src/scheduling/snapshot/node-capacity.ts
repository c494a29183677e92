import type { Node } from '../../api/kubernetes.js';
import { type Amounts, amountsOf } from '../resources/amounts.js';
import { annotatedAmounts, capacityPrefix } from '../resources/estimate.js';

/** What a node has for pods: what its kubelet reports, and what its annotations say of resources that no kubelet reports. */
export const nodeCapacity = (node: Node): Amounts => ({
  ...annotatedAmounts(capacityPrefix, node.metadata.annotations),
  ...amountsOf(node.status?.allocatable),
});
