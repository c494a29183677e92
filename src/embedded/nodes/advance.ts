import type { Container, Pod } from '../../api/kubernetes.js';
import { type Instant, second } from '../../support/time.js';
import { type Amounts, lacking, sum } from '../../scheduling/resources/amounts.js';
import { containerRequests, podRequests } from '../../scheduling/resources/pod-requests.js';
import { advanceContainer, type Role, restarts, stop } from './advance-container.js';
import type { Machine } from './machine.js';
import { advanceResize } from './resize.js';
import type { ContainerRun, PodRun } from './run.js';

const roleOfInit = (container: Container): Role => (container.restartPolicy === 'Always' ? 'sidecar' : 'init');

/** Whether a container has come to an end from which nothing starts it again. */
const isOver = (run: ContainerRun, role: Role, pod: Pod): boolean =>
  run.phase.is === 'ended' && !restarts(run, role, pod);

/** Whether a pod has ended on its node, by itself or by its node. */
export const hasStopped = (run: PodRun, pod: Pod): boolean =>
  run.failed !== undefined || run.mains.every((main) => isOver(main, 'main', pod)) || failedInit(run, pod);

const failedInit = (run: PodRun, pod: Pod): boolean =>
  run.inits.some((init, i) => {
    const container = pod.spec?.initContainers?.[i];
    return container !== undefined && isOver(init, roleOfInit(container), pod) && init.exit?.exitCode !== 0;
  });

/** Whether all init containers have done their work and all sidecars run. */
export const isInitialized = (run: PodRun, pod: Pod): boolean =>
  run.inits.every((init, i) => {
    const container = pod.spec?.initContainers?.[i];
    if (container && roleOfInit(container) === 'sidecar')
      return init.phase.is === 'running' || init.phase.is === 'ended';
    return init.phase.is === 'ended' && init.exit?.exitCode === 0;
  });

/**
 * Lets a pod come as far as it can by now. Simpler than a kubelet in this: main containers start side by side, not one
 * after the other, and a pod that is asked to stop reports nothing more before it is gone.
 */
export function advance(run: PodRun, pod: Pod, machine: Machine): PodRun {
  if (hasStopped(run, pod)) return run;
  if ((deadlineOf(run, pod) ?? Number.POSITIVE_INFINITY) <= machine.now) return fail(run, machine, deadlineExceeded);
  if (run.sandboxAt > machine.now) return run;

  const inits = advanceInits(run, pod, machine);
  let next = inits.every((init, i) => init === run.inits[i]) ? run : { ...run, inits };
  if (!isInitialized(next, pod)) return next;

  const mains = next.mains.map((main, i) => advanceWith(main, pod.spec?.containers[i], 'main', pod, machine));
  if (mains.some((main, i) => main !== next.mains[i])) next = { ...next, mains };
  if (hasStopped(next, pod)) return { ...next, inits: next.inits.map((init) => stop(init, machine, 0)) };
  const resized = advanceResize(next, pod, machine);
  // a container that the resize has stopped starts again in the same turn
  return resized === next || resized.mains.every((main) => main.phase.is !== 'waiting')
    ? resized
    : advance(resized, pod, machine);
}

/** A pod for which there is no room is refused by its node, whoever bound it. */
export function admit(run: PodRun, pod: Pod, machine: Machine): PodRun {
  const asked = podRequests(pod.spec ?? { containers: [] });
  const free = machine.free();
  const [short] = lacking(asked, {}, free);
  if (short === undefined) return run;
  return fail(run, machine, {
    reason: `OutOf${short}`,
    message: `Pod was rejected: Node didn't have enough resource: ${short}, requested: ${asked[short]}, free: ${free[short] ?? 0}, capacity: ${machine.allocatable[short] ?? 0}`,
  });
}

const deadlineExceeded = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
};

/** A pod that was asked to stop and did. */
export function terminate(run: PodRun, pod: Pod, machine: Machine): PodRun {
  return hasStopped(run, pod) ? run : fail(run, machine, {});
}

function fail(run: PodRun, machine: Machine, failed: NonNullable<PodRun['failed']>): PodRun {
  const halt = (container: ContainerRun) => stop(container, machine, 137);
  return { ...run, failed, inits: run.inits.map(halt), mains: run.mains.map(halt) };
}

function advanceWith(
  run: ContainerRun,
  container: Container | undefined,
  role: Role,
  pod: Pod,
  machine: Machine,
): ContainerRun {
  return container ? advanceContainer(run, container, role, pod, machine) : run;
}

function advanceInits(run: PodRun, pod: Pod, machine: Machine): readonly ContainerRun[] {
  const inits: ContainerRun[] = [];
  let blocked = false;
  run.inits.forEach((init, i) => {
    const container = pod.spec?.initContainers?.[i];
    const role = container ? roleOfInit(container) : 'init';
    const next = blocked ? init : advanceWith(init, container, role, pod, machine);
    inits.push(next);
    const passed =
      role === 'sidecar' ? next.phase.is === 'running' : next.phase.is === 'ended' && next.exit?.exitCode === 0;
    if (!passed) blocked = true;
  });
  return inits;
}

/** `activeDeadlineSeconds` counts from the pod's start on its node. */
function deadlineOf(run: PodRun, pod: Pod): Instant | undefined {
  const seconds = pod.spec?.activeDeadlineSeconds;
  return seconds === undefined ? undefined : run.admittedAt + seconds * second;
}

/** The next instant at which something happens by itself; nothing when the pod only waits for others. */
export function nextInstant(run: PodRun, pod: Pod, now: Instant): Instant | undefined {
  if (hasStopped(run, pod)) return undefined;
  const instants = [...run.inits, ...run.mains].flatMap(instantsOf);
  instants.push(run.sandboxAt, deadlineOf(run, pod) ?? now);
  if (run.resize?.is === 'under-way') instants.push(run.resize.until);
  const coming = instants.filter((instant) => instant > now);
  return coming.length === 0 ? undefined : Math.min(...coming);
}

function instantsOf({ phase }: ContainerRun): readonly Instant[] {
  switch (phase.is) {
    case 'running':
      return [phase.readyAt, phase.exit?.at].filter((instant) => instant !== undefined);
    case 'unpulled':
      return [phase.saysBackOffAt, phase.until];
    case 'pulling':
    case 'starting':
    case 'backing-off':
      return [phase.until];
    case 'found':
    case 'waiting':
    case 'ended':
      return [];
  }
}

/** What a pod holds of its node: what its containers have, or what they are about to get. */
export function heldBy(run: PodRun, pod: Pod): Amounts {
  if (hasStopped(run, pod)) return {};
  const settled = run.resize?.is !== 'under-way' && run.mains.every((main) => main.resources !== undefined);
  const asked = podRequests(pod.spec ?? { containers: [] });
  if (!settled || run.resize === undefined) return asked;
  return sum({ pods: 1 }, ...run.mains.map((main) => containerRequests(main.resources)));
}
