import { controllerOf, controllerReference, type Kind } from '../../api/meta/kind.js';
import type { OwnerReference } from '../../api/meta/metadata.js';
import { nameOf, type Resource } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import { Invalid, NotFound } from '../../cluster/errors.js';
import { type JsonOperation, jsonPatch } from '../../cluster/patch.js';
import { type LabelSelector, matcherOf } from '../../api/meta/label-selector.js';

/** Whether an object is its would-be controller's, somebody else's, or should change hands. */
export type Claim = 'own' | 'not-ours' | 'adopt' | 'release';

/** `ClaimObject` of k8s.io/kubernetes' controller reference manager, without its writes. `matches`: the selector's word. */
export function decideClaim(controller: Resource, matches: boolean, object: Resource): Claim {
  const terminating = object.metadata.deletionTimestamp !== undefined;
  const owner = controllerOf(object);
  if (owner) {
    if (owner.uid !== controller.metadata.uid) return 'not-ours';
    if (matches) return 'own';
    return terminating || controller.metadata.deletionTimestamp !== undefined ? 'not-ours' : 'release';
  }
  if (!matches || terminating || controller.metadata.deletionTimestamp !== undefined) return 'not-ours';
  return 'adopt';
}

/** The owner references as they should be, tested against what they were: nobody else's change is lost. */
function swapOwners(object: Resource, owners: readonly OwnerReference[]): readonly JsonOperation[] {
  const { uid, ownerReferences } = object.metadata;
  const path = '/metadata/ownerReferences';
  const guard: JsonOperation[] = [{ op: 'test', path: '/metadata/uid', value: uid }];
  if (ownerReferences) guard.push({ op: 'test', path, value: ownerReferences });
  return [...guard, owners.length === 0 ? { op: 'remove', path } : { op: 'add', path, value: owners }];
}

/**
 * Makes `controller` the controller of everything that its selector selects and that has none, and lets go of what it no
 * longer selects. Returns what is its own after that. What changed meanwhile is left for the next time.
 */
export async function claim<Owner extends Resource, T extends Resource>(
  cluster: Cluster,
  [controllerKind, controller]: readonly [Kind<Owner>, Owner],
  selector: LabelSelector,
  [kind, candidates]: readonly [Kind<T>, Iterable<T>],
  signal: AbortSignal,
): Promise<readonly T[]> {
  const own: T[] = [];
  const matches = matcherOf(selector);
  let isCurrent: boolean | undefined;
  for (const object of candidates) {
    const decision = decideClaim(controller, matches(object.metadata.labels), object);
    if (decision === 'own') own.push(object);
    if (decision === 'not-ours' || decision === 'own') continue;
    // before the first adoption a live look: a controller that is gone must not adopt for its successor
    if (decision === 'adopt') isCurrent ??= await isLive(cluster, controllerKind, controller, signal);
    if (decision === 'adopt' && !isCurrent) continue;
    const others = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== controller.metadata.uid);
    const owners = decision === 'adopt' ? [...others, controllerReference(controllerKind, controller)] : others;
    try {
      const changed = await cluster.patch(kind, nameOf(object), jsonPatch(swapOwners(object, owners)), { signal });
      if (decision === 'adopt') own.push(changed);
    } catch (error) {
      if (!(error instanceof NotFound || error instanceof Invalid)) throw error;
    }
  }
  return own;
}

async function isLive<T extends Resource>(
  cluster: Cluster,
  kind: Kind<T>,
  known: T,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { metadata } = await cluster.get(kind, nameOf(known), { signal });
    return metadata.uid === known.metadata.uid && metadata.deletionTimestamp === undefined;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
