import { type Duration, second } from '../../support/time.js';
import { type ApiError, ServiceUnavailable, TooManyRequests } from '../errors.js';
import { Disconnected } from './transport.js';
import { codeOf } from './trust.js';

/** So often a call is tried in all. */
export const mostTries = 5;
const longestPause: Duration = 30 * second;

/** What breaks a connection while it is made, without saying that nobody is there. */
const passing = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/**
 * How long to wait before trying again; undefined: do not. Only what the server surely did not execute is tried again
 * here: it said "later" (429, 503 with Retry-After), or the request did not reach it, or it was a read. Everything else
 * is the caller's business, who knows what a repetition would mean.
 */
export function pauseBeforeRetry(
  error: ApiError,
  call: { readonly tries: number; readonly reads: boolean },
): Duration | undefined {
  if (call.tries >= mostTries) return undefined;
  if (error instanceof TooManyRequests || error instanceof ServiceUnavailable) {
    // an eviction that a disruption budget forbids is answered with 429 too, but waiting a little does not change that
    if (error.causes.some(({ reason }) => reason === 'DisruptionBudget')) return undefined;
    return error.retryAfter === undefined ? undefined : Math.min(error.retryAfter, longestPause);
  }
  if (!(error instanceof Disconnected)) return undefined;
  if (error.sent === 'stale') return call.reads ? 0 : undefined;
  return error.sent === 'no' && passing.has(codeOf(error.cause)) ? 0 : undefined;
}
