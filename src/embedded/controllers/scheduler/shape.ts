import type { Pod, PodSpec } from '../../../api/kubernetes.js';
import { canonicalJson } from '../../../support/digest.js';
import { type Amounts } from '../../../scheduling/resources/amounts.js';
import { podRequests } from '../../../scheduling/resources/pod-requests.js';

type Affinity = NonNullable<NonNullable<PodSpec['affinity']>['nodeAffinity']>;
type NodeSelector = NonNullable<Affinity['requiredDuringSchedulingIgnoredDuringExecution']>;

/** All of a pod that decides which nodes can take it. */
export interface PodShape {
  readonly requests: Amounts;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly affinity: NodeSelector['nodeSelectorTerms'] | undefined;
  readonly tolerations: NonNullable<PodSpec['tolerations']>;
}

export function shapeOf(pod: Pod): PodShape {
  const spec = pod.spec ?? { containers: [] };
  return {
    requests: podRequests(spec),
    nodeSelector: spec.nodeSelector ?? {},
    affinity: spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms,
    tolerations: spec.tolerations ?? [],
  };
}

/** Equal for pods of which either all fit somewhere or none. */
export const groupOf = (shape: PodShape): string => canonicalJson(shape);
