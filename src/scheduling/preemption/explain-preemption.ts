import { explainNode, explainWithout, fitMessage, type Refusal } from '../filters/index.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { ineligibility, type Preemptor } from './preemptor.js';

/** Why no pods that go would make room for this one, in the words that kube-scheduler adds to those of the filters. */
export function explainPreemption(preemptor: Preemptor, nodes: Snapshot): string {
  const why = ineligibility(preemptor, nodes);
  if (why !== undefined) return `preemption: ${why}`;
  const refusals = [...nodes.infos()].map(({ row }) => refusalOn(row, preemptor, nodes));
  return `preemption: ${fitMessage(refusals)}`;
}

function refusalOn(row: number, { shape, key }: Preemptor, nodes: Snapshot): Refusal {
  if (explainNode(shape, nodes, row, key)?.unresolvable) return noHelp('Preemption is not helpful for scheduling');
  const lower = nodes.info(row)?.pods.filter((pod) => pod.shape.priority < shape.priority) ?? [];
  const refusal = lower.length === 0 ? undefined : explainWithout(shape, nodes, row, new Set(lower), key);
  return refusal ?? noHelp('No preemption victims found for incoming pod');
}

const noHelp = (reason: string): Refusal => ({
  filter: 'DefaultPreemption',
  reasons: [reason],
  unresolvable: true,
  remedy: 'a pod of a higher priority',
});
