/** The kinds of Kubernetes itself that Penstock reads or writes. */
import './newer-fields.js';
import type { CustomResourceDefinition as WireCustomResourceDefinition } from 'kubernetes-types/apiextensions/v1.js';
import type {
  Deployment as WireDeployment,
  ReplicaSet as WireReplicaSet,
  StatefulSet as WireStatefulSet,
} from 'kubernetes-types/apps/v1.js';
import type { TokenRequest as WireTokenRequest } from 'kubernetes-types/authentication/v1.js';
import type { Scale as WireScale } from 'kubernetes-types/autoscaling/v1.js';
import type { Lease as WireLease } from 'kubernetes-types/coordination/v1.js';
import type * as core from 'kubernetes-types/core/v1.js';
import type { Event as WireEvent } from 'kubernetes-types/events/v1.js';
import type { Eviction as WireEviction } from 'kubernetes-types/policy/v1.js';
import type { DeepReadonly } from '../support/readonly.js';
import { type Kind, kind } from './meta/kind.js';
import type { Resource, ResourceOf } from './meta/resource.js';

export type PodSpec = DeepReadonly<core.PodSpec>;
export type PodStatus = DeepReadonly<core.PodStatus>;
export type PodTemplate = DeepReadonly<core.PodTemplateSpec>;
export type Container = DeepReadonly<core.Container>;
export type ContainerStatus = DeepReadonly<core.ContainerStatus>;
export type PodCondition = DeepReadonly<core.PodCondition>;

export type Pod = ResourceOf<core.Pod>;
export type Node = ResourceOf<core.Node>;
export type Namespace = ResourceOf<core.Namespace>;
export type Secret = ResourceOf<core.Secret>;
export type ConfigMap = ResourceOf<core.ConfigMap>;
export type ServiceAccount = ResourceOf<core.ServiceAccount>;
export type Event = ResourceOf<WireEvent>;
export type Lease = ResourceOf<WireLease>;
export type ReplicaSet = ResourceOf<WireReplicaSet>;
export type Deployment = ResourceOf<WireDeployment>;
export type StatefulSet = ResourceOf<WireStatefulSet>;
export type ReplicationController = ResourceOf<core.ReplicationController>;
export type Service = ResourceOf<core.Service>;
export type CustomResourceDefinition = ResourceOf<WireCustomResourceDefinition>;
export type Binding = ResourceOf<core.Binding>;
export type Eviction = ResourceOf<WireEviction>;
export type TokenRequest = ResourceOf<WireTokenRequest>;
export type Scale = ResourceOf<WireScale>;

const coreKind = <T extends Resource>(name: string, plural: string, namespaced = true) =>
  kind<T>({ group: '', version: 'v1', plural, name, namespaced });
const appsKind = <T extends Resource>(name: string, plural: string) =>
  kind<T>({ group: 'apps', version: 'v1', plural, name, namespaced: true });

export const Pod = coreKind<Pod>('Pod', 'pods');
export const Secret = coreKind<Secret>('Secret', 'secrets');
export const ConfigMap = coreKind<ConfigMap>('ConfigMap', 'configmaps');
export const ServiceAccount = coreKind<ServiceAccount>('ServiceAccount', 'serviceaccounts');
export const Node = kind<Node>({ group: '', version: 'v1', plural: 'nodes', name: 'Node', namespaced: false });
export const Namespace = kind<Namespace>({
  group: '',
  version: 'v1',
  plural: 'namespaces',
  name: 'Namespace',
  namespaced: false,
});
export const ReplicaSet = appsKind<ReplicaSet>('ReplicaSet', 'replicasets');
export const Deployment = appsKind<Deployment>('Deployment', 'deployments');
export const StatefulSet = appsKind<StatefulSet>('StatefulSet', 'statefulsets');
export const ReplicationController = coreKind<ReplicationController>('ReplicationController', 'replicationcontrollers');
export const Service = coreKind<Service>('Service', 'services');
export const Lease = kind<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  name: 'Lease',
  namespaced: true,
});
export const Event = kind<Event>({
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  name: 'Event',
  namespaced: true,
});
export const CustomResourceDefinition = kind<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  name: 'CustomResourceDefinition',
  namespaced: false,
});

/** Posted to a pod: runs it on `target`. */
export const Binding = kind<Binding>({
  group: '',
  version: 'v1',
  plural: 'pods',
  name: 'Binding',
  namespaced: true,
  below: { parent: Pod, path: 'binding' },
});
/** Posted to a pod: deletes it if its disruption budgets allow. */
export const Eviction = kind<Eviction>({
  group: 'policy',
  version: 'v1',
  plural: 'pods',
  name: 'Eviction',
  namespaced: true,
  below: { parent: Pod, path: 'eviction' },
});
/** Posted to a service account: answered with a token of it. */
export const TokenRequest = kind<TokenRequest>({
  group: 'authentication.k8s.io',
  version: 'v1',
  plural: 'serviceaccounts',
  name: 'TokenRequest',
  namespaced: true,
  below: { parent: ServiceAccount, path: 'token' },
});
/** The `scale` subresource of `parent`: what `kubectl scale` and a HorizontalPodAutoscaler write. */
export const scaleOf = <T extends Resource>(parent: Kind<T>): Kind<Scale> =>
  kind<Scale>({
    group: 'autoscaling',
    version: 'v1',
    plural: parent.plural,
    name: 'Scale',
    namespaced: parent.namespaced,
    below: { parent, path: 'scale' },
  });
