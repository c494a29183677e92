import type { ContainerPool } from '../api/container-pool.js';
import { Pod } from '../api/kubernetes.js';
import { keyOf, nameOf } from '../api/meta/resource.js';
import {
  isNoLine,
  type Line,
  type Lines,
  type QuarantineWork,
  type ReclaimWork,
  type StageContext,
  type Verdict,
} from '../line/index.js';
import type { Cache } from '../runtime/index.js';
import { indexes } from './indexes.js';

export interface AsideParts {
  readonly cache: Cache;
  readonly quarantine: Line<QuarantineWork>;
  readonly book: Lines;
  /** The pool that made a container. */
  readonly poolOf: (pod: Pod) => ContainerPool | undefined;
}

/** Puts containers aside, to be looked at, as far as their pools have room for them; the others are to go instead. */
export async function putAside(
  works: readonly ReclaimWork[],
  parts: AsideParts,
  context: StageContext,
): Promise<{ readonly away: readonly ReclaimWork[]; readonly verdicts: readonly Verdict<QuarantineWork>[] }> {
  const rooms = new Map<ContainerPool, number>();
  const [aside, away]: [QuarantineWork[], ReclaimWork[]] = [[], []];
  for (const work of works) {
    const pool = parts.poolOf(work.pod);
    const room = pool ? (rooms.get(pool) ?? roomIn(pool, parts)) : 0;
    if (!pool || room === 0) away.push(work);
    else {
      rooms.set(pool, room - 1);
      aside.push({ pod: work.pod, why: work.why, pool });
    }
  }
  return { away, verdicts: await parts.quarantine.runAll(aside, context) };
}

/** How many more containers of a pool may be kept aside. */
function roomIn(pool: ContainerPool, { cache, book }: AsideParts): number {
  const line = book.of(pool);
  if (isNoLine(line)) return 0;
  return Math.max(0, line.quarantine.most - cache.byIndex(Pod, indexes.quarantined, keyOf(nameOf(pool))).size);
}
