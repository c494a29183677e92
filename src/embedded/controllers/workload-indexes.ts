import { Deployment, Pod, ReplicaSet } from '../../api/kubernetes.js';
import { controllerOf } from '../../api/meta/kind.js';
import type { Resource } from '../../api/meta/resource.js';
import type { Manager } from '../../runtime/index.js';

/** Pods by the uid of their controller; those without one by `orphansOf` their namespace. */
export const byController = 'controller';
/** ReplicaSets and Deployments by namespace. */
export const byNamespace = 'namespace';

export const orphansOf = (namespace: string | undefined): string => `orphans/${namespace ?? ''}`;

const controllerUid = (pod: Pod): readonly string[] => [controllerOf(pod)?.uid ?? orphansOf(pod.metadata.namespace)];
const namespaceOf = ({ metadata }: Resource): readonly string[] => [metadata.namespace ?? ''];

/** Declares what the controllers of workloads look things up by; any number of times. */
export function indexWorkloads(manager: Pick<Manager, 'index'>): void {
  manager.index(Pod, byController, controllerUid);
  manager.index(ReplicaSet, byNamespace, namespaceOf);
  manager.index(Deployment, byNamespace, namespaceOf);
}
