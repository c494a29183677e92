import { Timeout } from '../cluster/errors.js';
import type { Clock } from '../support/clock.js';
import type { Duration } from '../support/time.js';

/** Turns of the event loop in which an answer that is there is read, decrypted and parsed. */
const turnsForAnswers = 4;

/**
 * A process that was kept from its event loop finds its timers due before the answers that have come meanwhile. Runs `run` when these are
 * taken in: what is late then has not come.
 */
export function afterAnswers(clock: Pick<Clock, 'immediate'>, run: () => void, turns = turnsForAnswers): void {
  if (turns === 0) run();
  else clock.immediate(() => afterAnswers(clock, run, turns - 1));
}

/**
 * The outcome of `call`, waited for no longer than `limit` and no longer than until `signal` is aborted. Then the signal
 * that the call was given is aborted too, and Timeout (or the signal's reason) is thrown, whether the call obeys or not.
 */
export function within<T>(
  clock: Clock,
  limit: Duration,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  const inner = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const end = (reason: unknown) => {
      inner.abort(reason);
      reject(reason);
    };
    const onAbort = () => end(signal.reason);
    let isOver = false;
    const timer = clock.at(clock.now() + limit, () =>
      afterAnswers(clock, () => {
        if (!isOver) end(new Timeout(`no answer within ${limit} ms`));
      }),
    );
    signal.addEventListener('abort', onAbort, { once: true });
    call(inner.signal)
      .then(resolve, reject)
      .finally(() => {
        isOver = true;
        timer[Symbol.dispose]();
        signal.removeEventListener('abort', onAbort);
      });
  });
}
