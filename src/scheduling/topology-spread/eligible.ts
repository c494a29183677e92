import { nodeAffinity } from '../filters/node-affinity.js';
import { NodeMasks } from '../filters/node-masks.js';
import { taintToleration } from '../filters/taint-toleration.js';
import { refuseWithoutDomain } from '../kernels/domains.js';
import { keepOnly } from '../kernels/spread.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Spread } from './constraint.js';

const selected = new NodeMasks([nodeAffinity]);
const tolerated = new NodeMasks([taintToleration]);

/** 1 for each row that counts for a constraint: by its policies, and by having the labels of all constraints in `keys`. */
export function eligibleRows(spread: Spread, pod: PodShape, nodes: Snapshot, keys: readonly string[]): Uint8Array {
  const eligible = nodes.present.slice();
  if (spread.honorsAffinity) keepOnly(eligible, selected.of(pod, nodes));
  if (spread.honorsTaints) keepOnly(eligible, tolerated.of(pod, nodes));
  for (const key of keys) refuseWithoutDomain(eligible, nodes.rows, nodes.domains(key).ids);
  return eligible;
}
