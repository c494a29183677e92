/** What containers that came back from claims need: pure, like the plan of the stock. */
import type { TemplatedPool } from '../api/container-pool.js';
import { evictionRequestOf } from '../api/eviction-request.js';
import type { Pod } from '../api/kubernetes.js';
import { annotations, labels } from '../api/names.js';
import {
  foreignObjection,
  hasTemplateSize,
  isOver,
  isReadyForDelivery,
  isReturned,
  isTerminating,
  mainContainerId,
  templateFingerprint,
} from '../line/index.js';
import { type Duration, type Instant, instantOf, parseDuration, second } from '../support/time.js';

/** A kubelet that has seen that the delivery is over has shown it to the latch by then; the others are reminded. */
const remindAfter: Duration = 2 * second;
/** For the kubelet to show it after the reminder, before the latch's own time begins. */
const notice: Duration = 3 * second;

export interface ReturnedPlan {
  /** Their kubelets may have overlooked that their delivery is over. */
  readonly remind: readonly Pod[];
  /** Clean by now: into stock, for their tenant. */
  readonly restock: readonly Pod[];
  /** Larger or smaller than the template says: back to its size. */
  readonly resize: readonly Pod[];
  readonly retire: readonly { readonly pod: Pod; readonly why: string }[];
  /** Containers that are being cleaned or wait for their tenant, less those to retire. */
  readonly count: number;
  readonly wakeAt: Instant | undefined;
}

/**
 * @param pods the pool's containers that have served a tenant and are not delivered now
 * @param remindedBy by when a container's kubelet was reminded, for certain; see `Reminders`
 *
 * That a container is clean is known by its latch's contract: the program has `grace` to end, the scrub has
 * `scrubDeadline`, and a latch that does not manage in that time ends its container. So one that still runs after both,
 * under the same id, is clean. They count from the reminder, as the kubelet may have shown nothing before it.
 */
export function planReturned(
  pool: TemplatedPool,
  pods: Iterable<Pod>,
  now: Instant,
  remindedBy: (pod: Pod) => Instant | undefined,
): ReturnedPlan {
  const { latch } = pool.spec;
  const cleanAfter = notice + durationOf(latch.grace) + durationOf(latch.scrubDeadline);
  const keep = remindAfter + cleanAfter + durationOf(latch.keepFor);
  const remind: Pod[] = [];
  const restock: Pod[] = [];
  const resize: Pod[] = [];
  const retire: { pod: Pod; why: string }[] = [];
  let count = 0;
  let wakeAt: Instant = Infinity;
  for (const pod of pods) {
    if (isTerminating(pod)) continue;
    const returnedAt = instantOf(pod.metadata.annotations?.[annotations.returnedAt]) ?? now;
    const why =
      unfit(pod, pool) ??
      (now >= returnedAt + keep ? `no claim of its tenant came within ${latch.keepFor}` : undefined);
    if (why !== undefined) {
      retire.push({ pod, why });
      continue;
    }
    count++;
    const remindedAt = remindedBy(pod);
    const cleanAt = remindedAt === undefined ? Infinity : remindedAt + cleanAfter;
    if (isReturned(pod)) {
      if (remindedAt === undefined && now >= returnedAt + remindAfter) remind.push(pod);
      else if (!hasTemplateSize(pod, pool)) resize.push(pod);
      else if (now >= cleanAt) restock.push(pod);
    }
    for (const instant of [returnedAt + remindAfter, cleanAt, returnedAt + keep])
      if (instant > now) wakeAt = Math.min(wakeAt, instant);
  }
  return { remind, restock, resize, retire, count, wakeAt: wakeAt === Infinity ? undefined : wakeAt };
}

function unfit(pod: Pod, pool: TemplatedPool): string | undefined {
  if (isOver(pod)) return 'it has ended';
  if (evictionRequestOf(pod)) return 'it is asked to go';
  if (pool.spec.latch.reuse === 'Never') return 'the pool uses no container again';
  if (pod.metadata.labels?.[labels.template] !== templateFingerprint(pool)) return 'the template has changed';
  if (mainContainerId(pod) !== pod.metadata.annotations?.[annotations.returnedContainer]) {
    return 'it has restarted since it came back: its latch may have failed to clean it';
  }
  return isReadyForDelivery(pod) ? foreignObjection(pod, pool) : 'it does not run any more';
}

const durationOf = (text: string): Duration => parseDuration(text) ?? 0;
