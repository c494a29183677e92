import { createCosts, type PreemptionCosts } from '../kernels/preemption.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { DisruptionBudgets } from './disruption-budgets.js';
import type { DryRun } from './select-victims.js';
import type { UseOfPods } from './steadiness.js';
import type { SteadyChoice } from './steady-choice.js';

/** Which rows are candidates, and what pre-emption would cost there. */
export interface CandidateTable {
  /** 1 for each row that is. */
  readonly isCandidate: Uint8Array;
  readonly costs: PreemptionCosts;
  /** What was chosen by use on some of its rows. */
  readonly steady: Map<number, SteadyChoice>;
}

interface Kept extends CandidateTable {
  readonly budgets: DisruptionBudgets;
  use: UseOfPods | undefined;
  position: number;
  /** Rows for which pods were nominated. */
  promised: readonly number[];
}

/** Shapes of which the tables are kept: 3 MB for 5,000 nodes. */
const mostTables = 16;

const createTable = (length: number): CandidateTable => ({
  isCandidate: new Uint8Array(length),
  costs: createCosts(length),
  steady: new Map(),
});

/**
 * Tables of pods for which each row decides by itself, kept by shape: of equal pods, those that come later look only at the rows that
 * have changed since, or for which pods are or were nominated.
 */
export class CandidateTables {
  readonly #tables = new Map<string, Kept>();
  /** The shapes that came last, the latest at the end. */
  readonly #recent = new Set<string>();
  #scratch = createTable(0);
  #nodes: Snapshot | undefined;

  /** The table of a pod, and the rows of it that have to be written; `undefined`: all. */
  of(
    { preemptor, nodes, budgets }: DryRun,
    use: UseOfPods | undefined,
  ): { table: CandidateTable; stale: Iterable<number> | undefined } {
    if (this.#nodes !== nodes) this.#forget(nodes);
    const { key } = preemptor.shape;
    const before = this.#tables.get(key);
    if (!before && !this.#comesAgain(key)) return { table: this.scratch(nodes), stale: undefined };
    const changed = before?.budgets === budgets ? nodes.changes.since(before.position) : undefined;
    const now = { use, position: nodes.changes.position, promised: promisedRows(nodes) };
    const stale = before && changed && new Set([...changed, ...before.promised, ...now.promised]);
    if (before && before.use !== use) before.steady.clear();
    for (const row of stale ?? []) before?.steady.delete(row);
    const table =
      before && stale ? Object.assign(before, now) : { ...createTable(nodes.present.length), budgets, ...now };
    this.#tables.delete(key);
    this.#tables.set(key, table);
    if (this.#tables.size > mostTables) this.#tables.delete(this.#tables.keys().next().value ?? '');
    return { table, stale };
  }

  /** One that is good until the next is asked for. */
  scratch({ present: { length } }: Snapshot): CandidateTable {
    if (this.#scratch.isCandidate.length < length) this.#scratch = createTable(length);
    this.#scratch.steady.clear();
    return this.#scratch;
  }

  /** Whether it came lately: tables of shapes that do not would be made for nothing. */
  #comesAgain(key: string): boolean {
    const again = this.#recent.delete(key);
    this.#recent.add(key);
    if (this.#recent.size > mostTables) this.#recent.delete(this.#recent.keys().next().value ?? '');
    return again;
  }

  #forget(nodes: Snapshot): void {
    this.#nodes = nodes;
    this.#tables.clear();
    this.#recent.clear();
  }
}

const promisedRows = (nodes: Snapshot): readonly number[] =>
  [...nodes.nominated.keys()].flatMap((name) => nodes.rowOf(name) ?? []);
