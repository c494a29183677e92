import { z } from 'zod';
import { ConfigMap } from '../../api/kubernetes.js';
import type { Ref } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import { NotFound } from '../../cluster/errors.js';
import { mergePatch } from '../../cluster/patch.js';
import { messageOf } from '../../support/errors.js';
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

  /** What was written last. Throws where it cannot be read: budgets and windows would be forgotten with it. */
  async read(signal: AbortSignal): Promise<readonly BegunMove[]> {
    const written = await this.cluster.get(ConfigMap, this.ref, { signal }).catch((error: unknown) => {
      if (!(error instanceof NotFound)) throw error;
    });
    this.#resourceVersion = written?.metadata.resourceVersion;
    return written ? this.#parse(written.data?.[field] ?? '[]') : [];
  }

  #parse(text: string): readonly BegunMove[] {
    const { namespace, name } = this.ref;
    const what = `the ConfigMap ${namespace}/${name}`;
    const remedy = 'delete it to forget which moves were begun';
    try {
      return begunMoves.parse(JSON.parse(text));
    } catch (error) {
      throw new Error(`${field} of ${what} cannot be read (${remedy}): ${messageOf(error)}`, { cause: error });
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
