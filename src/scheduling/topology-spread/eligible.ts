import { nodeAffinity } from '../filters/node-affinity.js';
import { NodeMasks } from '../filters/node-masks.js';
import { taintToleration } from '../filters/taint-toleration.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Spread } from './constraint.js';

const selected = new NodeMasks([nodeAffinity]);
const tolerated = new NodeMasks([taintToleration]);

/** 1 for each row that counts for a constraint: by its policies, and by having the labels of all constraints in `keys`. */
export function eligibleRows(spread: Spread, pod: PodShape, nodes: Snapshot, keys: readonly string[]): Uint8Array {
  const eligible = nodes.present.slice();
  if (spread.honorsAffinity) keep(eligible, selected.of(pod, nodes));
  if (spread.honorsTaints) keep(eligible, tolerated.of(pod, nodes));
  for (const key of keys) {
    const { ids } = nodes.domains(key);
    for (let row = 0; row < nodes.rows; row++) if (!(ids[row]! >= 0)) eligible[row] = 0;
  }
  return eligible;
}

function keep(rows: Uint8Array, those: Uint8Array): void {
  for (let row = 0; row < rows.length; row++) if (!those[row]) rows[row] = 0;
}
