import { PodGroup } from '../../api/pod-group.js';
import type { Cluster } from '../../cluster/cluster.js';
import { Forbidden, NotFound } from '../../cluster/errors.js';
import type { Clock } from '../../support/clock.js';
import { messageOf } from '../../support/errors.js';
import type { Logger } from '../../support/log.js';
import { second } from '../../support/time.js';

interface Parts {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Whether the server has PodGroups at all: it says so itself. Asks until there is an answer, or `signal` is aborted. */
export async function servesPodGroups({ cluster, clock, logger }: Parts, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await cluster.list(PodGroup, { limit: 1 }, { signal });
      return true;
    } catch (error) {
      if (error instanceof NotFound) return false;
      if (signal.aborted) break;
      logger.warn({ error: messageOf(error) }, 'could not ask whether the server has PodGroups');
      // of an installation that is older than this program
      if (error instanceof Forbidden) return false;
      await clock.sleep(second, signal).catch(() => undefined);
    }
  }
  return false;
}
