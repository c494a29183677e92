import { explainNode } from '../../scheduling/filters/index.js';
import type { PodShape } from '../../scheduling/pod-shape.js';
import type { PlanDraft } from './draft.js';

/** So many of the pods that wait are looked at. */
const most = 100;

/**
 * Finds room for the pods that wait: on nodes in use, or else on one that was reported as stoppable and is needed then. Returns those for
 * which there is none.
 */
export function placeWaiting(draft: PlanDraft): readonly PodShape[] {
  const { whatIf, finder, view } = draft;
  const unplaced: PodShape[] = [];
  for (const [index, shape] of view.waiting.slice(0, most).entries()) {
    const row = finder.takes(shape);
    const place = (to: number) => whatIf.arrive(waitingPod(index, shape, view.now), to, shape.estimate);
    if (row >= 0) place(row);
    else if (!openFor(draft, shape, place)) unplaced.push(shape);
  }
  return unplaced;
}

function openFor(draft: PlanDraft, shape: PodShape, place: (row: number) => void): boolean {
  for (const row of draft.stoppable) {
    const isNeeded = draft.tryOpen(row, () => explainNode(shape, draft.whatIf.nodes, row) === undefined);
    if (!isNeeded) continue;
    draft.need(row, 'PodsWait', 'a pod waits that fits on no node in use');
    place(row);
    return true;
  }
  return false;
}

const waitingPod = (index: number, shape: PodShape, now: number) => ({
  key: ` waiting-${index}`,
  uid: ` waiting-${index}`,
  shape,
  terminating: false,
  since: now,
  startTime: undefined,
  preempted: false,
});
