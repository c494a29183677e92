import { deviation } from '../../scheduling/kernels/deviation.js';
import { clearUsed, markedRows } from '../../scheduling/kernels/samples.js';
import type { Snapshot } from '../../scheduling/snapshot/snapshot.js';
import { PlanDraft } from './draft.js';
import { emptyNodes } from './empty.js';
import { placeWaiting } from './need.js';
import type { HotNode, MoveRefusal, Plan } from './plan.js';
import { relieve } from './relieve.js';
import { leavingRows, replaceAhead } from './replace-ahead.js';
import type { RebalanceView } from './view.js';

/**
 * What to move now, and why not more. Pure: of equal views the plans are equal.
 *
 * First room is found for pods that wait, then what is on nodes that go is replaced ahead, then hot nodes are relieved, then, if no hot node waits for relief that could be had, lightly used
 * nodes are emptied.
 *
 * No ping-pong, while loads stay as they are: (overload of all nodes, nodes in use, imbalance) falls lexicographically with each plan that moves
 * anything. A move off a hot node pays only when it relieves more overload than it causes, by more than its cost, and a stoppable node is taken
 * into use only together with such a move. Emptying takes a node out of use and causes no overload, since all that is moved stays
 * under the target. So no state of the cluster comes again, and as there are finitely many ways to put the pods on the nodes, the moves come
 * to an end. Nor does a move off a hot node, or the emptying of a node as a whole, raise the imbalance.
 */
export function planRebalance(view: RebalanceView): Plan {
  const { nodes, state, settings, now } = view;
  const resources = Object.keys(view.use.load.weights);
  const isFresh = freshRows(nodes, now - settings.maxAge);
  const refusals = notMeasured(nodes, isFresh);
  const hot = hotNodes(view, resources, isFresh);
  const light = lightRows(view, resources, isFresh);
  const leaving = leavingRows(nodes);
  const isQuiet = hot.length + light.length + leaving.length + view.waiting.length + state.stoppable.size === 0;
  if (isQuiet) return emptyPlan(view, refusals);

  const draft = new PlanDraft(view, hot);
  const unplaced = placeWaiting(draft);
  for (const row of leaving) replaceAhead(draft, row);
  draft.whatIf.start();
  let waits = 0;
  for (const row of byOverload(draft, hot)) if (relieve(draft, row)) waits++;
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

function byOverload({ whatIf, view }: PlanDraft, hot: readonly HotNode[]): readonly number[] {
  const rows = hot.map(({ node }) => {
    const row = view.nodes.rowOf(node) ?? -1;
    return { row, overload: whatIf.overload(row, view.settings.hot.target) };
  });
  return rows.sort((a, b) => b.overload - a.overload || a.row - b.row).map(({ row }) => row);
}

function hotNodes(
  { nodes, state, settings }: RebalanceView,
  resources: readonly string[],
  isFresh: Uint8Array,
): readonly HotNode[] {
  const worst = new Map<string, HotNode>();
  for (const resource of resources)
    for (const row of markedRows(state.hotRows(resource, settings))) {
      const node = nodes.info(row)?.name;
      if (node === undefined || isFresh[row] !== 1 || !state.knows(row, node)) continue;
      const { measured, capacity } = nodes.column(resource) ?? {};
      const utilization = (measured?.[row] ?? 0) / (capacity?.[row] ?? 1);
      if (utilization > Math.max(settings.hot.threshold, worst.get(node)?.utilization ?? 0))
        worst.set(node, { node, resource, utilization });
    }
  return [...worst.values()];
}

/** Rows of nodes in use that were light in all of the last samples, and are. */
function lightRows(
  { nodes, state, settings }: RebalanceView,
  resources: readonly string[],
  isFresh: Uint8Array,
): readonly number[] {
  if (settings.light.candidates === 0) return [];
  const light = state.lightRows(settings);
  for (const resource of resources) {
    const column = nodes.column(resource);
    const rows = Math.min(light.length, nodes.rows);
    if (column) clearUsed(column.use, column.capacity, settings.light.threshold, rows, light);
  }
  return markedRows(light).filter((row) => {
    const name = nodes.info(row)?.name;
    return name !== undefined && isFresh[row] === 1 && state.knows(row, name) && !state.stoppable.has(name);
  });
}
