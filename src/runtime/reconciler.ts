import type { Ref, Resource } from '../api/meta/resource.js';
import type { Logger } from '../support/log.js';
import type { Duration } from '../support/time.js';

/** What a reconcile asks for: nothing more, or to be called again without waiting for an event. */
export type Result = { readonly again?: undefined } | { readonly again: { readonly after: Duration } };

export const done: Result = {};
export const again = (after: Duration): Result => ({ again: { after } });

/** An error that retrying cannot mend: logged and counted, not retried until the object changes. */
export class Terminal extends Error {
  override readonly name = 'Terminal';
}

/** Writes Events (`kubectl describe` shows them); equal ones within a while become one with a count. Never throws. */
export interface EventRecorder {
  record(regarding: Resource, type: 'Normal' | 'Warning', reason: string, note: string): void;
}

export interface Context {
  /** Aborted when this replica stops or loses its lease: begin no further write after that. */
  readonly signal: AbortSignal;
  /** The term of this replica's lease (its `leaseTransitions`); later leaders have greater ones. 0 without election. */
  readonly term: number;
  readonly log: Logger;
  readonly events: EventRecorder;
  /**
   * Has the same object reconciled again at once: also long after this reconcile has ended, for what goes on in the
   * background. Does nothing once `signal` is aborted.
   */
  readonly wake: () => void;
}

export interface Reconciler {
  /**
   * Brings one object closer to its spec. Called with a name, never with an event; safe to call at any time, any number
   * of times, also for an object that is gone. Never called twice at once for the same name. An error that it throws
   * is retried with exponential back-off.
   */
  reconcile(ref: Ref, context: Context): Promise<Result>;
}
