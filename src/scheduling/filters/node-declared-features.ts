import type { Node } from '../../api/kubernetes.js';
import type { PodShape } from '../pod-shape.js';
import { nodeFilter } from './node-filter.js';

const missingOf = ({ requiredFeatures }: PodShape, { status }: Node): readonly string[] =>
  requiredFeatures.filter((feature) => !status?.declaredFeatures?.includes(feature));

/** What only some kubelets can do must be declared by the node. */
export const nodeDeclaredFeatures: ReturnType<typeof nodeFilter> = {
  ...nodeFilter({
    name: 'NodeDeclaredFeatures',
    accepts: (pod, node) => missingOf(pod, node).length === 0,
    reason: "node(s) didn't match Pod's required features",
    remedy: (pod, node) =>
      `the kubelet of node ${node.metadata.name} would have to have ${missingOf(pod, node).join(', ')}`,
  }),
  concerns: ({ requiredFeatures }) => requiredFeatures.length > 0,
};
