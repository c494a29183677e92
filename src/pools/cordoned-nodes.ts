import { Node } from '../api/kubernetes.js';
import type { Cluster } from '../cluster/cluster.js';
import { Forbidden } from '../cluster/errors.js';
import type { Clock } from '../support/clock.js';
import { type Duration, type Instant, second } from '../support/time.js';

/** So old the answer may be. A container takes about as long to be made, and who cordons a node to drain it does not wait. */
export const nodesFresh: Duration = 10 * second;
const page = 500;

/**
 * The names of the nodes that are cordoned. Asked for by the server's own selector, once in a while for all pools together,
 * instead of watched: nodes are large, report their state all the time, and hardly any is cordoned. So it costs the same
 * however many nodes there are, and however often they report.
 */
export class CordonedNodes {
  #names: Promise<ReadonlySet<string>> = Promise.resolve(new Set());
  #readAt: Instant = -Infinity;

  constructor(
    private readonly cluster: Cluster,
    private readonly clock: Clock,
  ) {}

  async read(signal: AbortSignal): Promise<ReadonlySet<string>> {
    const now = this.clock.now();
    if (now - this.#readAt >= nodesFresh) {
      this.#readAt = now;
      this.#names = this.#list(signal);
      this.#names.catch(() => {
        this.#readAt = -Infinity;
      });
    }
    return this.#names;
  }

  async #list(signal: AbortSignal): Promise<ReadonlySet<string>> {
    const names = new Set<string>();
    let next: string | undefined;
    try {
      do {
        const query = { fields: 'spec.unschedulable=true', limit: page, ...(next ? { continue: next } : {}) };
        const found = await this.cluster.list(Node, query, { flow: 'control', signal });
        for (const { metadata } of found.items) names.add(metadata.name);
        next = found.continue;
      } while (next !== undefined && next !== '');
    } catch (error) {
      // an operator that may not see nodes leaves their stock to who drains them
      if (!(error instanceof Forbidden)) throw error;
    }
    return names;
  }
}
