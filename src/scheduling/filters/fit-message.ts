import type { Refusal } from './filter.js';

/**
 * What kube-scheduler writes into the event and the condition of a pod that fits nowhere (`FitError.Error`): how many nodes have
 * each reason, or why none was asked. `refusals`: one for each node.
 */
export function fitMessage(refusals: readonly Refusal[], unschedulable?: string): string {
  const start = `0/${refusals.length} nodes are available:`;
  if (unschedulable !== undefined) return `${start} ${unschedulable}.`;
  const counts = new Map<string, number>();
  for (const { reasons } of refusals) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return parts.length === 0 ? start : `${start} ${parts.join(', ')}.`;
}
