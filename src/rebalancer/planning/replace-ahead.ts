import { leavingReason } from '../../scheduling/node-lifecycle.js';
import type { Snapshot } from '../../scheduling/snapshot/snapshot.js';
import { leastImportantFirst, podsOfNode } from './candidate.js';
import type { PlanDraft } from './draft.js';
import { isFound } from './move-finder.js';
import { leavingGain, moveCost } from './payoff.js';

/** Rows of nodes that are being drained, maintained or taken away. One that is only cordoned lets its pods end in peace. */
export const leavingRows = (nodes: Snapshot): readonly number[] =>
  [...nodes.infos()]
    .filter(({ node }) => {
      const reason = leavingReason(node);
      return reason !== undefined && reason !== 'cordoned';
    })
    .map(({ row }) => row);

/**
 * Has containers of a node that goes replaced from stock before whoever empties it evicts them: they would go anyway, so that this pays
 * whatever the loads are. Nothing is evicted here: that is for who empties the node.
 */
export function replaceAhead(draft: PlanDraft, row: number): void {
  const { whatIf, view, budgets, finder } = draft;
  const { hot, payoff } = view.settings;
  for (const candidate of podsOfNode(row, whatIf, view).candidates.toSorted(leastImportantFirst)) {
    const budget = budgets.leaveStay({ owner: candidate.owner.uid, from: row });
    if (budget) {
      draft.refusePod(candidate.pod.key, 'NodeLeaving', budget);
      continue;
    }
    const last = whatIf.imbalance();
    const load = whatIf.loadOf(row);
    const found = finder.findReplacement(candidate, hot.threshold);
    if (!isFound(found)) continue;
    draft.move(candidate, found, {
      reason: 'NodeLeaving',
      gain: leavingGain(candidate.share, payoff),
      cost: moveCost(candidate.share, found.means, payoff),
      from: { before: load, after: whatIf.loadOf(row) },
      imbalance: { before: last.after, after: whatIf.imbalance().after },
    });
  }
}
