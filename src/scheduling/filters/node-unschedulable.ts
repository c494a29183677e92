import { tolerates } from '../taints.js';
import { nodeFilter } from './node-filter.js';

const cordoned = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** A cordoned node takes only pods that tolerate the taint of cordoned nodes. */
export const nodeUnschedulable = nodeFilter({
  name: 'NodeUnschedulable',
  accepts: (pod, { spec }) => !spec?.unschedulable || tolerates(pod.tolerations, cordoned),
  reason: 'node(s) were unschedulable',
  remedy: (_pod, { metadata }) => `uncordon node ${metadata.name}`,
});
