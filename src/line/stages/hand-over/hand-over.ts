import { Pod } from '../../../api/kubernetes.js';
import { nameOf } from '../../../api/meta/resource.js';
import { ApiError, NotFound } from '../../../cluster/errors.js';
import type { Duration } from '../../../support/time.js';
import { claimUidOf, indexOf, isTerminating } from '../../pod-state.js';
import { fail, pass, type Stage, type StageContext, type Verdict } from '../../stage.js';
import type { DeliverWork } from '../../work.js';
import { judge } from './judge.js';
import { handOverPatch } from './patch.js';

/** Tries on one pod, answers lost or the server failing; then the reconcile's own back-off takes over. */
const tries = 5;
const firstPause: Duration = 50;

/** Makes a stocked container the claim's, in one write, whoever else wants it and whatever becomes of the answer. */
export const handOver: Stage<DeliverWork> = {
  name: 'hand-over',
  async run(work, context) {
    let present = work;
    for (let attempt = 1; ; attempt++) {
      if (isHandedOver(present)) return pass(present);
      const { answer, pod } = await tryOnce(present, context);
      if (pod) return pass({ ...work, pod });
      const live = await readLive(present.pod, context);
      const verdict = conclude(present, answer, live);
      if (verdict) return verdict;
      if (attempt === tries) throw answer ?? new Error(`pod ${present.pod.metadata.name} could not be handed over`);
      await context.clock.sleep(answer?.retryAfter ?? firstPause * 2 ** (attempt - 1), context.signal);
      if (live) present = { ...present, pod: live };
    }
  },
};

function isHandedOver({ pod, claim, slot }: DeliverWork): boolean {
  return claimUidOf(pod) === claim.metadata.uid && indexOf(pod) === slot.index && !isTerminating(pod);
}

/** The patch. A pod: it is ours. Otherwise the answer is to be read with care. */
async function tryOnce(
  work: DeliverWork,
  { cluster, clock, signal, term }: StageContext,
): Promise<{ answer?: ApiError; pod?: Pod }> {
  try {
    const patch = handOverPatch(work, term, clock.now());
    const pod = await cluster.patch(Pod, nameOf(work.pod), patch, { flow: 'delivery', signal });
    return isTerminating(pod) ? {} : { pod };
  } catch (error) {
    // aborted: nobody waits for this claim here any more, and a live read would only be refused too
    if (!(error instanceof ApiError) || signal.aborted) throw error;
    return { answer: error };
  }
}

async function readLive(pod: Pod, { cluster, signal }: StageContext): Promise<Pod | undefined> {
  try {
    return await cluster.get(Pod, nameOf(pod), { flow: 'delivery', signal });
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** The verdict where the live pod decides it; nothing when the same pod is to be tried again. */
function conclude(
  work: DeliverWork,
  answer: ApiError | undefined,
  live: Pod | undefined,
): Verdict<DeliverWork> | undefined {
  switch (judge(answer, work, live)) {
    case 'mine':
      return pass(live ? { ...work, pod: live } : work);
    case 'another':
      return fail(work, `pod ${work.pod.metadata.name} was taken or is gone`, 'another');
    case 'abort':
      return fail(work, answer?.message ?? 'the hand-over was refused', 'abort');
    case 'again':
      return undefined;
  }
}
