import type { Clock } from '../support/clock.js';
import { type Duration, minute, second } from '../support/time.js';
import type { Context } from './reconciler.js';
import { within } from './within.js';
import { WorkQueue } from './work-queue.js';

/** Ends what does not end by itself, or by a time-out of its own, which says more about what was called. */
const backstop: Duration = minute + second;

/** Answers that are kept for whoever asks for them; of more the oldest are forgotten, and asked for again. */
const remembered = 10_000;

/** How many calls are under way at once: of one namespace, and in all. More wait for their turn. */
const defaultLimits = { perNamespace: 64, total: 512 } as const;

export interface CallKey {
  /** Whose share of the calls it takes. */
  readonly namespace: string;
  /** The uid of the object that it is about. */
  readonly subject: string;
  /** What is asked, and whatever of the object the answer depends on. One purpose always has answers of one type. */
  readonly purpose: string;
}

/** `ended` resolves when the call is over, however that was. */
export type Asked<T> =
  | { readonly over: false; readonly ended: Promise<void> }
  | { readonly over: true; readonly value: T };

interface Call {
  readonly id: string;
  readonly key: CallKey;
  readonly run: (signal: AbortSignal) => Promise<unknown>;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
  readonly end: () => void;
  wake: Context['wake'];
  outcome: { readonly value: unknown } | { readonly error: unknown } | undefined;
}

/**
 * Calls to whatever answers at its own pace: programs of users, programs in containers. A reconcile that waited for one
 * would hold its worker meanwhile; so it asks here, goes on without the answer, and is woken when that is there. Asked
 * again, it gets the answer, once. Kept in memory only: after a restart the call is made again.
 */
export class BackgroundCalls {
  readonly #calls = new Map<string, Call>();
  readonly #bySubject = new Map<string, Set<Call>>();
  /** Those that are over, the oldest first. */
  readonly #over = new Set<Call>();
  readonly #terms = new WeakSet<AbortSignal>();
  readonly #queue: WorkQueue;
  #pumping = false;

  constructor(
    private readonly clock: Clock,
    private readonly limits: { readonly perNamespace: number; readonly total: number } = defaultLimits,
  ) {
    this.#queue = new WorkQueue({ clock, onReady: () => this.#schedule(), perNamespace: limits.perNamespace });
  }

  /**
   * The answer, if it is there; what the call threw is thrown. Else the call is under way, or waits for its turn, and
   * `wake` is called when it is over.
   * @param run has to obey the signal that it is given
   */
  ask<T>(
    key: CallKey,
    run: (signal: AbortSignal) => Promise<T>,
    { signal, wake }: Pick<Context, 'signal' | 'wake'>,
  ): Asked<T> {
    signal.throwIfAborted();
    const id = idOf(key);
    const known = this.#calls.get(id);
    if (known?.outcome) {
      this.#forget(known);
      if ('error' in known.outcome) throw known.outcome.error;
      // a purpose has answers of one type
      return { over: true, value: known.outcome.value as T };
    }
    const call = known ?? this.#begin(id, key, run, signal);
    call.wake = wake;
    return { over: false, ended: call.ended };
  }

  isAbout(subject: string): boolean {
    return this.#bySubject.has(subject);
  }

  /** Aborts what is under way about an object, and forgets what has been answered: nobody waits for it any more. */
  abandon(subject: string, concerns: (key: CallKey) => boolean = () => true): void {
    for (const call of this.#bySubject.get(subject) ?? []) {
      if (!concerns(call.key)) continue;
      this.#forget(call);
      call.wake();
    }
  }

  /** The same about whatever objects of a namespace. */
  abandonIn(namespace: string, concerns: (key: CallKey) => boolean): void {
    for (const { key } of this.#calls.values()) if (key.namespace === namespace) this.abandon(key.subject, concerns);
  }

  #begin(id: string, key: CallKey, run: (signal: AbortSignal) => Promise<unknown>, term: AbortSignal): Call {
    this.#follow(term);
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const call: Call = { id, key, run, abort: new AbortController(), ended, end, wake: () => {}, outcome: undefined };
    this.#calls.set(id, call);
    const siblings = this.#bySubject.get(key.subject) ?? new Set();
    this.#bySubject.set(key.subject, siblings.add(call));
    this.#queue.add(id);
    return call;
  }

  /** With a leader's term its calls end: what comes of them is for the next one to find out. */
  #follow(term: AbortSignal): void {
    if (this.#terms.has(term)) return;
    this.#terms.add(term);
    const onAbort = () => {
      for (const call of this.#calls.values()) this.#forget(call);
    };
    term.addEventListener('abort', onAbort, { once: true });
  }

  #forget(call: Call): void {
    this.#calls.delete(call.id);
    this.#over.delete(call);
    const siblings = this.#bySubject.get(call.key.subject);
    siblings?.delete(call);
    if (siblings?.size === 0) this.#bySubject.delete(call.key.subject);
    call.abort.abort(new Error('nobody waits for this call any more'));
    call.end();
  }

  /** In a turn of its own: whoever asks goes on first. */
  #schedule(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#queue.running < this.limits.total) {
      const id = this.#queue.take();
      if (id === undefined) return;
      void this.#make(id);
    }
  }

  async #make(id: string): Promise<void> {
    const call = this.#calls.get(id);
    if (call && !call.outcome) {
      try {
        const value = await within(this.clock, backstop, call.abort.signal, call.run);
        call.outcome = { value };
      } catch (error) {
        call.outcome = { error };
      }
      if (!call.abort.signal.aborted) this.#conclude(call);
    }
    this.#queue.finish(id);
    this.#schedule();
  }

  #conclude(call: Call): void {
    this.#over.add(call);
    const [oldest] = this.#over;
    if (this.#over.size > remembered && oldest) this.#forget(oldest);
    call.end();
    call.wake();
  }
}

const idOf = ({ namespace, subject, purpose }: CallKey): string => `${namespace}/${subject}/${purpose}`;
