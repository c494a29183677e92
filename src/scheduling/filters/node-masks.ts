import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { NodeFilter } from './node-filter.js';

interface Mask {
  /** 1 for each row that all the filters accept. */
  readonly accepted: Uint8Array;
  /** Up to where in `nodeChanges` it is. */
  position: number;
}

/** So many masks are kept for a snapshot, those that were asked for last: 1.3 MB for 5,000 nodes. */
const mostMasks = 256;

/**
 * What filters that look at the node alone say of all nodes, kept by the `nodeKey` of pods: an equal pod costs a look at the
 * nodes that have changed since, not at all of them.
 */
export class NodeMasks {
  readonly #filters: readonly NodeFilter[];
  readonly #bySnapshot = new WeakMap<Snapshot, Map<string, Mask>>();

  constructor(filters: readonly NodeFilter[]) {
    this.#filters = filters;
  }

  /** 1 for each row that may take such a pod. Not to be written to, and good until a node changes. */
  of(pod: PodShape, nodes: Snapshot): Uint8Array {
    const masks = this.#bySnapshot.get(nodes) ?? new Map<string, Mask>();
    this.#bySnapshot.set(nodes, masks);
    const key = pod.nodeKey;
    const known = masks.get(key);
    const changed = known && nodes.nodeChanges.since(known.position);
    const mask = known && changed ? known : { accepted: new Uint8Array(nodes.present.length), position: 0 };
    if (known && changed) for (const row of changed) this.#judge(pod, nodes, row, mask);
    else for (let row = 0; row < nodes.rows; row++) this.#judge(pod, nodes, row, mask);
    mask.position = nodes.nodeChanges.position;
    masks.delete(key);
    masks.set(key, mask);
    if (masks.size > mostMasks) masks.delete(masks.keys().next().value ?? '');
    return mask.accepted;
  }

  #judge(pod: PodShape, nodes: Snapshot, row: number, { accepted }: Mask): void {
    const node = nodes.info(row)?.node;
    accepted[row] = node && this.#filters.every((filter) => filter.accepts(pod, node)) ? 1 : 0;
  }
}
