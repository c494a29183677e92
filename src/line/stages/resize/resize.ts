import { z } from 'zod';
import { Pod } from '../../../api/kubernetes.js';
import { nameOf } from '../../../api/meta/resource.js';
import { Forbidden, Invalid, NotFound } from '../../../cluster/errors.js';
import { strategicPatch } from '../../../cluster/patch.js';
import { messageOf } from '../../../support/errors.js';
import { type Duration, instantOf, second } from '../../../support/time.js';
import { mainContainer, mainStatus } from '../../main-container.js';
import { type Consequence, fail, pass, retry, type Stage, type Verdict } from '../../stage.js';
import { stageType } from '../../stage-type.js';
import type { DeliverWork } from '../../work.js';
import { sameResources, wantedResources } from './resources.js';

/** How long a resize may be Deferred before another container is taken: another node may have the room now. */
export const deferredLimit: Duration = 2 * second;

/** Brings the container to the size that the item asks for, in place; passes when the kubelet reports it. */
export const resize: Stage<DeliverWork> = {
  name: 'resize',
  async run(work, { cluster, clock, signal }) {
    const { pod, slot } = work;
    const main = mainContainer(pod);
    if (!main || !slot.item.resources) return pass(work);
    const wanted = wantedResources(slot.item, main);
    if (sameResources(wanted, main.resources)) return progress(work, clock.now());
    try {
      const patch = strategicPatch({ spec: { containers: [{ name: main.name, resources: wanted }] } });
      const resized = await cluster.patch(Pod, nameOf(pod), patch, { subresource: 'resize', flow: 'delivery', signal });
      return progress({ ...work, pod: resized }, clock.now());
    } catch (error) {
      const consequence = consequenceOf(error);
      if (consequence) return fail(work, messageOf(error), consequence);
      throw error;
    }
  },
};

/** The stage of a line. */
export const resizeStage = stageType({
  name: 'resize',
  about:
    'Brings the container to the size that its item asks for, in place. One that cannot have it is deleted and another one taken. Without this stage claims that ask for a size are refused.',
  settings: z.strictObject({}),
  make: () => ({ ...resize, isDone: isResized }),
});

/** Whether the kubelet reports the size that the item asks for. */
export function isResized({ pod, slot }: Pick<DeliverWork, 'pod' | 'slot'>): boolean {
  const main = mainContainer(pod);
  if (!main || !slot.item.resources) return true;
  return (
    sameResources(wantedResources(slot.item, main), main.resources) &&
    sameResources(actualResources(pod), main.resources)
  );
}

const actualResources = (pod: Pod) => mainStatus(pod)?.resources;

/** Another node may have the room that this one lacks; a limit of the namespace, what is wrong with the request itself, or our rights, is so everywhere. */
function consequenceOf(error: unknown): Consequence | undefined {
  if (error instanceof NotFound) return 'discard';
  if (error instanceof Forbidden) return /enough allocatable/.test(error.message) ? 'discard' : 'abort';
  return error instanceof Invalid ? 'abort' : undefined;
}

/** How far a resize has come that the spec already states. */
function progress(work: DeliverWork, now: number): Verdict<DeliverWork> {
  const { pod } = work;
  if (sameResources(actualResources(pod), mainContainer(pod)?.resources)) return pass(work);
  const pending = pod.status?.conditions?.find(({ type, status }) => type === 'PodResizePending' && status === 'True');
  if (pending?.reason === 'Infeasible') return fail(work, `resize infeasible: ${pending.message ?? ''}`, 'discard');
  if (pending?.reason === 'Deferred') {
    const waited = now - (instantOf(pending.lastTransitionTime) ?? now);
    if (waited >= deferredLimit)
      return fail(work, `resize deferred for ${Math.round(waited / second)} s: ${pending.message ?? ''}`, 'discard');
    return retry(work, 'the node has no room for the resize now', deferredLimit - waited);
  }
  return retry(work, 'the kubelet has not resized the container yet');
}
