import type { TopologyDomains } from '../snapshot/domains.js';
import type { PodGroup } from '../snapshot/pod-groups.js';

/** Numbers by topology key and domain: of pods, or sums of weights. */
export class DomainCounts {
  readonly #domains: (topologyKey: string) => TopologyDomains;
  readonly #counts = new Map<string, Float64Array>();

  constructor(domains: (topologyKey: string) => TopologyDomains) {
    this.#domains = domains;
  }

  /** The keys for which anything was counted on a node that has the label. */
  get keys(): IterableIterator<string> {
    return this.#counts.keys();
  }

  get size(): number {
    return this.#counts.size;
  }

  /** Whether nothing is counted anywhere, what was taken back included. */
  get isEmpty(): boolean {
    for (const counts of this.#counts.values()) if (counts.some((count) => count !== 0)) return false;
    return true;
  }

  /** Counts of the domains of a key, by the domain's number; `undefined`: nothing was counted. */
  of(topologyKey: string): Float64Array | undefined {
    return this.#counts.get(topologyKey);
  }

  /** Counts each pod of a group with this weight. */
  addGroup(topologyKey: string, { counts }: PodGroup, weight: number): void {
    for (const [row, count] of counts) this.add(topologyKey, row, count * weight);
  }

  add(topologyKey: string, row: number, amount: number): void {
    const { ids, values } = this.#domains(topologyKey);
    const id = ids[row] ?? -1;
    if (id < 0) return;
    const counts = this.#counts.get(topologyKey) ?? new Float64Array(values.length);
    this.#counts.set(topologyKey, counts);
    counts[id]! += amount;
  }

  /** What is counted in the domain of a row. */
  at(topologyKey: string, row: number): number {
    const counts = this.#counts.get(topologyKey);
    return counts?.[this.#domains(topologyKey).ids[row] ?? -1] ?? 0;
  }

  copy(): DomainCounts {
    const copy = new DomainCounts(this.#domains);
    for (const [key, counts] of this.#counts) copy.#counts.set(key, counts.slice());
    return copy;
  }
}
