import type { Key } from '../api/meta/resource.js';
import type { Pod } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import type { Instant } from '../support/time.js';

/**
 * When this process first saw that a kubelet was reminded. The reminder carries the time at which it was sent, but a write
 * can be done long after that, by a process that has died since, or by a clock that is behind: what must not begin too early
 * counts from what was seen. After a restart it begins anew, which costs a few seconds and no more.
 */
export class Reminders {
  /** By pool, then by the pod's uid. */
  readonly #seen = new Map<Key, ReadonlyMap<string, { readonly mark: string; readonly at: Instant }>>();

  /** @param pods all of the pool's that came back. Those that are not among them any more are forgotten. */
  see(pool: Key, pods: Iterable<Pod>, now: Instant): (pod: Pod) => Instant | undefined {
    const before = this.#seen.get(pool);
    const seen = new Map<string, { readonly mark: string; readonly at: Instant }>();
    for (const { metadata } of pods) {
      const mark = metadata.annotations?.[annotations.remindedAt];
      if (mark === undefined) continue;
      const known = before?.get(metadata.uid);
      seen.set(metadata.uid, known?.mark === mark ? known : { mark, at: now });
    }
    if (seen.size === 0) this.#seen.delete(pool);
    else this.#seen.set(pool, seen);
    return ({ metadata }) => seen.get(metadata.uid)?.at;
  }
}
