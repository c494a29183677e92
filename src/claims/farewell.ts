/** What becomes of containers whose claim has ended: back to their pool where that may be, else they go. */
import { ContainerClaim } from '../api/container-claim.js';
import { type ContainerPool, isTemplated } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import type { Ref } from '../api/meta/resource.js';
import { finalizers } from '../api/names.js';
import { NotFound } from '../cluster/errors.js';
import {
  canReturn,
  type Line,
  type Lines,
  type ReclaimWork,
  soonestRetry,
  type StageContext,
  type Verdict,
} from '../line/index.js';
import { addFinalizer, removeFinalizer } from '../runtime/index.js';
import { type Duration, second } from '../support/time.js';

export interface FarewellLines {
  readonly reclaim: Line<ReclaimWork>;
  /** By which stages. */
  readonly book: Lines;
}

export interface Ended {
  readonly claim: ContainerClaim | undefined;
  /** The pool that made a container. */
  readonly poolOf: (pod: Pod) => ContainerPool | undefined;
  readonly pods: readonly ReclaimWork[];
}

/** Takes back or deletes them, each for itself. */
export function endAll(
  { claim, poolOf, pods }: Ended,
  lines: FarewellLines,
  context: StageContext,
): Promise<readonly Verdict<ReclaimWork>[]> {
  const works = pods.map((work): ReclaimWork => {
    const pool = poolOf(work.pod);
    const back = claim && pool && isTemplated(pool) && { claim, pool };
    return back && canReturn({ ...back, pod: work.pod }) ? { ...work, back } : work;
  });
  return lines.reclaim.runAll(works, context, {
    chainOf: (work) => lines.book.reclaiming(poolOf(work.pod), work),
  });
}

/** After how long to look again, where not all could be done. */
export const unfinishedAfter = (verdicts: readonly Verdict<ReclaimWork>[]): Duration | undefined =>
  verdicts.some(({ verdict }) => verdict !== 'pass') ? (soonestRetry(verdicts) ?? second) : undefined;

/**
 * A claim whose containers go back, or have more before them than to be deleted, has to outlive its deletion: the garbage
 * collector would delete them with their owner. Returns the claim as it is then.
 */
export function outlive(
  claim: ContainerClaim,
  pools: Iterable<ContainerPool>,
  book: Lines,
  { cluster, signal }: StageContext,
): Promise<ContainerClaim> {
  const comesBack = ({ spec }: ContainerPool) => claim.spec.tenant !== undefined && spec.latch.reuse !== 'Never';
  if (![...pools].some((pool) => comesBack(pool) || book.ends(pool).lingers)) return Promise.resolve(claim);
  return addFinalizer(cluster, ContainerClaim, claim, finalizers.takeBack, { flow: 'delivery', signal });
}

/** Lets the claim go, once none of its containers is left. */
export async function letGo(claim: ContainerClaim, { cluster, signal }: StageContext): Promise<void> {
  if (!claim.metadata.finalizers?.includes(finalizers.takeBack)) return;
  try {
    await removeFinalizer(cluster, ContainerClaim, claim, finalizers.takeBack, { signal });
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
}

/** The claim as the server has it. */
export async function readClaim(ref: Ref, { cluster, signal }: StageContext): Promise<ContainerClaim | undefined> {
  try {
    return await cluster.get(ContainerClaim, ref, { signal });
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
