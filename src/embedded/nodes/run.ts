import type { Container, ContainerStatus, Pod } from '../../api/kubernetes.js';
import { seededRandom } from '../../support/random.js';
import { type Instant, instantOf } from '../../support/time.js';

/** How a container's process ended. */
export interface Exit {
  readonly exitCode: number;
  readonly reason: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly id: string;
}

export type Phase =
  /** Its turn has not come. */
  | { readonly is: 'waiting' }
  | { readonly is: 'pulling'; readonly until: Instant }
  /** Pulling failed: says ErrImagePull, then from `saysBackOffAt` on ImagePullBackOff, and tries again at `until`. */
  | { readonly is: 'unpulled'; readonly tries: number; readonly saysBackOffAt: Instant; readonly until: Instant }
  | { readonly is: 'starting'; readonly until: Instant }
  /** `readyAt`: never when absent. `exit`: when and how it will end by itself. */
  | {
      readonly is: 'running';
      readonly startedAt: Instant;
      readonly readyAt: Instant | undefined;
      readonly exit: { readonly at: Instant; readonly code: number } | undefined;
    }
  /** Was running when this simulation came. */
  | { readonly is: 'found'; readonly startedAt: Instant; readonly since: 'starting' | 'ready' }
  | { readonly is: 'backing-off'; readonly until: Instant }
  | { readonly is: 'ended' };

/** A container on its node, as the container runtime knows it. */
export interface ContainerRun {
  readonly name: string;
  readonly image: string;
  /** Of the process that runs or ran last: `containerd://…`; empty before the first start. */
  readonly id: string;
  readonly restarts: number;
  /** Failures in a row, which the back-off grows with. */
  readonly failures: number;
  readonly phase: Phase;
  readonly exit?: Exit;
  /** What its cgroup has; absent before the first start. */
  readonly resources?: NonNullable<Container['resources']>;
}

export type Resize =
  | { readonly is: 'deferred' | 'infeasible'; readonly message: string }
  | { readonly is: 'under-way'; readonly until: Instant };

/** A pod on its node. Values: each change makes a new one. */
export interface PodRun {
  readonly uid: string;
  readonly admittedAt: Instant;
  /** When its sandbox and network are there. */
  readonly sandboxAt: Instant;
  readonly ip: string;
  readonly inits: readonly ContainerRun[];
  readonly mains: readonly ContainerRun[];
  /** Ended by its node: refused, past its deadline, or asked to stop. */
  readonly failed?: { readonly reason?: string; readonly message?: string };
  readonly resize?: Resize;
  /** When it is gone, once it has been asked to stop. */
  readonly goneAt?: Instant;
}

const fresh = ({ name, image = '' }: Container): ContainerRun => ({
  name,
  image,
  id: '',
  restarts: 0,
  failures: 0,
  phase: { is: 'waiting' },
});

/** A container as its status describes it, for a simulation that takes over what another one left. */
function found(container: Container, status: ContainerStatus | undefined): ContainerRun {
  if (!status?.state) return fresh(container);
  const { running, terminated } = status.state;
  const common = {
    name: container.name,
    image: status.image,
    id: status.containerID ?? '',
    restarts: status.restartCount,
    failures: status.restartCount,
    ...(status.resources ? { resources: status.resources } : {}),
  };
  if (running) {
    const startedAt = instantOf(running.startedAt) ?? 0;
    return { ...common, phase: { is: 'found', startedAt, since: status.ready ? 'ready' : 'starting' } };
  }
  if (!terminated) return { ...fresh(container), restarts: status.restartCount, failures: status.restartCount };
  const exit: Exit = {
    exitCode: terminated.exitCode,
    reason: terminated.reason ?? 'Error',
    startedAt: instantOf(terminated.startedAt) ?? 0,
    finishedAt: instantOf(terminated.finishedAt) ?? 0,
    id: common.id,
  };
  return { ...common, phase: { is: 'ended' }, exit };
}

/** What runs of a pod that was just bound, or that another simulation has left running. */
export function runOf(
  pod: Pod,
  at: { readonly now: Instant; readonly sandboxAt: Instant; readonly ip: string },
): PodRun {
  const { spec, status } = pod;
  const taken = status?.podIP !== undefined;
  const runs = (containers: readonly Container[] = [], statuses: readonly ContainerStatus[] = []) =>
    containers.map((container) =>
      taken
        ? found(
            container,
            statuses.find(({ name }) => name === container.name),
          )
        : fresh(container),
    );
  return {
    uid: pod.metadata.uid,
    admittedAt: instantOf(status?.startTime) ?? at.now,
    sandboxAt: taken ? at.now : at.sandboxAt,
    ip: status?.podIP ?? at.ip,
    inits: runs(spec?.initContainers, status?.initContainerStatuses),
    mains: runs(spec?.containers, status?.containerStatuses),
  };
}

/** 64 hexadecimal digits that look like a digest and depend only on `text`. */
export function digestLike(text: string): string {
  const random = seededRandom(text);
  let digits = '';
  for (let i = 0; i < 8; i++) digits += random.integer(0, 0xffffffff).toString(16).padStart(8, '0');
  return digits;
}
