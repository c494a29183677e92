import { ReplicaSet, ReplicationController, Service, StatefulSet } from '../../api/kubernetes.js';
import type { Kind } from '../../api/meta/kind.js';
import type { LabelSelector } from '../../api/meta/label-selector.js';
import type { Resource } from '../../api/meta/resource.js';
import type { Informers, Manager } from '../../runtime/index.js';
import {
  type DefaultSelector,
  defaultSelectorOf,
  type PodShape,
  type ServiceSelector,
  type WorkloadSelector,
} from '../../scheduling/index.js';

const byNamespace = 'namespace';

/**
 * What selects pods, as the informers show it: services and the workloads that own pods. What was found for a shape holds until one
 * of them changes.
 */
export function watchSelectors(informers: Informers): DefaultSelector {
  let known = new WeakMap<PodShape, { readonly selector: LabelSelector | undefined }>();
  const forget = () => {
    known = new WeakMap();
  };
  const follow = <T extends Resource>(kind: Kind<T>) => {
    const informer = informers.of(kind);
    informer.addIndex(byNamespace, ({ metadata: { namespace = '' } }) => [namespace]);
    informer.addHandler({ add: forget, update: forget, delete: forget });
    return (namespace: string) => informer.byIndex(byNamespace, namespace).values();
  };
  const [services, controllers] = [follow(Service), follow(ReplicationController)];
  const [replicaSets, statefulSets] = [follow(ReplicaSet), follow(StatefulSet)];
  return (pod) => {
    const { namespace } = pod;
    const found = known.get(pod) ?? {
      selector: defaultSelectorOf(pod, serviceSelectors(services(namespace)), [
        ...controllerSelectors(controllers(namespace)),
        ...workloadSelectors(replicaSets(namespace)),
        ...workloadSelectors(statefulSets(namespace)),
      ]),
    };
    known.set(pod, found);
    return found.selector;
  };
}

export const serviceSelectors = (services: Iterable<Service>): readonly ServiceSelector[] =>
  Array.from(services, ({ metadata: { namespace = '' }, spec }) => ({ namespace, selector: spec?.selector }));

export const controllerSelectors = (controllers: Iterable<ReplicationController>): readonly WorkloadSelector[] =>
  Array.from(controllers).flatMap(({ metadata: { namespace = '' }, spec }) =>
    spec?.selector ? [{ namespace, selector: { matchLabels: spec.selector } }] : [],
  );

export const workloadSelectors = (workloads: Iterable<ReplicaSet | StatefulSet>): readonly WorkloadSelector[] =>
  Array.from(workloads).flatMap(({ metadata: { namespace = '' }, spec }) =>
    spec ? [{ namespace, selector: spec.selector }] : [],
  );

/** Has the manager keep no more of services and workloads than selects pods. Not where others need the rest. */
export function trimSelectors(manager: Manager): void {
  manager.trim(Service, ({ spec, ...service }) => ({
    ...identity(service),
    ...(spec?.selector && { spec: { selector: spec.selector } }),
  }));
  manager.trim(ReplicationController, ({ spec, ...controller }) => ({
    ...identity(controller),
    ...(spec?.selector && { spec: { selector: spec.selector } }),
  }));
  manager.trim(ReplicaSet, ({ spec, ...replicaSet }) => ({
    ...identity(replicaSet),
    ...(spec && { spec: { selector: spec.selector } }),
  }));
  manager.trim(StatefulSet, ({ spec, ...statefulSet }) => ({
    ...identity(statefulSet),
    ...(spec && { spec: { selector: spec.selector, serviceName: spec.serviceName, template: {} } }),
  }));
}

function identity({ apiVersion, kind, metadata }: Resource): Resource {
  const { namespace, name, uid, resourceVersion, creationTimestamp } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, uid, resourceVersion, creationTimestamp, ...(namespace !== undefined && { namespace }) },
  };
}
