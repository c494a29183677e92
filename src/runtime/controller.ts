import type { Kind } from '../api/meta/kind.js';
import { type Key, refOf, type Resource } from '../api/meta/resource.js';
import { Conflict } from '../cluster/errors.js';
import { type Clock, turn } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import type { Logger } from '../support/log.js';
import type { Duration } from '../support/time.js';
import type { BackOff } from './back-off.js';
import type { Informers } from './informers.js';
import { type Context, type EventRecorder, type Reconciler, Terminal } from './reconciler.js';
import type { Watch } from './watches.js';
import { type QueueObserver, WorkQueue } from './work-queue.js';

export interface ControllerDefinition {
  readonly name: string;
  readonly reconciler: Reconciler;
  /** One `For`, and what else wakes the controller. */
  readonly watches: readonly Watch[];
  /** How many reconciles may run at once, of different objects; half of them of one namespace. Default 1. */
  readonly concurrency?: number;
  /** At the start of a term those with a higher one find their backlog first. Default 0. */
  readonly priority?: number;
  /** How long a failed reconcile waits. Default: 5 ms, doubling to one minute. */
  readonly backOff?: BackOff;
}

/** Checks a controller's definition. Throws when it could not work. */
export function defineController(definition: ControllerDefinition): ControllerDefinition {
  const { name, watches, concurrency = 1 } = definition;
  const reconciled = watches.filter(({ role }) => role === 'for').length;
  if (reconciled !== 1) throw new Error(`controller ${name} has ${reconciled} For(...) among its watches, needs one`);
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new Error(`controller ${name} has a concurrency of ${concurrency}: give a whole number from 1`);
  return definition;
}

/** How a reconcile ended, in controller-runtime's words. */
export type ReconcileResult = 'success' | 'requeue_after' | 'error';

/** Hears what a controller does, for metrics. */
export interface ControllerObserver {
  readonly queue: QueueObserver;
  /** A reconcile ended, after so long. `terminal`: by an error that is not tried again. */
  reconciled(result: ReconcileResult, took: Duration, terminal: boolean): void;
}

export interface ControllerOptions {
  readonly definition: ControllerDefinition;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly events: EventRecorder;
  readonly observer?: ControllerObserver;
  /** Only objects of one namespace are reconciled: it may have all workers. */
  readonly singleNamespace?: boolean;
}

interface Shift {
  readonly term: number;
  readonly signal: AbortSignal;
}

/** Runs one reconciler: wakes it for what changed, never twice at once for one object, again when it failed. */
export class Controller {
  readonly name: string;
  readonly concurrency: number;
  readonly priority: number;
  readonly queue: WorkQueue;
  readonly #options: ControllerOptions;
  readonly #resync: readonly (() => Iterable<() => void>)[];
  #log: Logger;
  #shift: Shift | undefined;
  #pumping = false;
  #onIdle: (() => void) | undefined;

  constructor(options: ControllerOptions) {
    const { definition, informers, clock, logger, observer, singleNamespace = false } = options;
    const { name, watches, concurrency = 1, priority = 0, backOff } = definition;
    const reconciled = reconciledKind(definition);
    this.#options = options;
    this.name = name;
    this.concurrency = concurrency;
    this.priority = priority;
    this.#log = logger.child({ controller: name });
    this.queue = new WorkQueue({
      clock,
      onReady: () => this.#schedule(),
      ...(reconciled.namespaced && !singleNamespace && { perNamespace: shareOf(concurrency) }),
      ...(backOff && { backOff }),
      ...(observer && { observer: observer.queue }),
    });
    const wake = (key: Key, priority: number, delay: Duration) => {
      if (!this.#shift) return;
      if (delay > 0) this.queue.addAfter(key, delay);
      else this.queue.add(key, priority);
    };
    this.#resync = watches.map((watch) => watch.connect(informers, reconciled, wake));
  }

  /** Begins to reconcile what changes, until `signal` is aborted or `stop` is called. */
  start(term: number, signal: AbortSignal): void {
    const shift = { term, signal };
    this.#shift = shift;
    signal.addEventListener('abort', () => this.#shift === shift && this.#end(), { once: true });
  }

  /** Wakes for everything that is in the cache. What happens meanwhile wakes as always, and goes before it. */
  async resync(): Promise<void> {
    const { clock } = this.#options;
    const shift = this.#shift;
    for (const keysOfAll of this.#resync)
      for (const wake of keysOfAll()) {
        if (!shift || this.#shift !== shift) return;
        wake();
        if (clock.mustYield) await turn(clock);
      }
  }

  /** Takes no more keys. Resolves when the reconciles that run have ended. */
  async stop(): Promise<void> {
    this.#end();
    if (this.queue.running === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  #end(): void {
    this.#shift = undefined;
    this.queue.clear();
  }

  /** Works begin in a turn of their own: whoever woke them is in the middle of telling others of the same change. */
  #schedule(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => this.#resume());
  }

  /** Reconciles that have nothing to wait for follow each other without end: the event loop has its turns between them. */
  #pump(): void {
    const { clock } = this.#options;
    while (this.#shift && this.queue.running < this.concurrency) {
      const key = this.queue.take();
      if (key === undefined) return;
      void this.#work(key, this.#shift);
      if (!clock.mustYield) continue;
      this.#pumping = true;
      return clock.immediate(() => this.#resume());
    }
  }

  #resume(): void {
    this.#pumping = false;
    this.#pump();
  }

  async #work(key: Key, shift: Shift): Promise<void> {
    const { definition, clock, events, observer } = this.#options;
    const start = clock.now();
    const log = this.#log;
    const context: Context = {
      signal: shift.signal,
      term: shift.term,
      get log() {
        return log.child({ object: key });
      },
      events,
      wake: () => {
        if (this.#shift === shift) this.queue.add(key);
      },
    };
    let result: ReconcileResult = 'success';
    let terminal = false;
    try {
      const { again } = await definition.reconciler.reconcile(refOf(key), context);
      this.queue.forget(key);
      if (again) {
        result = 'requeue_after';
        if (this.#shift) this.queue.addAfter(key, again.after);
      }
    } catch (error) {
      result = 'error';
      terminal = error instanceof Terminal;
      if (!shift.signal.aborted) this.#failed(key, error);
    }
    observer?.reconciled(result, clock.now() - start, terminal);
    this.queue.finish(key);
    this.#schedule();
    if (this.queue.running === 0) {
      this.#onIdle?.();
      this.#onIdle = undefined;
    }
  }

  #failed(key: Key, error: unknown): void {
    if (error instanceof Terminal) {
      this.queue.forget(key);
      return this.#log.error({ object: key, error: error.message }, 'reconcile failed for good');
    }
    const delay = this.#shift ? this.queue.retry(key) : 0;
    const fields = { object: key, error: messageOf(error), delay };
    // somebody else wrote first: the normal way of optimistic concurrency
    if (error instanceof Conflict) this.#log.debug(fields, 'the object has changed, trying again');
    else this.#log.error(fields, 'reconcile failed, trying again');
  }
}

/**
 * How many workers one namespace may have, also while nobody else wants any: those who come later would have to wait for
 * reconciles that take long. Half, so that the one namespace of a small installation still has most of the speed.
 */
const shareOf = (concurrency: number): number => Math.ceil(concurrency / 2);

function reconciledKind({ name, watches }: ControllerDefinition): Kind<Resource> {
  const watch = watches.find(({ role }) => role === 'for');
  if (!watch) throw new Error(`controller ${name} has no For(...) among its watches`);
  return watch.kind;
}
