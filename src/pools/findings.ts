import type { ContainerPool, TemplatedPool } from '../api/container-pool.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import type { Hindrance, Refusal } from '../line/index.js';
import type { Bell } from '../runtime/index.js';
import type { RenewalPlan } from './plan-renewal.js';
import type { SizedPool } from './sizing/index.js';
import type { Trouble } from './status.js';

/** What a pool's reconcile has found out that does not stand in its pods. */
export interface Finding {
  /** With its Deployment's template, where it is made for one, and the size that was decided, where it sizes itself. */
  readonly pool: ContainerPool;
  /** From what its containers are made, or what keeps them from being made. */
  readonly made: TemplatedPool | Hindrance;
  /** Which template the stock has; `undefined` for a pool that has none. */
  readonly renewal: RenewalPlan | undefined;
  /** How it was sized, where it sizes itself. */
  readonly sized: SizedPool | undefined;
  /** What keeps it from making containers, if not that those it makes cannot start. */
  readonly trouble: Trouble | undefined;
  /** Containers that could not be deleted, or changed. */
  readonly refusals: readonly Refusal[];
}

/** What the reconciles of this term have found: for the pools' status, which is written beside them. */
export class Findings {
  readonly #found = new Map<Key, { readonly term: number; readonly finding: Finding }>();

  /** @param bell rings for a pool of which there is something new */
  constructor(private readonly bell: Pick<Bell, 'ring'>) {}

  /** `undefined` before the first reconcile of this very pool in the term. */
  of({ metadata }: ContainerPool, term: number): Finding | undefined {
    const known = this.#found.get(keyOf(nameOf({ metadata })));
    return known?.term === term && known.finding.pool.metadata.uid === metadata.uid ? known.finding : undefined;
  }

  note(finding: Finding, term: number): void {
    const key = keyOf(nameOf(finding.pool));
    this.#found.set(key, { term, finding });
    this.bell.ring(key);
  }

  forget(pool: Key): void {
    this.#found.delete(pool);
  }
}
