import type { OwnerReference } from '../../../api/meta/metadata.js';
import type { Resource } from '../../../api/meta/resource.js';

export const foreground = 'foregroundDeletion';
export const orphan = 'orphan';

/** How an owner stands: there, gone (also when the name now means another object), or waiting for its dependents to go. */
export type OwnerState = 'solid' | 'absent' | 'waiting';

export type DependentPlan =
  | { readonly do: 'nothing' }
  /** Some owner stays: the references to the others go. */
  | { readonly do: 'drop-references'; readonly uids: readonly string[] }
  | { readonly do: 'delete'; readonly propagation: 'Background' | 'Foreground' | 'Orphan' };

const has = ({ metadata }: Resource, finalizer: string): boolean => metadata.finalizers?.includes(finalizer) === true;
const isTerminating = ({ metadata }: Resource): boolean => metadata.deletionTimestamp !== undefined;

/** An owner that is deleted in the foreground, and waits until those that block it are gone. */
export const waitsForDependents = (owner: Resource): boolean => isTerminating(owner) && has(owner, foreground);
/** An owner that is deleted without what it owns. */
export const orphansDependents = (owner: Resource): boolean => isTerminating(owner) && has(owner, orphan);

/** `attemptToDeleteItem` of kube-controller-manager's garbage collector, without its reads and writes. */
export function decideDependent(
  object: Resource,
  owners: readonly { readonly reference: OwnerReference; readonly state: OwnerState }[],
  dependents: readonly Resource[],
): DependentPlan {
  if (owners.length === 0 || isTerminating(object)) return { do: 'nothing' };
  const of = (state: OwnerState) =>
    owners.filter((owner) => owner.state === state).map(({ reference }) => reference.uid);
  const solid = of('solid');
  const gone = of('absent');
  const waiting = of('waiting');
  if (solid.length > 0) {
    const uids = [...gone, ...waiting];
    return uids.length === 0 ? { do: 'nothing' } : { do: 'drop-references', uids };
  }
  // the owner waits for this object, so this one in its turn waits for its own
  if (waiting.length > 0 && dependents.length > 0) return { do: 'delete', propagation: 'Foreground' };
  if (has(object, orphan)) return { do: 'delete', propagation: 'Orphan' };
  return { do: 'delete', propagation: has(object, foreground) ? 'Foreground' : 'Background' };
}

/** Which of its dependents keep an owner that is deleted in the foreground. */
export function blocking(owner: Resource, dependents: readonly Resource[]): readonly Resource[] {
  return dependents.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid, blockOwnerDeletion }) => uid === owner.metadata.uid && blockOwnerDeletion),
  );
}
