import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../../api/kubernetes.js';
import { type Instant, timestamp } from '../../support/time.js';
import { hasStopped, isInitialized } from './advance.js';
import { reportContainer } from './report-container.js';
import type { PodRun, Resize } from './run.js';

/** The conditions that a kubelet writes; others on a pod are somebody else's and stay as they are. */
const ours: readonly string[] = [
  'PodScheduled',
  'PodReadyToStartContainers',
  'Initialized',
  'ContainersReady',
  'Ready',
  'PodResizePending',
  'PodResizeInProgress',
];

/** What a kubelet says of a pod. `observedGeneration` is newer than our types. */
export type Report = PodStatus & { readonly observedGeneration?: number };

type Finding = Pick<PodCondition, 'status' | 'reason' | 'message'>;
const yes: Finding = { status: 'True' };

/** The status that describes `run` at `now`. What the pod's own status says and a kubelet does not write is kept. */
export function report(run: PodRun, pod: Pod, hostIP: string, now: Instant): Report {
  const started = run.sandboxAt <= now;
  const stopped = hasStopped(run, pod);
  const initialized = isInitialized(run, pod);
  const waitsFor = pod.spec?.initContainers && !initialized ? 'PodInitializing' : 'ContainerCreating';
  const inits = run.inits.map((init, i) =>
    reportContainer(
      init,
      pod.spec?.initContainers?.[i]?.restartPolicy === 'Always' ? 'sidecar' : 'init',
      'PodInitializing',
      now,
    ),
  );
  const mains = run.mains.map((main) => reportContainer(main, 'main', waitsFor, now));
  const phase = phaseOf(run, pod, mains, initialized);
  return {
    phase,
    ...run.failed,
    ...(pod.status?.qosClass ? { qosClass: pod.status.qosClass } : {}),
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(started && !run.failed ? { podIP: run.ip, podIPs: [{ ip: run.ip }] } : {}),
    startTime: timestamp(run.admittedAt),
    conditions: conditionsOf(pod, now, findings(run, pod, { phase, started: started && !stopped, initialized, mains })),
    ...(inits.length > 0 ? { initContainerStatuses: inits } : {}),
    ...(run.failed && mains.every(({ containerID }) => !containerID) ? {} : { containerStatuses: mains }),
  };
}

/** `getPhase` of the kubelet. */
function phaseOf(run: PodRun, pod: Pod, mains: readonly ContainerStatus[], initialized: boolean): string {
  if (run.failed) return 'Failed';
  if (!initialized) return hasStopped(run, pod) ? 'Failed' : 'Pending';
  if (mains.some(({ state, lastState }) => state?.waiting && !lastState?.terminated)) return 'Pending';
  if (!hasStopped(run, pod)) return 'Running';
  return mains.every(({ state }) => state?.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
}

interface Facts {
  readonly phase: string;
  readonly started: boolean;
  readonly initialized: boolean;
  readonly mains: readonly ContainerStatus[];
}

function findings(run: PodRun, pod: Pod, { phase, started, initialized, mains }: Facts): ReadonlyMap<string, Finding> {
  const found = new Map<string, Finding>([
    ['PodReadyToStartContainers', { status: started ? 'True' : 'False' }],
    ['Initialized', initialization(run, phase, initialized)],
  ]);
  const containers = containersReady(phase, mains);
  found.set('Ready', readiness(pod, containers));
  found.set('ContainersReady', containers);
  found.set('PodScheduled', yes);
  if (run.resize) found.set(...resizeCondition(run.resize));
  return found;
}

function initialization(run: PodRun, phase: string, initialized: boolean): Finding {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  if (initialized) return yes;
  const names = run.inits
    .filter(({ phase, exit }) => !(phase.is === 'ended' && exit?.exitCode === 0))
    .map(({ name }) => name);
  return {
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${names.join(' ')}]`,
  };
}

function containersReady(phase: string, mains: readonly ContainerStatus[]): Finding {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const unready = mains.filter(({ ready }) => !ready).map(({ name }) => name);
  if (unready.length === 0) return yes;
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  };
}

function readiness(pod: Pod, containers: Finding): Finding {
  if (containers.status !== 'True') return containers;
  for (const { conditionType } of pod.spec?.readinessGates ?? []) {
    if (pod.status?.conditions?.find(({ type }) => type === conditionType)?.status !== 'True')
      return {
        status: 'False',
        reason: 'ReadinessGatesNotReady',
        message: `corresponding condition of pod readiness gate "${conditionType}" does not exist or is not True.`,
      };
  }
  return yes;
}

function resizeCondition(resize: Resize): [string, Finding] {
  if (resize.is === 'under-way') return ['PodResizeInProgress', yes];
  const reason = resize.is === 'deferred' ? 'Deferred' : 'Infeasible';
  return ['PodResizePending', { status: 'True', reason, message: resize.message }];
}

function conditionsOf(pod: Pod, now: Instant, found: ReadonlyMap<string, Finding>): readonly PodCondition[] {
  const known = pod.status?.conditions ?? [];
  const others = known.filter(({ type }) => !ours.includes(type));
  const own = ours.flatMap((type): PodCondition[] => {
    const finding = found.get(type);
    if (!finding) return [];
    const before = known.find((condition) => condition.type === type);
    const lastTransitionTime =
      before?.status === finding.status && before.lastTransitionTime ? before.lastTransitionTime : timestamp(now);
    return [{ type, ...finding, lastTransitionTime, ...observed(before) }];
  });
  return [...others, ...own];
}

/** A server that records when a condition was probed or for which generation keeps that. */
function observed(before: PodCondition | undefined): Partial<PodCondition> {
  if (!before) return {};
  const {
    type: _type,
    status: _status,
    reason: _reason,
    message: _message,
    lastTransitionTime: _time,
    ...rest
  } = before;
  return rest;
}
