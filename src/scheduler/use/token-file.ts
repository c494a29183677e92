import { readFile } from 'node:fs/promises';
import type { Clock } from '../../support/clock.js';
import { type Instant, minute } from '../../support/time.js';

/** A bearer token in a file, read again every minute as client-go does: those of service accounts are renewed. */
export function tokenFile(path: string, clock: Clock): () => Promise<string> {
  let known: { readonly token: string; readonly at: Instant } | undefined;
  return async () => {
    if (!known || clock.now() >= known.at + minute) {
      const token = (await readFile(path, 'utf8')).trim();
      known = { token, at: clock.now() };
    }
    return known.token;
  };
}
