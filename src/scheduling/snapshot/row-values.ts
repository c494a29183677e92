import type { Node } from '../../api/kubernetes.js';
import type { Snapshot } from './snapshot.js';

interface Values {
  readonly rows: Float64Array;
  /** Rows that are not 0. */
  filled: number;
  position: number;
}

/** So many are kept for a snapshot, those that were asked for last: 10 MB for 5,000 nodes. */
const most = 256;

/**
 * A number for each node that depends on the node object and a key alone, brought up to date by what has changed: an equal key
 * costs a look at the nodes that have changed since.
 */
export class RowValues {
  readonly #bySnapshot = new WeakMap<Snapshot, Map<string, Values>>();

  /** `valueOf` must give the same for equal keys. Not to be written to, and good until a node changes. */
  of(nodes: Snapshot, key: string, valueOf: (node: Node) => number): Pick<Values, 'rows' | 'filled'> {
    const known = this.#bySnapshot.get(nodes) ?? new Map<string, Values>();
    this.#bySnapshot.set(nodes, known);
    const before = known.get(key);
    const changed = before && nodes.nodeChanges.since(before.position);
    const values =
      before && changed ? before : { rows: new Float64Array(nodes.present.length), filled: 0, position: 0 };
    const set = (row: number) => {
      const node = nodes.info(row)?.node;
      const value = node ? valueOf(node) : 0;
      values.filled += Number(value !== 0) - Number(values.rows[row] !== 0);
      values.rows[row] = value;
    };
    if (before && changed) for (const row of changed) set(row);
    else for (let row = 0; row < nodes.rows; row++) set(row);
    values.position = nodes.nodeChanges.position;
    known.delete(key);
    known.set(key, values);
    if (known.size > most) known.delete(known.keys().next().value ?? '');
    return values;
  }
}
