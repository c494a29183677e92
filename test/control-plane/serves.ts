import type { Kind } from '../../src/api/meta/kind.js';
import type { Resource } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { NotFound } from '../../src/cluster/errors.js';

/** Whether a server has a kind at all: what an older one lacks is told by its own answer, not by its version. */
export async function serves(cluster: Cluster, kind: Kind<Resource>): Promise<boolean> {
  try {
    await cluster.list(kind, { limit: 1 });
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
