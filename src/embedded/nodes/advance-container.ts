import type { Container, Pod } from '../../api/kubernetes.js';
import { type Duration, minute, second } from '../../support/time.js';
import { ownEnd } from './faults.js';
import type { Machine } from './machine.js';
import { type ContainerRun, digestLike, type Exit } from './run.js';

/** Init containers run to their end, one after the other; sidecars and main containers are kept running. */
export type Role = 'init' | 'sidecar' | 'main';

/** The kubelet's back-off for images and for containers that end: 10 s, doubled each time, at most 5 min. */
export const backOff = (failures: number): Duration => Math.min(10 * second * 2 ** (failures - 1), 5 * minute);
/** Who ran for that long begins again with the shortest back-off. */
const soundRun: Duration = 10 * minute;
/** From ErrImagePull to ImagePullBackOff. */
const pullAnswer: Duration = 2 * second;
/** More changes than that in one instant is a fault of this file, not a state of a container. */
const mostSteps = 16;

/** Lets a container come as far as it can by now. */
export function advanceContainer(
  run: ContainerRun,
  container: Container,
  role: Role,
  pod: Pod,
  machine: Machine,
): ContainerRun {
  let current = run;
  for (let i = 0; i < mostSteps; i++) {
    const next = step(current, container, role, pod, machine);
    if (next === current) break;
    current = next;
  }
  return current;
}

function step(run: ContainerRun, container: Container, role: Role, pod: Pod, machine: Machine): ContainerRun {
  const { phase } = run;
  const { now } = machine;
  switch (phase.is) {
    case 'waiting':
      return pull(run, container, pod, machine, 0);
    case 'unpulled':
      return phase.until > now ? run : pull(run, container, pod, machine, phase.tries);
    case 'backing-off':
      return phase.until > now ? run : pull(run, container, pod, machine, 0);
    case 'pulling':
      if (phase.until > now) return run;
      return { ...run, phase: { is: 'starting', until: now + machine.draw('start', `${run.name}/${run.restarts}`) } };
    case 'starting':
      return phase.until > now ? run : start(run, container, role, pod, machine);
    case 'found': {
      const readyAt = phase.since === 'ready' ? phase.startedAt : readiness(run, container, pod, machine);
      return { ...run, phase: { is: 'running', startedAt: phase.startedAt, readyAt, exit: undefined } };
    }
    case 'running':
      return whileRunning(run, phase, container, role, pod, machine);
    case 'ended':
      return afterEnd(run, role, pod, machine);
  }
}

function pull(run: ContainerRun, container: Container, pod: Pod, machine: Machine, tries: number): ContainerRun {
  const { now } = machine;
  const image = container.image ?? '';
  if (machine.fault(pod, container) !== 'pull')
    return { ...run, image, phase: { is: 'pulling', until: machine.pull(image) } };
  const until = now + backOff(tries + 1);
  return { ...run, image, phase: { is: 'unpulled', tries: tries + 1, saysBackOffAt: now + pullAnswer, until } };
}

function start(run: ContainerRun, container: Container, role: Role, pod: Pod, machine: Machine): ContainerRun {
  const { now } = machine;
  const restarts = run.id === '' ? run.restarts : run.restarts + 1;
  const id = `containerd://${digestLike(`${pod.metadata.uid}/${run.name}/${restarts}`)}`;
  const started: ContainerRun = { ...run, restarts, id, resources: container.resources ?? {} };
  if (machine.fault(pod, container) === 'start')
    return end(started, { code: 128, reason: 'StartError', startedAt: now }, machine);
  const readyAt = role === 'init' ? undefined : readiness(started, container, pod, machine);
  const after = machine.draw('init', `${run.name}/${restarts}`);
  const exit = role === 'init' ? { at: now + after, code: 0 } : undefined;
  return { ...started, phase: { is: 'running', startedAt: now, readyAt, exit } };
}

/** A container with a readiness probe is not asked before its initial delay; without one the draw stands for its own start. */
function readiness(run: ContainerRun, container: Container, pod: Pod, machine: Machine): number | undefined {
  if (machine.fault(pod, container) === 'never-ready') return undefined;
  const delay = (container.readinessProbe?.initialDelaySeconds ?? 0) * second;
  return machine.now + Math.max(delay, machine.draw('readiness', `${run.name}/${run.restarts}`));
}

type Running = Extract<ContainerRun['phase'], { is: 'running' }>;

function whileRunning(
  run: ContainerRun,
  phase: Running,
  container: Container,
  role: Role,
  pod: Pod,
  machine: Machine,
): ContainerRun {
  const { now } = machine;
  if (container.image !== undefined && container.image !== run.image) {
    return pull(
      end(run, { code: 137, reason: 'Error', startedAt: phase.startedAt }, machine),
      container,
      pod,
      machine,
      0,
    );
  }
  if (phase.exit) {
    if (phase.exit.at > now) return run;
    const reason = phase.exit.code === 0 ? 'Completed' : 'Error';
    return end(run, { code: phase.exit.code, reason, startedAt: phase.startedAt }, machine);
  }
  if (machine.fault(pod, container) === 'crash') {
    return { ...run, phase: { ...phase, exit: { at: now + machine.draw('start', `${run.name}/crash`), code: 1 } } };
  }
  const own = role === 'main' ? ownEnd(pod, phase.startedAt) : undefined;
  return own ? { ...run, phase: { ...phase, exit: own } } : run;
}

/** Whether a container that ended will be started again. */
export function restarts(run: ContainerRun, role: Role, pod: Pod): boolean {
  if (role === 'sidecar') return true;
  const policy = pod.spec?.restartPolicy ?? 'Always';
  if (run.exit?.exitCode === 0) return role === 'main' && policy === 'Always';
  return policy !== 'Never';
}

/** The first failure starts again at once, later ones after the back-off, as the kubelet does it. */
function afterEnd(run: ContainerRun, role: Role, pod: Pod, machine: Machine): ContainerRun {
  if (!restarts(run, role, pod) || !run.exit) return run;
  const sound = run.exit.finishedAt - run.exit.startedAt >= soundRun;
  const before = sound ? 0 : run.failures;
  const until = machine.now + (before === 0 ? 0 : backOff(before));
  return { ...run, failures: before + 1, phase: { is: 'backing-off', until } };
}

function end(
  run: ContainerRun,
  how: { readonly code: number; readonly reason: string; readonly startedAt: number },
  machine: Machine,
): ContainerRun {
  const exit: Exit = {
    exitCode: how.code,
    reason: how.reason,
    startedAt: how.startedAt,
    finishedAt: machine.now,
    id: run.id,
  };
  return { ...run, phase: { is: 'ended' }, exit };
}

/** Stops a container for good: its pod ends. */
export function stop(run: ContainerRun, machine: Machine, code: number): ContainerRun {
  if (run.phase.is === 'ended' || run.id === '') return run;
  if (run.phase.is !== 'running') return { ...run, phase: { is: 'ended' } };
  return end(run, { code, reason: code === 0 ? 'Completed' : 'Error', startedAt: run.phase.startedAt }, machine);
}
