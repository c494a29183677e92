import { ContainerClaim } from '../../api/container-claim.js';
import { Pod, Secret } from '../../api/kubernetes.js';
import { apiVersionOf } from '../../api/meta/kind.js';
import { type Draft, nameOf } from '../../api/meta/resource.js';
import {
  AlreadyExists,
  ApiError,
  Conflict,
  Forbidden,
  Invalid,
  isAdmissionDenial,
  NotFound,
} from '../../cluster/errors.js';
import { type Duration, instantOf, second } from '../../support/time.js';
import { deliveryToken } from '../latch/delivery.js';
import { secretPathOf } from '../latch/pod-latch.js';
import { isStocked } from '../pod-state.js';
import { deliveryKey } from '../secret-objection.js';
import { fail, pass, type Stage, type StageContext, type Verdict } from '../stage.js';
import type { DeliverWork } from '../work.js';

/** A Secret that is younger may be another replica's, who is about to hand the container over. */
const undisturbed: Duration = 30 * second;

/**
 * Puts the item's Secret where the container's volume looks for it: under the pod's name. Comes before the hand-over, so
 * that one look of the kubelet finds both. The latch opens only for a Secret of its own delivery, and only without one where
 * it is to have none; so what was brought for another delivery is never read. Nor is it taken away from whoever brought it
 * while that may still come to something: a winner's latch would wait for it for ever.
 */
export const bringSecret: Stage<DeliverWork> = {
  name: 'bring-secret',
  run: async (work, context) => {
    const { pod, slot } = work;
    if (secretPathOf(pod) === undefined || !isStocked(pod)) return pass(work);
    try {
      return await (slot.item.secret ? bring(work, context) : bringNone(work, context));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return fail(work, `the Secret for container ${pod.metadata.name}: ${error.message}`, 'abort');
    }
  },
};

/** What a quota, a size that is too great or a right that is missing makes of a write: no other container would fare better. */
const isRefusal = (error: unknown): error is ApiError =>
  error instanceof ApiError && (error instanceof Forbidden || error instanceof Invalid || isAdmissionDenial(error));

/** Removes what this very work brought for a container that another claim has got. */
export async function withdrawSecret({ pod, secretUid }: DeliverWork, context: StageContext): Promise<void> {
  if (secretUid !== undefined) await removeSecret({ metadata: { ...nameOf(pod), uid: secretUid } }, context);
}

/** Removes the Secret that the container got for this claim; another one is that of its next delivery, which we do not see yet. */
export async function removeDelivered(pod: Pod, claimUid: string, context: StageContext): Promise<void> {
  const present = await read(pod, context);
  if (present && tokenOf(present).startsWith(claimUid)) await removeSecret(present, context);
}

/** Removes this very Secret, where it is still there. */
export async function removeSecret(
  { metadata: { name, namespace, uid } }: Known,
  { cluster, signal }: StageContext,
): Promise<void> {
  const ref = namespace === undefined ? { name } : { namespace, name };
  try {
    await cluster.remove(Secret, ref, { preconditions: { uid }, flow: 'delivery', signal });
  } catch (error) {
    if (!(error instanceof NotFound || error instanceof Conflict)) throw error;
  }
}

type Known = { readonly metadata: Pick<Secret['metadata'], 'name' | 'namespace' | 'uid'> };

/** One try, and one more after what was in the way is gone. */
const tries = 2;

async function bring(work: DeliverWork, context: StageContext): Promise<Verdict<DeliverWork>> {
  const { cluster, signal } = context;
  for (let attempt = 0; attempt < tries; attempt++) {
    try {
      const secret = await cluster.create(Secret, podSecret(work, podOwner(work.pod)), { flow: 'delivery', signal });
      return pass({ ...work, secretUid: secret.metadata.uid });
    } catch (error) {
      if (!(error instanceof AlreadyExists)) throw error;
    }
    const present = await read(work.pod, context);
    if (present && tokenOf(present) === tokenFor(work)) return pass(work);
    if (present && !(await clear(present, work, context))) break;
  }
  return contested(work);
}

async function bringNone(work: DeliverWork, context: StageContext): Promise<Verdict<DeliverWork>> {
  const present = await read(work.pod, context).catch((error: unknown) => {
    // an operator that may not even look has put nothing there
    if (error instanceof Forbidden) return undefined;
    throw error;
  });
  return !present || (await clear(present, work, context)) ? pass(work) : contested(work);
}

const contested = (work: DeliverWork): Verdict<DeliverWork> =>
  fail(work, `container ${work.pod.metadata.name} is being given to another claim`, 'another');

/** Removes what an earlier try has left with the container. False when it is none: somebody is at it, or has got the container. */
async function clear(present: Secret, { pod }: DeliverWork, context: StageContext): Promise<boolean> {
  if (isYoung(present, context)) return false;
  // our own view may be so old that the container is delivered by now, and this its Secret
  const live = await unlessGone(context.cluster.get(Pod, nameOf(pod), { flow: 'delivery', signal: context.signal }));
  if (live?.metadata.uid !== pod.metadata.uid || !isStocked(live)) return false;
  await removeSecret(present, context);
  return true;
}

const isYoung = ({ metadata }: Secret, { clock }: StageContext): boolean =>
  clock.now() - (instantOf(metadata.creationTimestamp) ?? 0) < undisturbed;

const read = (pod: Pod, { cluster, signal }: StageContext): Promise<Secret | undefined> =>
  unlessGone(cluster.get(Secret, nameOf(pod), { flow: 'delivery', signal }));

async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** The Secret of a container that is made for the claim: it goes with the claim, as there is no pod yet. */
export function coldSecret(work: Omit<DeliverWork, 'pod'>, name: string): Draft<Secret> {
  const { claim } = work;
  return podSecret({ ...work, pod: { metadata: { ...claim.metadata, name } } }, [
    {
      apiVersion: apiVersionOf(ContainerClaim),
      kind: ContainerClaim.name,
      name: claim.metadata.name,
      uid: claim.metadata.uid,
    },
  ]);
}

type Named = Omit<DeliverWork, 'pod'> & {
  readonly pod: { readonly metadata: Pick<Pod['metadata'], 'name' | 'namespace'> };
};

function podSecret(
  { claim, slot, secret, pod }: Named,
  ownerReferences: Draft<Secret>['metadata']['ownerReferences'],
): Draft<Secret> {
  const { name, namespace } = pod.metadata;
  return {
    metadata: { name, ...(namespace !== undefined && { namespace }), ...(ownerReferences && { ownerReferences }) },
    type: 'Opaque',
    data: { ...secret?.data, [deliveryKey]: Buffer.from(tokenFor({ claim, slot })).toString('base64') },
  };
}

const podOwner = ({ metadata: { name, uid } }: Pod) => [{ apiVersion: apiVersionOf(Pod), kind: Pod.name, name, uid }];

const tokenFor = ({ claim, slot }: Pick<DeliverWork, 'claim' | 'slot'>) => deliveryToken(claim.metadata.uid, slot);

const tokenOf = ({ data }: Secret) => Buffer.from(data?.[deliveryKey] ?? '', 'base64').toString();
