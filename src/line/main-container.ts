/**
 * A pod's main container: the one whose program is the pod's work, which the latch stands in and which claims size. It goes
 * by its name, never by its place: admission (a service mesh, say) puts containers of others before it. Pure readings.
 */
import type { Container, ContainerStatus, Pod, PodSpec } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';

/** kubectl's own annotation: the container that `kubectl logs` and `kubectl exec` mean when they name none. */
const defaultContainer = 'kubectl.kubernetes.io/default-container';

/** A pod, a pod template, or a draft of a pod. */
export interface Containing {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> | undefined } | undefined;
  readonly spec?: PodSpec | undefined;
}

/**
 * Its name, as the line noted it when the pod was made, where nobody else can change it. Of a template, and of a pod that
 * the line did not make: the one that kubectl means by default, else the first.
 */
export function mainContainerName({ metadata, spec }: Containing): string | undefined {
  const noted = metadata?.annotations?.[annotations.mainContainer];
  if (noted !== undefined) return noted;
  const named = metadata?.annotations?.[defaultContainer];
  const containers = spec?.containers ?? [];
  return containers.find(({ name }) => name === named)?.name ?? containers[0]?.name;
}

export function mainContainer(pod: Containing): Container | undefined {
  const name = mainContainerName(pod);
  return pod.spec?.containers.find((container) => container.name === name);
}

/** What the kubelet says of it; `undefined` while it says nothing. */
export function mainStatus(pod: Pod): ContainerStatus | undefined {
  const name = mainContainerName(pod);
  return pod.status?.containerStatuses?.find((status) => status.name === name);
}
