import { ApiError } from '../cluster/errors.js';
import { type Duration, second } from '../support/time.js';
import type { ClientParts } from './parts.js';

/** So often it is tried before a server that does not answer is believed to be away: over some six seconds. */
const mostTries = 6;
const longestPause: Duration = 3 * second;

/**
 * Does what may be done twice until the server has answered. Throws what it answers, and the last failure where it does not:
 * then what was asked for may have been done. An abort ends the pauses between tries.
 */
export async function persistently<T>(
  { clock, signal }: Pick<ClientParts, 'clock' | 'signal'>,
  act: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    signal?.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      if (!mayPass(error) || tries === mostTries) throw error;
    }
    await clock.sleep(Math.min(100 * 2 ** tries, longestPause), signal);
  }
}

const mayPass = (error: unknown) => error instanceof ApiError && (error.outcome === 'unknown' || error.code === 429);
