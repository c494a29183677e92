import { z } from 'zod';
import { Eviction, Pod } from '../../api/kubernetes.js';
import { nameOf } from '../../api/meta/resource.js';
import { annotations, origins } from '../../api/names.js';
import { Conflict, isAdmissionDenial, isObjectFailure, NotFound, TooManyRequests } from '../../cluster/errors.js';
import { type Duration, second } from '../../support/time.js';
import { awaitsSecret } from '../latch/pod-latch.js';
import { claimUidOf, isTerminating } from '../pod-state.js';
import { pass, retry, type Stage, type StageContext } from '../stage.js';
import { stageType } from '../stage-type.js';
import type { ReclaimWork } from '../work.js';
import { removeDelivered } from './bring-secret.js';

/** After how long an eviction that a disruption budget does not allow is tried again, where the server does not say. */
const budgetPause: Duration = 10 * second;

/**
 * Deletes the container: this very one, as it was when that was decided. One that has changed since may have been handed
 * over in between, or have got another number: then it is for the next reconcile to decide anew.
 */
export const retire: Stage<ReclaimWork> = {
  name: 'retire',
  deletes: true,
  late: 'tell',
  async run(work, context) {
    const { pod } = work;
    if (isTerminating(pod)) return pass(work);
    try {
      await (work.by === 'eviction' ? evict : remove)(pod, context);
    } catch (error) {
      // a disruption budget allows none now
      if (work.by === 'eviction' && error instanceof TooManyRequests)
        return retry(work, error.message, error.retryAfter ?? budgetPause);
      if (error instanceof Conflict && !isAdmissionDenial(error))
        return retry(work, 'the container has changed since', second);
      if (!(error instanceof NotFound)) throw error;
    }
    await withItsSecret(pod, context);
    return pass(work);
  },
};

const preconditionsOf = ({ metadata: { uid, resourceVersion } }: Pod) => ({ uid, resourceVersion });

async function remove(pod: Pod, { cluster, signal }: StageContext): Promise<void> {
  const preconditions = preconditionsOf(pod);
  await cluster.remove(Pod, nameOf(pod), { preconditions, flow: 'control', signal });
}

async function evict(pod: Pod, { cluster, signal }: StageContext): Promise<void> {
  const eviction = { metadata: nameOf(pod), deleteOptions: { preconditions: preconditionsOf(pod) } };
  await cluster.create(Eviction, eviction, { flow: 'control', signal });
}

/** The stage of a line. */
export const retireStage = stageType({
  name: 'retire',
  about: 'Deletes the container, as it was when that was decided: one that has changed since is left to the next look.',
  settings: z.strictObject({}),
  make: () => retire,
});

/** The Secret of one that was made for its claim is the claim's, and would stay as long as the claim; others go with their pod. */
async function withItsSecret(pod: Pod, context: StageContext): Promise<void> {
  const claimUid = claimUidOf(pod);
  if (pod.metadata.annotations?.[annotations.origin] !== origins.cold || claimUid === undefined) return;
  if (!awaitsSecret(pod)) return;
  try {
    await removeDelivered(pod, claimUid, context);
  } catch (error) {
    // it goes with the claim, then
    if (!isObjectFailure(error)) throw error;
  }
}
