/**
 * A pod's main container: the one whose program is the pod's work, which the latch stands in and which claims size. It goes
 * by its name, never by its place: admission (a service mesh, say) puts containers of others before it. Pure readings.
 */
import type { Container, ContainerStatus, Pod, PodSpec } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import { defaultContainerOf } from '../api/pod-template.js';
import { type JsonOperation, pointer } from '../cluster/patch.js';

/** A pod, a pod template, or a draft of a pod. */
export interface Containing {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> | undefined } | undefined;
  readonly spec?: PodSpec | undefined;
}

/**
 * Its name, as the line noted it when the pod was made, where nobody else can change it. Of a template, and of a pod that
 * the line did not make: the one that kubectl means by default, else the first.
 */
export const mainContainerName = (pod: Containing): string | undefined => mainContainer(pod)?.name;

export function mainContainer(pod: Containing): Container | undefined {
  const noted = pod.metadata?.annotations?.[annotations.mainContainer];
  return pod.spec?.containers.find(({ name }) => name === noted) ?? defaultContainerOf(pod);
}

/** The spec with its main container changed, wherever that stands; all others as they are. */
export function withMainContainer(pod: Containing, change: (main: Container) => Container): PodSpec | undefined {
  const name = mainContainerName(pod);
  return (
    pod.spec && {
      ...pod.spec,
      containers: pod.spec.containers.map((container) => (container.name === name ? change(container) : container)),
    }
  );
}

/** A field of it in a JSON Patch, which knows lists by their places alone: behind a test that it still stands there. */
export function atMainContainer(
  pod: Containing,
  field: keyof Container,
): { readonly path: string; readonly test: JsonOperation } | undefined {
  const name = mainContainerName(pod);
  const place = pod.spec?.containers.findIndex((container) => container.name === name) ?? -1;
  if (place < 0) return undefined;
  const at = (key: string) => pointer('spec', 'containers', String(place), key);
  return { path: at(field), test: { op: 'test', path: at('name'), value: name } };
}

/** What the kubelet says of it; `undefined` while it says nothing. */
export function mainStatus(pod: Pod): ContainerStatus | undefined {
  const name = mainContainerName(pod);
  return pod.status?.containerStatuses?.find((status) => status.name === name);
}

/** Its id: another one has it after a restart. */
export const mainContainerId = (pod: Pod): string | undefined => mainStatus(pod)?.containerID;
