/** What a pod's own fields say about where it stands on the line. Pure readings; the pods are the ledger. */
import { evictionRequestOf } from '../api/eviction-request.js';
import { type Pod, ReplicaSet } from '../api/kubernetes.js';
import { controllerOf } from '../api/meta/kind.js';
import { annotations, labels, origins, states, stockGate } from '../api/names.js';
import { isLatched } from './latch/pod-latch.js';
import { mainContainerName, mainStatus } from './main-container.js';
import { type Instant, instantOf } from '../support/time.js';

export function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** Whether its containers have ended for good. */
export function isOver(pod: Pod): boolean {
  return pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
}

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/**
 * Whether it can be delivered as far as its containers go. One whose latch waits is not ready, where its program has a
 * readiness probe, and need not be: its latch runs.
 */
export function isReadyForDelivery(pod: Pod): boolean {
  if (!isLatched(pod)) return isReady(pod);
  const main = mainContainerName(pod);
  const statuses = pod.status?.containerStatuses ?? [];
  return (
    statuses.length > 0 &&
    statuses.length === pod.spec?.containers.length &&
    statuses.every(({ name, ready, started, state }) =>
      name === main ? state?.running !== undefined && started !== false : ready,
    )
  );
}

/** In stock: for anybody, or for the tenant that it has served. */
export function isStocked(pod: Pod): boolean {
  return pod.metadata.labels?.[labels.state] === states.stocked || isKept(pod);
}

/** In stock, but only for the tenant that it has served. */
export function isKept(pod: Pod): boolean {
  return pod.metadata.labels?.[labels.state] === states.kept;
}

export function isDelivered(pod: Pod): boolean {
  return pod.metadata.labels?.[labels.state] === states.delivered;
}

/** In stock and fit to be delivered now. */
export function isDeliverable(pod: Pod): boolean {
  return (
    isStocked(pod) &&
    isReadyForDelivery(pod) &&
    !isTerminating(pod) &&
    !isOver(pod) &&
    evictionRequestOf(pod) === undefined
  );
}

/** On its way into stock: its line has more stages for it than its start. */
export function isProducing(pod: Pod): boolean {
  return pod.metadata.labels?.[labels.state] === states.producing;
}

/** In stock as far as its line goes, and fit to be delivered as far as its containers go. */
export function isReadyStock(pod: Pod): boolean {
  return isStocked(pod) && isReadyForDelivery(pod);
}

/** Failed in a stage, and kept aside. */
export function isQuarantined(pod: Pod): boolean {
  return pod.metadata.labels?.[labels.state] === states.quarantined;
}

/** The version of the production line that it goes by; `undefined`: the built-in one. */
export function lineVersionOf(pod: Pod): string | undefined {
  return pod.metadata.annotations?.[annotations.line];
}

/** When it was handed over to whom it belongs now. */
export function deliveredAt(pod: Pod): Instant | undefined {
  return instantOf(pod.metadata.annotations?.[annotations.deliveredAt]);
}

/** Since when it can be delivered as far as its containers go; a latched one can when it runs. */
export function readyForDeliverySince(pod: Pod): Instant | undefined {
  if (!isReadyForDelivery(pod)) return undefined;
  if (isReady(pod)) return readySince(pod);
  const starts = (pod.status?.containerStatuses ?? [])
    .map(({ state }) => instantOf(state?.running?.startedAt))
    .filter((at) => at !== undefined);
  return starts.length === 0 ? undefined : Math.max(...starts);
}

/** Since when its condition Ready is as it is. */
export function readySince(pod: Pod): Instant | undefined {
  return instantOf(pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime);
}

/** Back from a claim, and not yet clean. */
export function isReturned(pod: Pod): boolean {
  return pod.metadata.labels?.[labels.state] === states.returned;
}

/** Whom it has served: nobody else may have it. `undefined` while it has served nobody. */
export function tenantOf(pod: Pod): string | undefined {
  return pod.metadata.annotations?.[annotations.tenant];
}

/** Whether none of its containers has started yet, so that nothing is lost when another pod takes its place. */
export function isWaiting(pod: Pod): boolean {
  const { status } = pod;
  if (isTerminating(pod) || (status?.phase ?? 'Pending') !== 'Pending') return false;
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].every(
    ({ state, restartCount }) => !state?.running && !state?.terminated && restartCount === 0,
  );
}

/** Whether it is held back until it is known whether the stock has a container for it. */
export function isGated(pod: Pod): boolean {
  return pod.spec?.schedulingGates?.some(({ name }) => name === stockGate) ?? false;
}

/** Whether the stock had none for it, so that it was let go, and it has a node by now: its cold start is under way. */
export function isStartingCold(pod: Pod): boolean {
  return pod.metadata.annotations?.[annotations.origin] === origins.cold && pod.spec?.nodeName !== undefined;
}

/** The ReplicaSet that controls it: its uid. */
export function replicaSetUidOf(pod: Pod): string | undefined {
  const owner = controllerOf(pod);
  return owner?.kind === ReplicaSet.name ? owner.uid : undefined;
}

/** The pool that made it: a key, as pods never change namespace. */
export function poolKeyOf(pod: Pod): string | undefined {
  const pool = pod.metadata.labels?.[labels.pool];
  return pool === undefined ? undefined : `${pod.metadata.namespace}/${pool}`;
}

export function claimKeyOf(pod: Pod): string | undefined {
  const claim = pod.metadata.labels?.[labels.claim];
  return claim === undefined ? undefined : `${pod.metadata.namespace}/${claim}`;
}

export function claimUidOf(pod: Pod): string | undefined {
  return pod.metadata.annotations?.[annotations.claimUid];
}

/** Its number within its claim; `undefined` when it has none that can be read. */
export function indexOf(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[annotations.index];
  return text !== undefined && /^[0-9]{1,6}$/.test(text) ? Number(text) : undefined;
}

export function termOf(pod: Pod): number {
  return numberIn(pod, annotations.term);
}

/** How often the work that it was delivered for had failed in other containers before it. */
export function failuresBefore(pod: Pod): number {
  return numberIn(pod, annotations.failures);
}

/** How often its kubelet has started its main container again since it was handed over. */
export function restartsOf(pod: Pod): number {
  return Math.max(0, (mainStatus(pod)?.restartCount ?? 0) - numberIn(pod, annotations.restarts));
}

const numberIn = ({ metadata }: Pod, annotation: string): number =>
  Number(metadata.annotations?.[annotation] ?? 0) || 0;

/** When the kubelet accepted it; its active deadline counts from here. */
export function startedAt(pod: Pod): Instant | undefined {
  return instantOf(pod.status?.startTime);
}

const reasonsOfFailure: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

/** Why its containers cannot start, in the kubelet's words; `undefined` while nothing speaks against it. */
export function failureOf(pod: Pod): string | undefined {
  const { status } = pod;
  if (isOver(pod)) return [status?.reason ?? status?.phase, status?.message].filter(Boolean).join(': ');
  for (const { name, state } of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const reason = state?.waiting?.reason;
    if (reason !== undefined && reasonsOfFailure.has(reason)) {
      return `container ${name}: ${[reason, state?.waiting?.message].filter(Boolean).join(': ')}`;
    }
  }
  return undefined;
}
