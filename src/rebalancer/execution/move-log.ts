import { z } from 'zod';
import { ConfigMap } from '../../api/kubernetes.js';
import type { Ref } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import { NotFound } from '../../cluster/errors.js';
import { mergePatch } from '../../cluster/patch.js';
import type { BegunMove } from '../planning/state.js';

const field = 'moves.json';

const begunMoves = z.array(
  z.object({
    at: z.number(),
    pod: z.object({ key: z.string(), uid: z.string() }),
    owner: z.string(),
    from: z.string(),
    to: z.string(),
    means: z.enum(['replacement', 'eviction']),
  }),
);

/**
 * The moves that were begun, in a ConfigMap. They are written before anything moves: who leads next keeps to the budgets and sends nothing
 * back, and of two that think they lead only one can write.
 */
export class MoveLog {
  #resourceVersion: string | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly ref: Ref,
  ) {}

  /** What was written last; nothing where it cannot be read. */
  async read(signal: AbortSignal): Promise<readonly BegunMove[]> {
    try {
      const { metadata, data } = await this.cluster.get(ConfigMap, this.ref, { signal });
      this.#resourceVersion = metadata.resourceVersion;
      return begunMoves.safeParse(JSON.parse(data?.[field] ?? '[]')).data ?? [];
    } catch (error) {
      if (error instanceof SyntaxError) return [];
      if (!(error instanceof NotFound)) throw error;
      this.#resourceVersion = undefined;
      return [];
    }
  }

  /** Throws Conflict or AlreadyExists where somebody else has written since it was read. */
  async write(moves: readonly BegunMove[], signal: AbortSignal): Promise<void> {
    const data = { [field]: JSON.stringify(moves) };
    const known = this.#resourceVersion;
    const { metadata } = await (known === undefined
      ? this.cluster.create(ConfigMap, { metadata: { ...this.ref }, data }, { signal })
      : this.cluster.patch(ConfigMap, this.ref, mergePatch({ metadata: { resourceVersion: known }, data }), {
          signal,
        }));
    this.#resourceVersion = metadata.resourceVersion;
  }
}
