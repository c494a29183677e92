import { deviation } from '../../scheduling/kernels/deviation.js';
import type { Snapshot } from '../../scheduling/snapshot/snapshot.js';
import { PlanDraft } from './draft.js';
import { emptyNodes } from './empty.js';
import { placeWaiting } from './need.js';
import type { HotNode, MoveRefusal, Plan } from './plan.js';
import { relieve } from './relieve.js';
import type { RebalanceView } from './view.js';

/**
 * What to move now, and why not more. Pure: of equal views the plans are equal.
 *
 * First room is found for pods that wait, then hot nodes are relieved, then, if no hot node waits for relief that could be had, lightly used
 * nodes are emptied.
 *
 * No ping-pong, under loads that stay as they are: with each plan that moves anything (overload of all nodes, nodes in use, imbalance) falls,
 * in the order of the alphabet. A move off a hot node pays only when it relieves more overload than it causes, by more than its cost; taking a
 * stoppable node into use comes only together with such a move. Emptying takes a node out of use and causes no overload, since all that is
 * moved stays under the target. So no state of the cluster comes again, and since there are finitely many ways to put the pods on the
 * nodes, the moves come to an end. Besides, no move of a hot node raises the imbalance, nor does the emptying of a node as a whole.
 */
export function planRebalance(view: RebalanceView): Plan {
  const { nodes, state, settings, now } = view;
  const resources = Object.keys(view.use.load.weights);
  const isFresh = freshRows(nodes, now - settings.maxAge);
  const refusals = notMeasured(nodes, isFresh);
  const hot = hotNodes(view, resources, isFresh);
  const light = lightRows(view, resources, isFresh);
  if (hot.length + light.length + view.waiting.length + state.stoppable.size === 0) return emptyPlan(view, refusals);

  const draft = new PlanDraft(view, hot);
  const unplaced = placeWaiting(draft);
  const rows = hot.map(({ node }) => nodes.rowOf(node) ?? -1);
  const overload = new Map(rows.map((row) => [row, draft.whatIf.overload(row, settings.hot.target)]));
  let waits = 0;
  for (const row of rows.toSorted((a, b) => overload.get(b)! - overload.get(a)! || a - b))
    if (relieve(draft, row)) waits++;
  if (waits === 0) emptyNodes(draft, light, unplaced);
  else
    for (const row of light.slice(0, settings.light.candidates))
      draft.refuseNode(row, 'NodeUnderutilized', hotNodesFirst);
  return {
    moves: draft.moves,
    hot,
    stoppable: draft.stoppableNodes(),
    needed: draft.needed,
    refusals: [...refusals, ...draft.refusals],
    imbalance: draft.whatIf.imbalance(),
  };
}

const hotNodesFirst = { reason: 'HotNodesFirst', message: 'hot nodes wait for relief, and may need it' } as const;

function emptyPlan({ nodes, use }: RebalanceView, refusals: readonly MoveRefusal[]): Plan {
  const loads = new Float64Array(nodes.present.length);
  use.load.loads(nodes, undefined, loads);
  const imbalance = deviation(loads, nodes.present, nodes.rows);
  return {
    moves: [],
    hot: [],
    stoppable: [],
    needed: [],
    refusals,
    imbalance: { before: imbalance, after: imbalance },
  };
}

/** 1 for each row whose use was measured since an instant. */
function freshRows(nodes: Snapshot, since: number): Uint8Array {
  const isFresh = new Uint8Array(nodes.rows);
  for (let row = 0; row < nodes.rows; row++) isFresh[row] = (nodes.useOf(row)?.to ?? -Infinity) >= since ? 1 : 0;
  return isFresh;
}

function notMeasured(nodes: Snapshot, isFresh: Uint8Array): readonly MoveRefusal[] {
  const refusals: MoveRefusal[] = [];
  for (const { row, name } of nodes.infos()) {
    if (isFresh[row] === 1) continue;
    const message = 'its use has not been measured lately: it is neither hot nor emptied';
    for (const action of ['NodeHot', 'NodeUnderutilized'] as const)
      refusals.push({ subject: { kind: 'Node', key: name }, action, reason: 'NotMeasured', message });
  }
  return refusals;
}

function hotNodes(
  { nodes, state, settings }: RebalanceView,
  resources: readonly string[],
  isFresh: Uint8Array,
): readonly HotNode[] {
  const hot: HotNode[] = [];
  for (const row of state.hotRows(resources, settings)) {
    const node = nodes.info(row)?.name;
    if (node === undefined || isFresh[row] !== 1 || !state.knows(row, node)) continue;
    let worst: HotNode | undefined;
    for (const resource of resources) {
      if (!state.isHot(row, resource, settings)) continue;
      const column = nodes.column(resource);
      const utilization = column ? column.measured[row]! / column.capacity[row]! : 0;
      if (utilization > settings.hot.threshold && utilization > (worst?.utilization ?? 0))
        worst = { node, resource, utilization };
    }
    if (worst) hot.push(worst);
  }
  return hot;
}

/** Rows of nodes that were light in all of the last samples, and are. */
function lightRows(
  { nodes, state, settings }: RebalanceView,
  resources: readonly string[],
  isFresh: Uint8Array,
): readonly number[] {
  if (settings.light.candidates === 0) return [];
  return state.lightRows(settings).filter((row) => {
    const name = nodes.info(row)?.name;
    if (name === undefined || isFresh[row] !== 1 || !state.knows(row, name) || state.stoppable.has(name)) return false;
    return resources.every((resource) => {
      const column = nodes.column(resource);
      return (
        !column || !(column.use[row]! >= settings.light.threshold * column.capacity[row]! && column.capacity[row]! > 0)
      );
    });
  });
}
