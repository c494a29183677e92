import type { Where } from '../cluster/kubernetes/index.js';
import { PenstockError, penstockError } from './errors.js';
import type { ClientParts } from './parts.js';

/** The way from the library to a cluster: one place where what goes wrong becomes what programs meet. */
export class Access {
  constructor(
    private readonly parts: Pick<ClientParts, 'cluster' | 'clock'>,
    private readonly where: Where,
  ) {}

  /** One call. Rejects with the signal's reason once that is aborted, else with a PenstockError. */
  async call<T>(signal: AbortSignal | undefined, act: (parts: ClientParts) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    try {
      return await act({ ...this.parts, ...(signal && { signal }) });
    } catch (error) {
      throw this.#asMet(error, signal);
    }
  }

  /** The same for what comes bit by bit. */
  async *each<T>(
    signal: AbortSignal | undefined,
    open: (parts: ClientParts) => AsyncIterable<T>,
  ): AsyncGenerator<T, void> {
    signal?.throwIfAborted();
    try {
      yield* open({ ...this.parts, ...(signal && { signal }) });
    } catch (error) {
      throw this.#asMet(error, signal);
    }
  }

  gone(claim: string): PenstockError {
    return new PenstockError('CLAIM_GONE', `somebody deleted claim ${claim}`, 'its containers went with it');
  }

  #asMet(error: unknown, signal: AbortSignal | undefined): unknown {
    if (error instanceof PenstockError) return error;
    return signal?.aborted ? signal.reason : penstockError(error, this.where);
  }
}
