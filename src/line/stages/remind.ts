import { Pod } from '../../api/kubernetes.js';
import { nameOf } from '../../api/meta/resource.js';
import { annotations, isFileAnnotation, labels, origins, states } from '../../api/names.js';
import { isOutdated } from '../../cluster/errors.js';
import { jsonPatch, type Patch, pointer } from '../../cluster/patch.js';
import { type Duration, type Instant, instantOf, microTimestamp, minute, second } from '../../support/time.js';
import { isLatched } from '../latch/pod-latch.js';
import { mainContainer } from '../main-container.js';
import { claimUidOf, isReady } from '../pod-state.js';
import { pass, retry, type Stage } from '../stage.js';
import type { DeliverWork, RestockWork } from '../work.js';

/** A program that is still not ready after so long may not have seen its delivery. */
const patience: Duration = 5 * second;
/** Where no probe tells: after so long a kubelet that has seen the change is done with it. */
const pause: Duration = 2 * second;
/** By then the kubelet has looked again by itself. */
const ownLook: Duration = 2 * minute;

/**
 * A kubelet can lose the change that delivers a container (it seems to go through its pods as they were a moment ago, and to
 * mark this one as done). Then it shows the configuration only at its next look, 60 to 90 seconds later; of 100 delivered at once on a
 * busy node 28 were seen to wait so long. Any other change makes it look at once, so there is one, unless a readiness probe
 * says that the program has started. It comes behind what is urgent.
 */
export const remind: Stage<DeliverWork> = {
  name: 'remind',
  async run(work, { cluster, clock, signal }) {
    const { pod } = work;
    const now = clock.now();
    const due = dueAt(pod, now);
    if (due === undefined) return pass(work);
    if (now < due) return retry(work, 'its kubelet may not have shown the delivery', due - now);
    const still = { path: pointer('metadata', 'annotations', annotations.claimUid), value: claimUidOf(pod) };
    try {
      const patch = reminder(pod, [still], now);
      return pass({ ...work, pod: await cluster.patch(Pod, nameOf(pod), patch, { flow: 'refill', signal }) });
    } catch (error) {
      if (isOutdated(error)) return pass(work);
      throw error;
    }
  },
};

/** The same for a container that came back: its latch is to see that its delivery is over. */
export const remindReturned: Stage<RestockWork> = {
  name: 'remind-returned',
  async run(work, { cluster, clock, signal }) {
    const { pod } = work;
    if (pod.metadata.annotations?.[annotations.remindedAt] !== undefined) return pass(work);
    const still = { path: pointer('metadata', 'labels', labels.state), value: states.returned };
    // the cleaning counts from here: one that comes late must not put an earlier time in the place of one that has come since
    const same = { path: '/metadata/resourceVersion', value: pod.metadata.resourceVersion };
    try {
      const patch = reminder(pod, [still, same], clock.now());
      const reminded = await cluster.patch(Pod, nameOf(pod), patch, { flow: 'refill', signal });
      return retry({ ...work, pod: reminded }, 'its latch is cleaning it');
    } catch (error) {
      if (isOutdated(error)) return retry(work, 'the container has changed since');
      throw error;
    }
  },
};

interface Truth {
  readonly path: string;
  readonly value: unknown;
}

const reminder = ({ metadata }: Pod, still: readonly Truth[], now: Instant): Patch =>
  jsonPatch([
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    ...still.map((truth) => ({ op: 'test', ...truth }) as const),
    { op: 'add', path: pointer('metadata', 'annotations', annotations.remindedAt), value: microTimestamp(now) },
  ]);

/** When its kubelet is to be reminded; `undefined` where there is no need. */
function dueAt(pod: Pod, now: Instant): Instant | undefined {
  const { annotations: marks = {} } = pod.metadata;
  const deliveredAt = instantOf(marks[annotations.deliveredAt]);
  if (deliveredAt === undefined || now > deliveredAt + ownLook || marks[annotations.remindedAt] !== undefined)
    return undefined;
  // one that was made for its claim has been configured from its start
  if (marks[annotations.origin] === origins.cold || !isConfigured(pod)) return undefined;
  if (isLatched(pod) && mainContainer(pod)?.readinessProbe) return isReady(pod) ? undefined : deliveredAt + patience;
  return deliveredAt + pause;
}

/** Whether the container is shown anything that its program may wait for. */
function isConfigured(pod: Pod): boolean {
  const { annotations: marks = {} } = pod.metadata;
  return isLatched(pod) || marks[annotations.env] !== undefined || Object.keys(marks).some(isFileAnnotation);
}
