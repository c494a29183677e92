/**
 * What the caches keep. All Deployments and ReplicaSets of the cluster are watched, since annotations cannot be selected by
 * the server, and old ReplicaSets are many (ten for each Deployment by default). Of a Deployment some of its metadata is enough.
 * Kubernetes copies a Deployment's annotations to its present ReplicaSet, so those of others are known by their not having
 * ours, and their templates are not kept either: about half a KB each instead of 5 to 20.
 */
import type { Deployment, ReplicaSet } from '../api/kubernetes.js';
import type { Metadata } from '../api/meta/metadata.js';
import { optIn } from '../api/names.js';
import { hasGatedPods } from './gated.js';

/** Ours, and the number of a roll-out. */
const keptAnnotations = /^(migration\.)?penstock\.dev\/|^deployment\.kubernetes\.io\/revision$/;

export function trimDeployment({ apiVersion, kind, metadata }: Deployment): Deployment {
  return { apiVersion, kind, metadata: takesPart(metadata) ? metadata : trimMetadata(metadata) };
}

export function trimReplicaSet(set: ReplicaSet): ReplicaSet {
  const { apiVersion, kind, metadata, spec } = set;
  return takesPart(metadata) || hasGatedPods(set)
    ? { apiVersion, kind, metadata, ...(spec && { spec }) }
    : { apiVersion, kind, metadata: trimMetadata(metadata) };
}

const takesPart = ({ annotations }: Metadata): boolean => annotations?.[optIn.pool] !== undefined;

function trimMetadata(whole: Metadata): Metadata {
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, generation } = whole;
  const { ownerReferences, annotations = {} } = whole;
  const kept = Object.entries(annotations).filter(([key]) => keptAnnotations.test(key));
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    uid,
    resourceVersion,
    creationTimestamp,
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(generation !== undefined && { generation }),
    ...(ownerReferences && { ownerReferences }),
    ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
  };
}
