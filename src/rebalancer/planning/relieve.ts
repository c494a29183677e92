import { type Candidate, leastImportantFirst, podsOfNode } from './candidate.js';
import type { PlanDraft } from './draft.js';
import { isFound } from './move-finder.js';
import { nodeStay } from './node-stays.js';
import { moveCost, reliefGain } from './payoff.js';
import type { MoveStay, MoveStayReason } from './plan.js';

/** Refusals that a node which is taken into use again could lift. */
const forWantOfRoom: ReadonlySet<MoveStayReason> = new Set<MoveStayReason>([
  'NoTarget',
  'TargetTooFull',
  'SchedulerReturnsIt',
  'NodeBudget',
  'LeftThereLately',
]);

/**
 * Moves pods off a hot node until it is under the target, always the one that brings most. Where there is no room for them elsewhere, a
 * node is needed again that was reported as stoppable. Returns whether the node still waits for relief that could be had.
 */
export function relieve(draft: PlanDraft, row: number): boolean {
  const { settings, now } = draft.view;
  const { node } = draft.whatIf.nodes.info(row) ?? {};
  const stay = node && nodeStay(node, { now, minAge: settings.light.minAge });
  if (!node || stay) {
    if (stay) draft.refuseNode(row, 'NodeHot', stay);
    return false;
  }
  const { candidates, stays } = podsOfNode(row, draft.whatIf, draft.view);
  const refused = movePods(draft, row, candidates);
  const isOver = () => draft.whatIf.excess(row, settings.hot.target) !== undefined;
  if (isOver()) useStoppable(draft, row, refused, isOver);
  const over = draft.whatIf.excess(row, settings.hot.target);
  if (!over) return false;
  draft.refuseLeaving(row, 'NodeHot');
  for (const { pod, stay: why } of stays) draft.refusePod(pod.key, 'NodeHot', why);
  for (const [{ pod }, why] of refused) draft.refusePod(pod.key, 'NodeHot', why);
  draft.refuseNode(row, 'NodeHot', {
    reason: 'StillOverTarget',
    message: `${Math.round(100 * over.utilization)} % of its ${over.resource} is used, and no other move can be made now`,
  });
  return refused.size > 0;
}

/** Takes stoppable nodes into use, one after the other, while that helps. */
function useStoppable(draft: PlanDraft, row: number, refused: Map<Candidate, MoveStay>, isOver: () => boolean): void {
  for (const closed of draft.stoppable) {
    const again = [...refused].filter(([, { reason }]) => forWantOfRoom.has(reason)).map(([candidate]) => candidate);
    if (again.length === 0 || !isOver()) return;
    const first = draft.moves.length;
    const name = draft.nameOf(closed);
    const isNeeded = draft.tryOpen(closed, () => {
      for (const [candidate, why] of movePods(draft, row, again)) refused.set(candidate, why);
      const moved = draft.moves.slice(first);
      for (const candidate of again)
        if (moved.some(({ pod }) => pod.uid === candidate.pod.uid)) refused.delete(candidate);
      return moved.some(({ to }) => to === name);
    });
    if (isNeeded) draft.need(closed, 'NodeHot', `${draft.nameOf(row)} is hot, and no other node has room for its pods`);
  }
}

/** Moves some of these pods; returns why the others stay, as far as they were asked about. */
function movePods(draft: PlanDraft, row: number, candidates: readonly Candidate[]): Map<Candidate, MoveStay> {
  const { whatIf, view } = draft;
  const { hot, payoff } = view.settings;
  const refused = new Map<Candidate, MoveStay>();
  let left = [...candidates].sort(leastImportantFirst);
  for (;;) {
    const overload = whatIf.overload(row, hot.target);
    let best: Candidate | undefined;
    let most = Number.NEGATIVE_INFINITY;
    for (const candidate of left) {
      const relieved = overload - whatIf.overload(row, hot.target, candidate.use, -1);
      const net = reliefGain(relieved, payoff) - moveCost(candidate.share, 'replacement', payoff);
      if (net > most) [best, most] = [candidate, net];
    }
    if (!best || overload <= 0) return refused;
    left = left.filter((candidate) => candidate !== best);
    const stay =
      most > 0
        ? movePod(draft, best)
        : { reason: 'DoesNotPay' as const, message: 'it adds too little to what is over the target' };
    if (stay) refused.set(best, stay);
  }
}

/** Moves one pod, if that pays and leaves the nodes no less balanced. */
function movePod(draft: PlanDraft, candidate: Candidate): MoveStay | undefined {
  const { whatIf, view, budgets, finder } = draft;
  const { hot, payoff } = view.settings;
  const { owner, row, share } = candidate;
  const budget = budgets.leaveStay({ owner: owner.uid, from: row });
  if (budget) return budget;
  const last = whatIf.imbalance();
  const [overload, load] = [whatIf.overload(row, hot.target), whatIf.loadOf(row)];
  const resource = whatIf.excess(row, hot.target)?.resource ?? '';
  const found = finder.find(candidate, hot.threshold);
  if (!isFound(found)) return found;
  const gain = reliefGain(overload - whatIf.overload(row, hot.target) - found.caused, payoff);
  const cost = moveCost(share, found.means, payoff);
  const refuse = (stay: MoveStay): MoveStay => {
    found.undo();
    return stay;
  };
  if (gain <= cost)
    return refuse({
      reason: 'DoesNotPay',
      message: `it would bring ${Math.round(gain)} node-seconds and cost ${Math.round(cost)}`,
    });
  const { after } = whatIf.imbalance();
  if (!draft.isBalanced(last))
    return refuse({ reason: 'RaisesImbalance', message: 'the nodes would be less balanced than they are' });
  draft.move(candidate, found, {
    reason: 'NodeHot',
    resource,
    gain,
    cost,
    from: { before: load, after: whatIf.loadOf(row) },
    imbalance: { before: last.after, after },
  });
  return undefined;
}
