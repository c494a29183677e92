import type { ContainerStatus } from '../../api/kubernetes.js';
import { type Instant, timestamp } from '../../support/time.js';
import { backOff, type Role } from './advance-container.js';
import { type ContainerRun, digestLike, type Exit } from './run.js';

type State = NonNullable<ContainerStatus['state']>;

/** What a kubelet says of one container; `waitsFor` is its reason where nothing more is known. */
export function reportContainer(run: ContainerRun, role: Role, waitsFor: string, now: Instant): ContainerStatus {
  const { phase, resources = {} } = run;
  const running = phase.is === 'running' || phase.is === 'found';
  const status: ContainerStatus = {
    name: run.name,
    image: run.image,
    imageID: run.id === '' ? '' : imageIdOf(run.image),
    ...(run.id === '' ? {} : { containerID: run.id }),
    restartCount: run.restarts,
    started: running && role !== 'init',
    ready: isReady(run, role, now),
    state: stateOf(run, waitsFor, now),
    lastState: phase.is !== 'ended' && run.exit ? { terminated: terminated(run.exit) } : {},
  };
  if (!running) return status;
  const allocatedResources = { ...resources.limits, ...resources.requests };
  const allocates = Object.keys(allocatedResources).length > 0;
  return { ...status, resources, ...(allocates ? { allocatedResources } : {}) };
}

function isReady({ phase, exit }: ContainerRun, role: Role, now: Instant): boolean {
  if (role === 'init') return phase.is === 'ended' && exit?.exitCode === 0;
  if (phase.is === 'found') return phase.since === 'ready';
  return phase.is === 'running' && phase.readyAt !== undefined && phase.readyAt <= now;
}

function stateOf(run: ContainerRun, waitsFor: string, now: Instant): State {
  const { phase, exit } = run;
  switch (phase.is) {
    case 'running':
    case 'found':
      return { running: { startedAt: timestamp(phase.startedAt) } };
    case 'ended':
      return exit ? { terminated: terminated(exit) } : waiting(waitsFor);
    case 'unpulled': {
      if (now < phase.saysBackOffAt)
        return waiting('ErrImagePull', `failed to pull and unpack image "${run.image}": not found`);
      return waiting('ImagePullBackOff', `Back-off pulling image "${run.image}"`);
    }
    case 'backing-off':
      return waiting(
        'CrashLoopBackOff',
        `back-off ${backOff(Math.max(1, run.failures - 1)) / 1000}s restarting failed container=${run.name}`,
      );
    case 'waiting':
    case 'pulling':
    case 'starting':
      return waiting(waitsFor);
  }
}

const waiting = (reason: string, message?: string): State => ({
  waiting: message === undefined ? { reason } : { reason, message },
});

function terminated({ exitCode, reason, startedAt, finishedAt, id }: Exit): NonNullable<State['terminated']> {
  return { exitCode, reason, startedAt: timestamp(startedAt), finishedAt: timestamp(finishedAt), containerID: id };
}

/** `repository@sha256:…`: depends only on the image's name. */
export function imageIdOf(image: string): string {
  const name = image.lastIndexOf('/') + 1;
  const [repository = ''] = image.slice(name).split(/[@:]/, 1);
  return `${image.slice(0, name)}${repository}@sha256:${digestLike(image)}`;
}
