/**
 * What the caches keep. All Deployments and ReplicaSets of the cluster are watched, since annotations cannot be selected by
 * the server, and old ReplicaSets are many (ten for each Deployment by default). Of a Deployment its metadata is enough.
 * Kubernetes copies a Deployment's annotations to its present ReplicaSet, so those of others are known by their not having
 * ours, and their templates are not kept either: about 1 KB each instead of 5 to 20.
 */
import type { Deployment, ReplicaSet } from '../api/kubernetes.js';
import type { Metadata } from '../api/meta/metadata.js';
import { optIn } from '../api/names.js';

/** What `kubectl apply` notes is a whole copy of the object. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export function trimDeployment({ apiVersion, kind, metadata }: Deployment): Deployment {
  return { apiVersion, kind, metadata: trimMetadata(metadata) };
}

export function trimReplicaSet({ apiVersion, kind, metadata, spec }: ReplicaSet): ReplicaSet {
  const takesPart = metadata.annotations?.[optIn.pool] !== undefined;
  return { apiVersion, kind, metadata: trimMetadata(metadata), ...(takesPart && spec && { spec }) };
}

function trimMetadata(whole: Metadata): Metadata {
  const { managedFields: _managedFields, annotations, ...metadata } = whole;
  if (annotations === undefined) return metadata;
  const { [lastApplied]: _lastApplied, ...kept } = annotations;
  return { ...metadata, annotations: kept };
}
