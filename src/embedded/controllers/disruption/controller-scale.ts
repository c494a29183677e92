import {
  CustomResourceDefinition,
  Deployment,
  type Pod,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
  scaleOf,
} from '../../../api/kubernetes.js';
import { controllerOf, type Kind } from '../../../api/meta/kind.js';
import type { OwnerReference } from '../../../api/meta/metadata.js';
import { keyOf, type Resource } from '../../../api/meta/resource.js';
import type { Cluster } from '../../../cluster/cluster.js';
import { NotFound } from '../../../cluster/errors.js';
import type { Cache } from '../../../runtime/index.js';

type Workload = Resource & { readonly spec?: { readonly replicas?: number } };

/** The kinds of Kubernetes that control pods and have a scale. */
export const workloads: readonly Kind<Workload>[] = [Deployment, ReplicaSet, StatefulSet, ReplicationController];

interface ControllerScale {
  readonly uid: string;
  readonly replicas: number;
}

export interface ExpectedScale {
  /** The replicas that all controllers of the pods want, together. */
  readonly replicas: number;
  /** The names of pods that nobody controls: they are not counted. */
  readonly unmanaged: readonly string[];
}

/** Looks up how many pods the controllers of pods want. Needs `workloads` and definitions in the cache. */
export class ControllerScales {
  constructor(
    private readonly cluster: Cluster,
    private readonly cache: Cache,
  ) {}

  /** `getExpectedScale` of Kubernetes. Throws for a pod whose controller is gone or has no scale. */
  async expected(pods: Iterable<Pod>, signal: AbortSignal): Promise<ExpectedScale> {
    const unmanaged: string[] = [];
    const seen = new Set<string>();
    const scales = new Map<string, number>();
    for (const pod of pods) {
      const owner = controllerOf(pod);
      if (!owner) unmanaged.push(pod.metadata.name);
      if (!owner || seen.has(owner.uid)) continue;
      const scale = await this.#of(owner, pod.metadata.namespace, signal);
      if (!scale) throw new Error(`found no controllers for pod "${pod.metadata.name}"`);
      seen.add(owner.uid);
      scales.set(scale.uid, scale.replicas);
    }
    let replicas = 0;
    for (const count of scales.values()) replicas += count;
    return { replicas, unmanaged };
  }

  async #of(owner: OwnerReference, namespace: string | undefined, signal: AbortSignal) {
    const kind = workloads.find(({ group, name }) => name === owner.kind && group === groupOf(owner));
    return kind ? this.#ofWorkload(kind, owner, namespace) : this.#ofCustom(owner, namespace, signal);
  }

  /** Of a ReplicaSet of a Deployment, that of the Deployment: a roll-out does not change it. */
  #ofWorkload(kind: Kind<Workload>, owner: OwnerReference, namespace = ''): ControllerScale | undefined {
    const workload = this.cache.get(kind, keyOf({ namespace, name: owner.name }));
    if (workload?.metadata.uid !== owner.uid) return undefined;
    const above = kind.name === ReplicaSet.name ? controllerOf(workload) : undefined;
    const deployment = above?.kind === Deployment.name ? this.#ofWorkload(Deployment, above, namespace) : undefined;
    return deployment ?? { uid: workload.metadata.uid, replicas: workload.spec?.replicas ?? 1 };
  }

  async #ofCustom(owner: OwnerReference, namespace = '', signal: AbortSignal): Promise<ControllerScale | undefined> {
    const kind = this.#scalable(owner);
    try {
      const { metadata, spec } = await this.cluster.get(scaleOf(kind), { namespace, name: owner.name }, { signal });
      return metadata.uid === owner.uid ? { uid: owner.uid, replicas: spec?.replicas ?? 0 } : undefined;
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }

  /** The kind of an owner that a definition gives a scale. Throws when there is none. */
  #scalable(owner: OwnerReference): Kind<Resource> {
    const group = groupOf(owner);
    for (const { spec } of this.cache.list(CustomResourceDefinition)) {
      if (spec.group !== group || spec.names.kind !== owner.kind) continue;
      const version = owner.apiVersion.slice(group.length + 1);
      const { plural } = spec.names;
      if (spec.versions.some(({ name, subresources }) => name === version && subresources?.scale))
        return { group, version, plural, name: owner.kind, namespaced: spec.scope === 'Namespaced' };
      throw new Error(`${plural}.${group} does not implement the scale subresource`);
    }
    throw new Error(`no matches for kind "${owner.kind}" in version "${owner.apiVersion}"`);
  }
}

const groupOf = ({ apiVersion }: OwnerReference): string => {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
};
