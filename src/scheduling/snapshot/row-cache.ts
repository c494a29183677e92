import type { Snapshot } from './snapshot.js';

interface Entry<Values> {
  readonly position: number;
  readonly values: Values;
}

/**
 * What was computed of each row of a snapshot, brought up to date by the snapshot's change log: all rows at first, later only
 * those that have changed. Nothing of it can be told from computing it anew.
 */
export class RowCache<Values> {
  readonly #entries = new WeakMap<Snapshot, Entry<Values>>();
  readonly #create: (rows: number) => Values;
  readonly #update: (nodes: Snapshot, row: number, values: Values) => void;

  constructor(create: (rows: number) => Values, update: (nodes: Snapshot, row: number, values: Values) => void) {
    this.#create = create;
    this.#update = update;
  }

  /** The values as of now. They are the cache's own: to be read, not kept. */
  of(nodes: Snapshot): Values {
    const { position } = nodes.changes;
    const known = this.#entries.get(nodes);
    if (known?.position === position) return known.values;
    const changed = known && nodes.changes.since(known.position);
    const values = known && changed ? known.values : this.#create(nodes.present.length);
    if (changed) for (const row of changed) this.#update(nodes, row, values);
    else for (let row = 0; row < nodes.rows; row++) this.#update(nodes, row, values);
    this.#entries.set(nodes, { position, values });
    return values;
  }
}
