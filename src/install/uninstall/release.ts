/** How a container that is in use outlives Penstock: the patches that let it go. Pure. */
import { ContainerClaim } from '../../api/container-claim.js';
import { Pod, type Secret } from '../../api/kubernetes.js';
import { apiVersionOf } from '../../api/meta/kind.js';
import type { OwnerReference } from '../../api/meta/metadata.js';
import type { Resource } from '../../api/meta/resource.js';
import { group, labels, states } from '../../api/names.js';
import { type JsonOperation, jsonPatch, type Patch, pointer } from '../../cluster/patch.js';

/** Whether the reference is to a claim: an object that it owns goes with the claim. */
const isToClaim = ({ apiVersion, kind }: OwnerReference): boolean =>
  kind === ContainerClaim.name && apiVersion.startsWith(`${group}/`);

/** The uids of the claims that own an object. */
export const claimsOwning = ({ metadata: { ownerReferences = [] } }: Pick<Resource, 'metadata'>): readonly string[] =>
  ownerReferences.filter(isToClaim).map(({ uid }) => uid);

/** By which an operator that is installed later would take the container for its own. */
const marks = [labels.pool, labels.claim, labels.template];

/**
 * Takes the container out of its claim's hands, as long as it is the one that was read. Annotations stay: the container
 * reads its configuration, and its latch its delivery, from them.
 */
export function releasePatch({ metadata: { uid, ownerReferences = [], labels: present = {} } }: Pod): Patch {
  return jsonPatch([
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path: '/metadata/ownerReferences', value: ownerReferences },
    { op: 'replace', path: '/metadata/ownerReferences', value: ownerReferences.filter((owner) => !isToClaim(owner)) },
    ...marks
      .filter((mark) => mark in present)
      .map((mark): JsonOperation => ({ op: 'remove', path: pointer('metadata', 'labels', mark) })),
    { op: 'add', path: pointer('metadata', 'labels', labels.state), value: states.released },
  ]);
}

/** Makes a container's Secret, which its claim owns, the container's own. */
export function keepSecretPatch({ metadata: { uid, ownerReferences = [] } }: Secret, pod: Pod): Patch {
  const owner = { apiVersion: apiVersionOf(Pod), kind: Pod.name, name: pod.metadata.name, uid: pod.metadata.uid };
  return jsonPatch([
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path: '/metadata/ownerReferences', value: ownerReferences },
    {
      op: 'replace',
      path: '/metadata/ownerReferences',
      value: [...ownerReferences.filter((reference) => !isToClaim(reference)), owner],
    },
  ]);
}
