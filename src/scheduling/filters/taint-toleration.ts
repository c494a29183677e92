import { untolerated } from '../taints.js';
import { nodeFilter } from './node-filter.js';

/** Each taint that says NoSchedule or NoExecute must be tolerated. */
export const taintToleration = nodeFilter({
  name: 'TaintToleration',
  accepts: (pod, node) => !node.spec?.taints || untolerated(pod.tolerations, node) === undefined,
  reason: 'node(s) had untolerated taint(s)',
  remedy: (pod, node) => {
    const { key, value = '', effect } = untolerated(pod.tolerations, node) ?? { key: '', effect: '' };
    return `tolerate the taint ${key}=${value}:${effect} of node ${node.metadata.name}, or remove it`;
  },
});
