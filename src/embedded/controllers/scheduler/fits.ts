import type { Node } from '../../../api/kubernetes.js';
import { isSelected } from '../../../api/meta/node-selector.js';
import { type Amounts, lacking } from '../../../scheduling/resources/amounts.js';
import { tolerates } from '../../../scheduling/taints.js';
import type { PodShape } from './shape.js';

/** A node as the scheduler weighs it. */
export interface Candidate {
  readonly node: Node;
  readonly allocatable: Amounts;
  /** What its pods hold, those that are still being bound included. */
  readonly used: Amounts;
}

/** Why a node cannot take a pod, in kube-scheduler's words; nothing when it can. */
export function refusals(shape: PodShape, { node, allocatable, used }: Candidate): readonly string[] {
  const refusal = ofNode(shape, node);
  if (refusal !== undefined) return [refusal];
  return lacking(shape.requests, used, allocatable).map((name) =>
    name === 'pods' ? 'Too many pods' : `Insufficient ${name}`,
  );
}

function ofNode(shape: PodShape, node: Node): string | undefined {
  const unschedulable = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  if (node.spec?.unschedulable && !tolerates(shape.tolerations, unschedulable)) return 'node(s) were unschedulable';
  for (const taint of node.spec?.taints ?? [])
    if (taint.effect !== 'PreferNoSchedule' && !tolerates(shape.tolerations, taint))
      return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  if (!isSelected(shape, node)) return "node(s) didn't match Pod's node affinity/selector";
  return undefined;
}

const weighed = ['cpu', 'memory', 'pods'] as const;

/** How empty a node would be with the pod on it: the mean free share of cpu, memory and pods, 0 to 1. */
export function emptiness(shape: PodShape, { allocatable, used }: Candidate): number {
  let total = 0;
  for (const name of weighed) {
    const all = allocatable[name] ?? 0;
    if (all > 0) total += (all - (used[name] ?? 0) - (shape.requests[name] ?? 0)) / all;
  }
  return total / weighed.length;
}

export type Choice = { readonly node: string } | { readonly node?: undefined; readonly reason: string };

/** The emptiest node that can take the pod, or a sentence that says why there is none. */
export function choose(shape: PodShape, candidates: Iterable<Candidate>): Choice {
  let best: Candidate | undefined;
  let most = Number.NEGATIVE_INFINITY;
  const tally = new Map<string, number>();
  let nodes = 0;
  for (const candidate of candidates) {
    nodes++;
    const reasons = refusals(shape, candidate);
    for (const reason of reasons) tally.set(reason, (tally.get(reason) ?? 0) + 1);
    if (reasons.length > 0) continue;
    const score = emptiness(shape, candidate);
    if (score > most) {
      best = candidate;
      most = score;
    }
  }
  if (best) return { node: best.node.metadata.name };
  if (nodes === 0) return { reason: 'no nodes available to schedule pods' };
  const counts = [...tally].map(([reason, count]) => `${count} ${reason}`).sort();
  return { reason: `0/${nodes} nodes are available: ${counts.join(', ')}.` };
}
