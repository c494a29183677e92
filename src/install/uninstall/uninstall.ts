import { ContainerClaim } from '../../api/container-claim.js';
import { ContainerPool } from '../../api/container-pool.js';
import { Pod, Secret } from '../../api/kubernetes.js';
import type { Kind } from '../../api/meta/kind.js';
import { nameOf, type Resource } from '../../api/meta/resource.js';
import { finalizers, labels, states } from '../../api/names.js';
import type { Cluster } from '../../cluster/cluster.js';
import { removeCrds } from '../../cluster/crds.js';
import { Conflict, isOutdated } from '../../cluster/errors.js';
import { isGated, openPatch } from '../../line/index.js';
import { removeFinalizer } from '../../runtime/index.js';
import type { Clock } from '../../support/clock.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { counted } from '../doctor/finding.js';
import { all } from '../doctor/sight.js';
import { operatorName, programNames } from '../names.js';
import type { Part } from '../part.js';
import { isDefinition, nameOfPart, refOfPart } from '../put.js';
import { removeMarks } from '../rebalancer/marks.js';
import { stopProgram } from '../stop-program.js';
import { requireAccess } from './access.js';
import { unlessGone } from '../gone.js';
import { type Outlook, outlookOf, type UninstallChoice } from './outlook.js';
import { RefusedObjects } from './refused.js';
import { claimsOwning, keepSecretPatch, releasePatch } from './release.js';
import { requireNoOthers, stopOperator } from './stop.js';
import { containersThere, deploymentOf, survey } from './survey.js';

export interface UninstallOptions extends UninstallChoice {
  /** The operator's own. */
  readonly namespace: string;
}

/** What `uninstall` would do. Changes nothing. */
export async function foresee(cluster: Cluster, options: UninstallOptions): Promise<Outlook> {
  return outlookOf(await survey(cluster, options.namespace), options.namespace, options);
}

/**
 * Takes Penstock out of a cluster. The operator goes first, so that nobody works against it; containers in use are released
 * before the claims that own them go. Running it again finishes what was interrupted. Throws CodedError where the asker
 * could not finish, or where another operator goes on. Returns what stays.
 */
export async function uninstall(
  cluster: Cluster,
  clock: Clock,
  options: UninstallOptions,
  say: (sentence: string) => void,
): Promise<readonly string[]> {
  await requireAccess(cluster);
  const { namespace } = options;
  await requireNoOthers(cluster, clock, namespace);
  const before = await survey(cluster, namespace);
  const { stays } = outlookOf(before, namespace, options);
  await stopOperator(cluster, clock, namespace);
  const operator = deploymentOf(before.parts, operatorName);
  if (operator) say(`${nameOfPart(operator)} deleted, and its pods have ended`);
  const stopped = new Set([operator]);
  for (const program of ['scheduler', 'rebalancer'] as const) {
    const deployment = deploymentOf(before.parts, programNames[program]);
    if (!deployment) continue;
    await stopProgram(cluster, clock, { namespace, program });
    say(`${nameOfPart(deployment)} deleted, and its pods have ended`);
    stopped.add(deployment);
  }
  // then the gate, so that no more pods come to wait at it, and what could refuse the writes that follow
  const policies = before.parts.filter(({ kind }) => kind.group === 'admissionregistration.k8s.io');
  for (const part of policies.toReversed()) await removePart(cluster, part, say);
  const marked = await removeMarks(cluster);
  if (marked.nodes.length > 0) say(`${counted(marked.nodes.length, 'node')} no longer marked as stoppable`);
  if (marked.requests.length > 0) say(`${counted(marked.requests.length, 'eviction request')} withdrawn`);
  const refused = new RefusedObjects();
  await openGates(cluster, refused, say);
  if (options.definitions === 'delete') await clear(cluster, clock, { ...options, refused }, say);
  for (const part of before.parts.toReversed()) {
    if (stopped.has(part) || policies.includes(part)) continue;
    if (!isDefinition(part)) await removePart(cluster, part, say);
    else if (options.definitions === 'delete') say(`${nameOfPart(part)} deleted`);
  }
  // a server goes by a policy for a moment after it is gone
  await openGates(cluster, refused, say);
  refused.throwIfAny();
  return stays;
}

async function removePart(cluster: Cluster, part: Part, say: (sentence: string) => void): Promise<void> {
  await unlessGone(cluster.remove(part.kind, refOfPart(part.object)));
  say(`${nameOfPart(part)} deleted`);
}

async function openGates(cluster: Cluster, refused: RefusedObjects, say: (sentence: string) => void): Promise<void> {
  await repeatedly('pods still come to wait at the gate', async () => {
    const pending = await all(cluster, Pod, { fields: 'status.phase=Pending' });
    const waiting = pending.filter((pod) => isGated(pod) && !refused.has(pod));
    await refused.each(Pod, waiting, (pod) => unlessChanged(cluster.patch(Pod, nameOf(pod), openPatch(pod))));
    if (waiting.length > 0) say(`the gate is lifted for ${counted(waiting.length, 'pod')}`);
    return waiting.length === 0;
  });
}

/**
 * Claims, pools and the definitions; what is in use is let go first. What goes is deleted here, not left to the garbage
 * collector: of an owner whose kind the cluster has forgotten it can never tell whether it is gone.
 */
async function clear(
  cluster: Cluster,
  clock: Clock,
  { containers, refused }: UninstallChoice & { readonly refused: RefusedObjects },
  say: (sentence: string) => void,
): Promise<void> {
  const claims = await all(cluster, ContainerClaim);
  if (containers === 'keep') await releaseAll(cluster, claims, refused, say);
  await settleSecrets(cluster, claims, refused);
  const { stock, ending, delivered } = await containersThere(cluster, claims);
  const doomed = await refused.each(Pod, [...stock, ...ending, ...delivered], (pod) => removeThis(cluster, Pod, pod));
  if (doomed.length > 0) say(`${counted(doomed.length, 'container')} deleted`);
  const pools = await refused.each(ContainerPool, await all(cluster, ContainerPool), (pool) =>
    unlessGone(cluster.remove(ContainerPool, nameOf(pool))),
  );
  if (pools.length > 0) say(`${counted(pools.length, 'pool')} deleted`);
  // with a claim its containers go: one that could not be released is not to
  const needed = new Set(delivered.filter((pod) => refused.has(pod)).flatMap(claimsOwning));
  const idle = claims.filter(({ metadata }) => !needed.has(metadata.uid));
  const gone = await refused.each(ContainerClaim, idle, (claim) => removeClaim(cluster, claim));
  if (gone.length > 0) say(`${counted(gone.length, 'claim')} deleted`);
  refused.throwIfAny();
  await removeCrds(cluster, clock);
}

async function releaseAll(
  cluster: Cluster,
  claims: readonly ContainerClaim[],
  refused: RefusedObjects,
  say: (sentence: string) => void,
): Promise<void> {
  let released = 0;
  await repeatedly('containers in use change again and again', async () => {
    const { delivered } = await containersThere(cluster, claims);
    const left = delivered.filter((pod) => !refused.has(pod));
    const done = await refused.each(Pod, left, (pod) =>
      unlessChanged(cluster.patch(Pod, nameOf(pod), releasePatch(pod))),
    );
    released += done.filter((pod) => pod !== undefined).length;
    return left.length === 0;
  });
  if (released > 0) say(`${counted(released, 'container')} in use released: they run on`);
}

/**
 * Secrets that claims own: they were made for containers that were made cold, and bear their names. Those of containers that
 * run on become the containers' own; which these are is read anew, as some may have been released in a run before.
 */
async function settleSecrets(
  cluster: Cluster,
  claims: readonly ContainerClaim[],
  refused: RefusedObjects,
): Promise<void> {
  for (const namespace of new Set(claims.map(({ metadata }) => metadata.namespace ?? ''))) {
    const released = await all(cluster, Pod, { namespace, labels: `${labels.state}=${states.released}` });
    const pods = new Map(released.map((pod) => [pod.metadata.name, pod]));
    const secrets = (await all(cluster, Secret, { namespace })).filter((secret) => claimsOwning(secret).length > 0);
    await refused.each(Secret, secrets, async (secret) => {
      const pod = pods.get(secret.metadata.name);
      if (pod) await unlessChanged(cluster.patch(Secret, nameOf(secret), keepSecretPatch(secret, pod)));
      else await removeThis(cluster, Secret, secret);
    });
  }
}

/** This very object, and none that has taken its name since. */
async function removeThis<T extends Resource>(cluster: Cluster, kind: Kind<T>, object: T): Promise<void> {
  const { uid } = object.metadata;
  try {
    await unlessGone(cluster.remove(kind, nameOf(object), { preconditions: { uid } }));
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
}

/** Nobody is left to do what the finalizer waits for. */
async function removeClaim(cluster: Cluster, claim: ContainerClaim): Promise<void> {
  await repeatedly(`claim ${claim.metadata.namespace}/${claim.metadata.name} changes again and again`, async () => {
    const live = await unlessGone(cluster.get(ContainerClaim, nameOf(claim)));
    if (!live) return true;
    try {
      await unlessGone(removeFinalizer(cluster, ContainerClaim, live, finalizers.takeBack));
    } catch (error) {
      if (error instanceof Conflict) return false;
      throw error;
    }
    await unlessGone(cluster.remove(ContainerClaim, nameOf(claim)));
    return true;
  });
}

/** What the patch gives; nothing where the object has changed since, or is gone. */
async function unlessChanged<T>(patch: Promise<T>): Promise<T | undefined> {
  try {
    return await unlessGone(patch);
  } catch (error) {
    if (isOutdated(error)) return undefined;
    throw error;
  }
}

const mostTries = 20;

/** Until it says that all is done. Throws CodedError when it never does. */
async function repeatedly(what: string, once: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < mostTries; tries++) if (await once()) return;
  throw new CodedError('UNINSTALL_UNSETTLED', what, 'see who changes them, and run this again', exitCodes.conflict);
}
