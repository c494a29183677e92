import type { Kind } from '../api/meta/kind.js';
import type { Ref, Resource } from '../api/meta/resource.js';
import { ApiError, Expired } from '../cluster/errors.js';
import { type Duration, second } from '../support/time.js';
import type { ClientParts } from './parts.js';

/** Failures in a row after which the follower gives up. */
const patience = 10;
const longestPause: Duration = 5 * second;

/**
 * One object: as it is now, then after each change; `undefined` once it is gone (or was never there), which is the end.
 * Servers that restart and connections that are cut are survived. Throws what the server refuses, the last error when
 * it fails ten times in a row, and the signal's reason.
 */
export async function* follow<T extends Resource>(
  parts: ClientParts,
  kind: Kind<T>,
  { name, namespace }: Ref,
): AsyncGenerator<T | undefined> {
  const { cluster, clock, signal } = parts;
  const options = signal ? { signal } : {};
  const query = { ...(namespace === undefined ? {} : { namespace }), fields: `metadata.name=${name}` };
  for (let failures = 0; ; ) {
    try {
      const page = await cluster.list(kind, query, options);
      const [object] = page.items;
      yield object;
      if (!object) return;
      for await (const event of cluster.watch(kind, { ...query, since: page.resourceVersion }, options)) {
        failures = 0;
        if (event.type === 'BOOKMARK') continue;
        if (event.type === 'DELETED') return yield undefined;
        yield event.object;
      }
    } catch (error) {
      if (!mayPass(error) || failures++ >= patience) throw error;
    }
    await clock.sleep(Math.min(50 * 2 ** failures, longestPause), signal);
  }
}

/** Whether trying again may help: the server is away, or the mark has become too old. */
function mayPass(error: unknown): boolean {
  return error instanceof ApiError && (error instanceof Expired || error.outcome === 'unknown' || error.code === 429);
}
