import type { Node, Pod } from '../../../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../../../api/meta/resource.js';
import { isTerminal } from '../../../scheduling/pod-phase.js';
import { type Amounts, amountsOf } from '../../../scheduling/resources/amounts.js';
import { heldByPod } from '../../../scheduling/resources/pod-requests.js';
import type { Candidate } from './fits.js';

interface Placed {
  readonly node: string;
  readonly amounts: Amounts;
}

interface Account extends Candidate {
  readonly used: Record<string, number>;
}

/** Who holds how much of which node, kept with every change: choosing a node looks at nodes, never at all pods. */
export class Ledger {
  readonly #nodes = new Map<string, Account>();
  readonly #placed = new Map<Key, Placed>();
  /** Totals of nodes that are not known (yet), by name. */
  readonly #used = new Map<string, Record<string, number>>();

  candidates(): Iterable<Candidate> {
    return this.#nodes.values();
  }

  setNode(node: Node): void {
    const { name } = node.metadata;
    this.#nodes.set(name, { node, allocatable: amountsOf(node.status?.allocatable), used: this.#usedOf(name) });
  }

  removeNode(name: string): void {
    this.#nodes.delete(name);
  }

  /** Notes what a pod holds where it is; what it held before is given back. Returns whether that left more room anywhere. */
  observe(pod: Pod): 'freed' | 'same' {
    const key = keyOf(nameOf(pod));
    const node = pod.spec?.nodeName;
    // a pod that is not bound, for all that this copy of it says, may be on its way to a node: that stays noted
    if (!node) return 'same';
    if (isTerminal(pod)) return this.release(key);
    return this.place(key, node, heldByPod(pod));
  }

  place(key: Key, node: string, amounts: Amounts): 'freed' | 'same' {
    const before = this.#placed.get(key);
    if (before) this.#add(before, -1);
    const placed = { node, amounts };
    this.#placed.set(key, placed);
    this.#add(placed, 1);
    const less =
      before &&
      (before.node !== node || Object.entries(before.amounts).some(([name, amount]) => amount > (amounts[name] ?? 0)));
    return less ? 'freed' : 'same';
  }

  release(key: Key): 'freed' | 'same' {
    const placed = this.#placed.get(key);
    if (!placed) return 'same';
    this.#placed.delete(key);
    this.#add(placed, -1);
    return 'freed';
  }

  #add({ node, amounts }: Placed, sign: 1 | -1): void {
    const used = this.#usedOf(node);
    for (const name in amounts) used[name] = (used[name] ?? 0) + sign * (amounts[name] ?? 0);
  }

  #usedOf(node: string): Record<string, number> {
    const known = this.#used.get(node);
    if (known) return known;
    const made: Record<string, number> = {};
    this.#used.set(node, made);
    return made;
  }
}
