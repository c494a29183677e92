import type { PodShape } from '../../scheduling/pod-shape.js';
import { explainNode } from '../../scheduling/filters/index.js';
import { type Candidate, podsOfNode } from './candidate.js';
import { imbalanceTolerance, type PlanDraft } from './draft.js';
import { type FoundMove, isFound } from './move-finder.js';
import { emptyingStay, nodeStay } from './node-stays.js';
import { emptyingGain, moveCost } from './payoff.js';
import type { MoveStay, NodeStayReason } from './plan.js';
import { endsWithNode } from './pod-stays.js';
import type { Undo } from './what-if.js';

interface NodeRefusal {
  readonly reason: NodeStayReason | 'RaisesImbalance' | 'DoesNotPay';
  readonly message: string;
}

/** Empties lightly used nodes, the lightest first, each wholly or not at all. */
export function emptyNodes(draft: PlanDraft, light: readonly number[], unplaced: readonly PodShape[]): void {
  const { whatIf, budgets, view } = draft;
  let tries = view.settings.light.candidates;
  for (const row of light.toSorted((a, b) => whatIf.loadOf(a) - whatIf.loadOf(b) || a - b)) {
    if (tries === 0) return;
    if (!whatIf.isInUse(row) || budgets.isMovedOnto(row)) continue;
    tries--;
    const refusal = stayOf(draft, row) ?? emptyNode(draft, row, unplaced);
    if (refusal) draft.refuseNode(row, 'NodeUnderutilized', refusal);
  }
}

function stayOf({ whatIf, view }: PlanDraft, row: number): NodeRefusal | undefined {
  const { settings, now } = view;
  const node = whatIf.nodes.info(row)?.node;
  if (whatIf.nodesInUse <= 1) return { reason: 'LastInUse', message: 'no other node is in use' };
  const novelty = { now, minAge: settings.light.minAge };
  return node && (nodeStay(node, novelty) ?? emptyingStay(node, novelty));
}

interface Leaving {
  readonly candidate: Candidate;
  readonly found: FoundMove;
  readonly from: { readonly before: number; readonly after: number };
}

function emptyNode(draft: PlanDraft, row: number, unplaced: readonly PodShape[]): NodeRefusal | undefined {
  const { candidates, stays: all } = podsOfNode(row, draft.whatIf, draft.view);
  const stays = all.filter(({ stay }) => !endsWithNode(stay));
  for (const { pod, stay } of stays) draft.refusePod(pod.key, 'NodeUnderutilized', stay);
  const last = draft.whatIf.imbalance();
  const used = draft.whatIf.usedShare(row);
  const uncordon = draft.whatIf.cordon(row);
  const { leaving, refused } = moveAll(draft, candidates);
  for (const [{ pod }, stay] of refused) draft.refusePod(pod.key, 'NodeUnderutilized', stay);
  const count = stays.length + refused.size;
  const takeBack = (refusal: NodeRefusal): NodeRefusal => {
    for (const { found } of leaving.toReversed()) found.undo();
    uncordon();
    return refusal;
  };
  if (count > 0) return takeBack({ reason: 'PodStays', message: `${count} of its pods cannot go` });
  if (awaits(draft, row, unplaced, uncordon))
    return takeBack({ reason: 'PodsWait', message: 'a pod waits that fits on no other node' });
  return leaving.length === 0
    ? closeEmpty(draft, row, uncordon)
    : settle(draft, { row, used, last, leaving }, takeBack);
}

/** A node that holds nothing is out of use, before and after. */
function closeEmpty(draft: PlanDraft, row: number, uncordon: Undo): NodeRefusal | undefined {
  uncordon();
  draft.close(row);
  const { before, after } = draft.whatIf.imbalance();
  if (after <= before + imbalanceTolerance) return undefined;
  draft.tryOpen(row, () => true);
  return { reason: 'RaisesImbalance', message: 'the moves before would leave the other nodes less balanced' };
}

interface Emptying {
  readonly row: number;
  readonly used: number;
  readonly last: { readonly before: number; readonly after: number };
  readonly leaving: readonly Leaving[];
}

function settle(
  draft: PlanDraft,
  { row, used, last, leaving }: Emptying,
  takeBack: (refusal: NodeRefusal) => NodeRefusal,
): NodeRefusal | undefined {
  const { payoff } = draft.view.settings;
  const gain = emptyingGain(used, leaving.length, payoff);
  const costs = leaving.map(({ candidate, found }) => moveCost(candidate.share, found.means, payoff));
  const cost = costs.reduce((sum, one) => sum + one, 0);
  if (gain * leaving.length <= cost)
    return takeBack({
      reason: 'DoesNotPay',
      message: `it would bring ${Math.round(gain * leaving.length)} node-seconds and cost ${Math.round(cost)}`,
    });
  const undoEmpty = draft.whatIf.empty(row);
  if (!draft.isBalanced(last)) {
    undoEmpty();
    return takeBack({ reason: 'RaisesImbalance', message: 'the other nodes would be less balanced than they are' });
  }
  const imbalance = { before: last.after, after: draft.whatIf.imbalance().after };
  for (const [index, { candidate, found, from }] of leaving.entries())
    draft.move(candidate, found, { reason: 'NodeUnderutilized', gain, cost: costs[index] ?? 0, from, imbalance });
  draft.report(row);
  return undefined;
}

/** Moves all, the largest first; those that cannot be moved do not keep the others from being asked, so that all reasons are known. */
function moveAll(
  { whatIf, budgets, finder, view }: PlanDraft,
  candidates: readonly Candidate[],
): { readonly leaving: readonly Leaving[]; readonly refused: ReadonlyMap<Candidate, MoveStay> } {
  const leaving: Leaving[] = [];
  const refused = new Map<Candidate, MoveStay>();
  for (const candidate of candidates.toSorted((a, b) => b.share - a.share || (a.pod.key < b.pod.key ? -1 : 1))) {
    const { owner, row } = candidate;
    const before = whatIf.loadOf(row);
    const result =
      budgets.leaveStay({ owner: owner.uid, from: row, empties: true }) ??
      finder.find(candidate, view.settings.hot.target);
    if (isFound(result)) leaving.push({ candidate, found: result, from: { before, after: whatIf.loadOf(row) } });
    else refused.set(candidate, result);
  }
  return { leaving, refused };
}

/** Whether the node, once its pods are gone, could take a pod that fits nowhere else. */
function awaits({ whatIf }: PlanDraft, row: number, unplaced: readonly PodShape[], uncordon: Undo): boolean {
  if (unplaced.length === 0) return false;
  uncordon();
  const takes = unplaced.some((pod) => explainNode(pod, whatIf.nodes, row) === undefined);
  whatIf.cordon(row);
  return takes;
}
