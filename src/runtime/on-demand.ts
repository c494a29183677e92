import { setMaxListeners } from 'node:events';
import type { Resource } from '../api/meta/resource.js';
import type { Clock } from '../support/clock.js';
import { onAbort } from '../support/on-abort.js';
import type { Logger } from '../support/log.js';
import { type Duration, minute } from '../support/time.js';
import type { Scope } from './scope.js';

/** Who does not need it any more may need it soon again: a list of a large cluster is dear. */
const linger: Duration = 5 * minute;

interface Session<T extends Resource> {
  readonly scopes: readonly Scope<T>[];
  readonly waiting: Set<Scope<T>>;
  readonly end: AbortController;
}

/** Objects of a kind that are watched only while somebody needs them. */
export class OnDemand<T extends Resource> {
  #life: AbortSignal | undefined;
  #isNeeded = false;
  #session: Session<T> | undefined;
  #ending: Disposable | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly makeScopes: () => readonly Scope<T>[],
  ) {}

  /** Whether all of them were in the cache once since they are needed. */
  get hasSynced(): boolean {
    return this.#session?.waiting.size === 0;
  }

  /** Those that are followed now. */
  get scopes(): readonly Scope<T>[] {
    return this.#session?.scopes ?? [];
  }

  need(isNeeded: boolean): void {
    if (isNeeded === this.#isNeeded) return;
    this.#isNeeded = isNeeded;
    this.#ending?.[Symbol.dispose]();
    this.#ending = undefined;
    if (isNeeded) this.#start();
    else if (this.#session) this.#ending = this.clock.at(this.clock.now() + linger, () => this.#end());
  }

  /** From now on, until `signal` is aborted. */
  run(signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#life = signal;
    onAbort(signal, () => this.#ending?.[Symbol.dispose]());
    if (this.#isNeeded) this.#start();
  }

  #start(): void {
    if (this.#session || !this.#life || this.#life.aborted) return;
    const scopes = this.makeScopes();
    const session: Session<T> = { scopes, waiting: new Set(scopes), end: new AbortController() };
    this.#session = session;
    const signal = AbortSignal.any([this.#life, session.end.signal]);
    setMaxListeners(0, signal);
    this.log.info({}, 'objects without the label are needed: reads them, and watches them from now on');
    for (const scope of scopes)
      void scope.reflector.run(signal, () => {
        if (session.waiting.delete(scope) && session.waiting.size === 0)
          this.log.info({}, 'has read the objects without the label');
      });
  }

  #end(): void {
    const session = this.#session;
    this.#session = undefined;
    session?.end.abort();
    this.log.info({}, 'objects without the label are needed no more: does not watch them any longer');
    for (const { replica } of session?.scopes ?? []) replica.clear();
  }
}
