import type { NodeInfo } from './node-info.js';

/** Which nodes are in which topology domain: those with the same value of a label. */
export interface TopologyDomains {
  /** For each row the number of its domain; -1: the node has no such label. */
  readonly ids: Int32Array;
  /** The values of the label, by the number of the domain. */
  readonly values: readonly string[];
}

/** Domains by topology key, made when they are asked for and forgotten when labels of nodes change. */
export class Domains {
  #byKey = new Map<string, TopologyDomains>();

  copy(): Domains {
    const copy = new Domains();
    copy.#byKey = new Map(this.#byKey);
    return copy;
  }

  of(topologyKey: string, infos: readonly (NodeInfo | undefined)[], rows: number): TopologyDomains {
    const known = this.#byKey.get(topologyKey);
    if (known) return known;
    const ids = new Int32Array(rows).fill(-1);
    const idOf = new Map<string, number>();
    for (let row = 0; row < rows; row++) {
      const value = infos[row]?.node.metadata.labels?.[topologyKey];
      if (value === undefined) continue;
      const id = idOf.get(value) ?? idOf.size;
      idOf.set(value, id);
      ids[row] = id;
    }
    const domains = { ids, values: [...idOf.keys()] };
    this.#byKey.set(topologyKey, domains);
    return domains;
  }

  clear(): void {
    this.#byKey.clear();
  }
}
