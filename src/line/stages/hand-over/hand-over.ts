import { z } from 'zod';
import { Pod } from '../../../api/kubernetes.js';
import { nameOf } from '../../../api/meta/resource.js';
import { ApiError, NotFound } from '../../../cluster/errors.js';
import type { Duration } from '../../../support/time.js';
import { isTerminating } from '../../pod-state.js';
import { fail, pass, type Stage, type StageContext, type Verdict } from '../../stage.js';
import type { DeliverWork, SwapWork } from '../../work.js';
import { stageType } from '../../stage-type.js';
import { bringSecret, withdrawSecret } from '../bring-secret.js';
import { judge } from './judge.js';
import { handOverPatch } from './patch.js';
import type { Moment, Target } from './target.js';
import { isHandedOver, toClaim } from './to-claim.js';
import { toReplicaSet } from './to-replica-set.js';

/** A container on its way from one workload to another. */
export interface MoveWork {
  readonly pod: Pod;
  readonly targetOf: (moment: Moment) => Target;
}

/** Tries on one pod, answers lost or the server failing; then the reconcile's own back-off takes over. */
const tries = 5;
const firstPause: Duration = 50;

const toClaimOnly = handingOver<DeliverWork>('hand-over', toClaim);

/** Makes a stocked container the claim's. One that another has got must not keep the Secret that was brought for it. */
export const handOver: Stage<DeliverWork> = {
  name: toClaimOnly.name,
  async run(work, context) {
    const verdict = await toClaimOnly.run(work, context);
    if (verdict.verdict === 'fail') await withdrawSecret(work, context);
    return verdict;
  },
};

/** The stage of a line. The Secret comes first: one look of the kubelet is to find it and the delivery. */
export const handOverStage = stageType({
  name: 'hand-over',
  about:
    "Makes the container the claim's, in one write that either happens or does not, with its labels, annotations, configuration and lifetime; before it, puts the Secret of its item where the container looks for it.",
  settings: z.strictObject({}),
  make: (_, __, { version }): Stage<DeliverWork> => ({
    name: 'hand-over',
    isDone: ({ pod, claim, slot }) => isHandedOver(pod, claim, slot) && !isTerminating(pod),
    async run(work, context) {
      const onItsLine = version === undefined ? work : { ...work, line: version };
      const brought = await bringSecret.run(onItsLine, context);
      return brought.verdict === 'pass' ? handOver.run(brought.work, context) : brought;
    },
  }),
});

/** Makes a stocked container a replica of the ReplicaSet whose template it was made from. */
export const swapIn: Stage<SwapWork> = handingOver<SwapWork>('swap-in', toReplicaSet);

/** Gives a container of whatever workload to another one. */
export const move: Stage<MoveWork> = handingOver<MoveWork>('move', ({ targetOf }, moment) => targetOf(moment));

/** Gives a container away, in one write, whoever else wants it and whatever becomes of the answer. */
function handingOver<Work extends { readonly pod: Pod }>(
  name: string,
  targetOf: (work: Work, moment: Moment) => Target,
): Stage<Work> {
  return {
    name,
    async run(work, context) {
      let present = work;
      for (let attempt = 1; ; attempt++) {
        const target = targetOf(work, { term: context.term, now: context.clock.now() });
        if (target.has(present.pod) && !isTerminating(present.pod)) return pass(present);
        const { answer, pod } = await tryOnce(present.pod, target, context);
        if (pod) return pass({ ...work, pod });
        const live = await readLive(present.pod, context);
        const verdict = conclude(present, target, answer, live);
        if (verdict) return verdict;
        if (attempt === tries) throw answer ?? new Error(`pod ${present.pod.metadata.name} could not be handed over`);
        await context.clock.sleep(answer?.retryAfter ?? firstPause * 2 ** (attempt - 1), context.signal);
        if (live) present = { ...present, pod: live };
      }
    },
  };
}

/** The patch. A pod: it is ours. Otherwise the answer is to be read with care. */
async function tryOnce(
  known: Pod,
  target: Target,
  { cluster, clock, signal }: StageContext,
): Promise<{ answer?: ApiError; pod?: Pod }> {
  try {
    const patch = handOverPatch(known, target, clock.now());
    const pod = await cluster.patch(Pod, nameOf(known), patch, { flow: 'delivery', signal });
    return isTerminating(pod) ? {} : { pod };
  } catch (error) {
    // aborted: nobody waits for this here any more, and a live read would only be refused too
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
function conclude<Work extends { readonly pod: Pod }>(
  work: Work,
  target: Target,
  answer: ApiError | undefined,
  live: Pod | undefined,
): Verdict<Work> | undefined {
  switch (judge(answer, work.pod, target, live)) {
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
