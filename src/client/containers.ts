import { Pod } from '../api/kubernetes.js';
import type { Metadata } from '../api/meta/metadata.js';
import { annotations, labels } from '../api/names.js';
import { endingOf } from '../line/ending.js';
import { claimUidOf, failuresBefore, indexOf, isTerminating } from '../line/pod-state.js';
import type { ClientParts } from './parts.js';

type Parts = Pick<ClientParts, 'cluster' | 'signal'>;
type ClaimRef = { readonly metadata: Pick<Metadata, 'name' | 'namespace' | 'uid'> };

/** The containers that a claim has now, by their number within the claim; those whose work has succeeded are among them. */
export async function containersOf(parts: Parts, claim: ClaimRef): Promise<readonly Pod[]> {
  return (await allContainersOf(parts, claim)).filter((pod) => endingOf(pod)?.outcome !== 'failed');
}

/** The same (one that is to take the place of another counts when that has gone), with those whose work has failed before the ones that do it now. */
export async function allContainersOf({ cluster, signal }: Parts, { metadata }: ClaimRef): Promise<readonly Pod[]> {
  const query = {
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    labels: `${labels.claim}=${metadata.name}`,
  };
  const { items } = await cluster.list(Pod, query, signal ? { signal } : {});
  const present = items.filter(
    (pod) => claimUidOf(pod) === metadata.uid && !isTerminating(pod) && endingOf(pod)?.outcome !== 'lost',
  );
  const uids = new Set(present.map((pod) => pod.metadata.uid));
  return present
    .filter((pod) => !uids.has(pod.metadata.annotations?.[annotations.replaces] ?? ''))
    .sort((a, b) => (indexOf(a) ?? 0) - (indexOf(b) ?? 0) || failuresBefore(a) - failuresBefore(b));
}
