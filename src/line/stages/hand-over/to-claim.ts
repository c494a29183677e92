import { ContainerClaim } from '../../../api/container-claim.js';
import type { Pod } from '../../../api/kubernetes.js';
import { controllerReference } from '../../../api/meta/kind.js';
import { annotations } from '../../../api/names.js';
import { deliveredMarks } from '../../delivered-marks.js';
import { changedImage, startsFor } from '../../image.js';
import { comesBack } from '../../latch/pod-latch.js';
import { mainContainerId, mainStatus } from '../../main-container.js';
import { claimUidOf, indexOf } from '../../pod-state.js';
import type { DeliverWork, Slot } from '../../work.js';
import type { Moment, Target } from './target.js';

/** What the container noted on its way into stock, or has of another line, says nothing of its delivery. */
const leftOver = ({ pod, line }: DeliverWork): readonly string[] =>
  [annotations.passed, annotations.failed, ...(line === undefined ? [annotations.line] : [])].filter(
    (key) => pod.metadata.annotations?.[key] !== undefined,
  );

/** A container for one of a claim's promises, with the configuration that goes with it. */
export function toClaim(work: DeliverWork, moment: Moment): Target {
  const { claim, slot, pod, expiresAt } = work;
  const image = changedImage(pod, slot.item);
  const starts = startsFor(pod, slot.item);
  const marks = deliveredMarks({ ...work, ...moment, ...(starts === undefined ? {} : { starts }) }, pod);
  const replaced: Readonly<Record<string, string>> =
    image === undefined ? {} : { [annotations.replacedContainer]: mainContainerId(pod) ?? '' };
  // another image is one restart that the claim has asked for
  const restarts = (mainStatus(pod)?.restartCount ?? 0) + (image === undefined ? 0 : 1);
  const before: Readonly<Record<string, string>> = restarts === 0 ? {} : { [annotations.restarts]: String(restarts) };
  return {
    owner: controllerReference(ContainerClaim, claim),
    marks: { ...marks, annotations: { ...marks.annotations, ...replaced, ...before } },
    dropped: leftOver(work),
    ...(image === undefined ? {} : { image }),
    // a deadline can only shrink: one that comes back would take it into its next life, so its latch ends the program
    ...(expiresAt === undefined || comesBack(pod, claim) ? {} : { expiresAt }),
    has: (present) => isHandedOver(present, claim, slot),
  };
}

/** Whether the pod is the one that fulfils this promise of the claim. */
export const isHandedOver = (pod: Pod, claim: ContainerClaim, slot: Pick<Slot, 'index'>): boolean =>
  claimUidOf(pod) === claim.metadata.uid && indexOf(pod) === slot.index;
