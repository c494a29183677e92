import { Node } from '../api/kubernetes.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Clock } from '../support/clock.js';
import { type Duration, type Instant, second } from '../support/time.js';
import type { NodeLabels } from './constraints.js';

/** Nodes and their labels change seldom. */
const fresh: Duration = 10 * second;
const page = 500;

/**
 * The labels of all nodes. They are needed only where a template has constraints, so they are listed then, at most so often,
 * instead of being watched: nodes are large and report their state all the time.
 */
export class NodeReader {
  #nodes: ReadonlyMap<string, NodeLabels> = new Map();
  #readAt: Instant = -Infinity;

  constructor(
    private readonly cluster: Cluster,
    private readonly clock: Clock,
  ) {}

  /** Those that there were not long ago; anew when one is missing of those that are asked for. */
  async read(needed: Iterable<string>, signal: AbortSignal): Promise<ReadonlyMap<string, NodeLabels>> {
    const now = this.clock.now();
    const complete = [...needed].every((name) => this.#nodes.has(name));
    if (now - this.#readAt < (complete ? fresh : second)) return this.#nodes;
    const nodes = new Map<string, NodeLabels>();
    let next: string | undefined;
    do {
      const query = { limit: page, ...(next === undefined ? {} : { continue: next }) };
      const found = await this.cluster.list(Node, query, { flow: 'control', signal });
      for (const { metadata } of found.items) nodes.set(metadata.name, { metadata: labelsOnly(metadata) });
      next = found.continue;
    } while (next !== undefined && next !== '');
    this.#nodes = nodes;
    this.#readAt = now;
    return nodes;
  }
}

const labelsOnly = ({ name, uid, resourceVersion, creationTimestamp, labels }: Node['metadata']): Node['metadata'] => ({
  name,
  uid,
  resourceVersion,
  creationTimestamp,
  ...(labels && { labels }),
});
