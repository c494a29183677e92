/** The writes of a claim that are not a stage of a line: numbers moved within the claim, containers made cold. */
import type { ContainerClaim } from '../api/container-claim.js';
import type { ContainerPool } from '../api/container-pool.js';
import { Pod, Secret } from '../api/kubernetes.js';
import { nameOf } from '../api/meta/resource.js';
import { annotations, origins } from '../api/names.js';
import { ApiError, Invalid, NotFound } from '../cluster/errors.js';
import { jsonPatch, pointer } from '../cluster/patch.js';
import {
  claimUidOf,
  coldPod,
  coldSecret,
  hasSucceeded,
  indexOf,
  isOver,
  isTerminating,
  removeSecret,
  type Slot,
  type StageContext,
} from '../line/index.js';
import type { Random } from '../support/random.js';
import type { Assignment } from './offer.js';
import type { ClaimPlan, Retirement } from './plan.js';
import type { Secrets } from './secrets.js';

/** Gives a surplus container another number of its claim. Whoever else has changed it since wins. */
export async function moveWithin(
  claim: ContainerClaim,
  pod: Pod,
  from: Slot,
  to: Slot,
  { cluster, term, signal }: StageContext,
): Promise<void> {
  const index = pointer('metadata', 'annotations', annotations.index);
  const patch = jsonPatch([
    { op: 'test', path: '/metadata/uid', value: pod.metadata.uid },
    { op: 'test', path: pointer('metadata', 'annotations', annotations.claimUid), value: claim.metadata.uid },
    { op: 'test', path: index, value: String(from.index) },
    { op: 'replace', path: index, value: String(to.index) },
    { op: 'add', path: pointer('metadata', 'annotations', annotations.term), value: String(term) },
  ]);
  try {
    await cluster.patch(Pod, nameOf(pod), patch, { flow: 'delivery', signal });
  } catch (error) {
    if (!(error instanceof Invalid || error instanceof NotFound)) throw error;
  }
}

/**
 * Those that may go. Of two containers with one number the other one is looked up first: it may have ended since, unseen
 * by a cache that is behind, and then this one is the only one.
 */
export async function withKeepers(
  retire: readonly Retirement[],
  { cluster, signal }: StageContext,
): Promise<readonly Retirement[]> {
  const kept = await Promise.all(
    retire.map(async ({ keeper }) => {
      if (!keeper) return true;
      const live = await cluster.get(Pod, nameOf(keeper), { signal }).catch((error: unknown) => {
        if (error instanceof NotFound) return undefined;
        throw error;
      });
      return live?.metadata.uid === keeper.metadata.uid && fulfilsSame(live, keeper);
    }),
  );
  return retire.filter((_, index) => kept[index]);
}

const fulfilsSame = (live: Pod, known: Pod): boolean =>
  !isTerminating(live) &&
  (!isOver(live) || hasSucceeded(live)) &&
  claimUidOf(live) === claimUidOf(known) &&
  indexOf(live) === indexOf(known);

/** How many containers one claim may be creating at once: cold starts are no reason to keep deliveries waiting. */
const coldAtOnce = 16;

export interface ColdStart extends Pick<ClaimPlan, 'cold' | 'expiresAt'> {
  readonly claim: ContainerClaim;
  readonly secrets: Secrets;
  /** The version of the line that a pool's containers go by. */
  readonly lineOf: (pool: ContainerPool) => string | undefined;
  readonly random: Random;
}

/** Makes containers for the claim itself, as their pools would have made them. Returns the server's words when it refuses. */
export async function makeCold(
  { claim, cold, expiresAt, secrets, lineOf, random }: ColdStart,
  context: StageContext,
): Promise<string | undefined> {
  const { cluster, clock, term, signal } = context;
  const make = async ({ slot, pool }: Assignment) => {
    const delivery = {
      claim,
      slot,
      origin: origins.cold,
      line: lineOf(pool),
      term,
      now: clock.now(),
      ...(expiresAt !== undefined && { expiresAt }),
    };
    const pod = coldPod(pool, delivery, random);
    const secret = slot.item.secret && secrets.get(slot.item.secret.name);
    const { name } = pod.metadata;
    // before the pod: the kubelet looks for it once, when it starts the container, and then not for a while
    const brought =
      secret && name !== undefined
        ? await cluster.create(Secret, coldSecret({ ...delivery, secret }, name), { flow: 'control', signal })
        : undefined;
    try {
      await cluster.create(Pod, pod, { flow: 'control', signal });
    } catch (error) {
      // where it is not known whether there is a pod now, it may need its Secret
      if (brought && isRefused(error)) await removeSecret(brought, context);
      throw error;
    }
  };
  try {
    for (let start = 0; start < cold.length; start += coldAtOnce) {
      signal.throwIfAborted();
      await allOf(cold.slice(start, start + coldAtOnce).map(make));
    }
    return undefined;
  } catch (error) {
    if (!isRefused(error)) throw error;
    return error.message;
  }
}

const isRefused = (error: unknown): error is ApiError => error instanceof ApiError && error.outcome === 'refused';

/** Waits for all, also when one of them fails. */
async function allOf(all: readonly Promise<void>[]): Promise<void> {
  for (const one of await Promise.allSettled(all)) if (one.status === 'rejected') throw one.reason;
}
