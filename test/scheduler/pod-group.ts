/** PodGroups in tests: for the embedded cluster, and for servers that have them when they are told to. */
import type { CustomResourceDefinition } from '../../src/api/kubernetes.js';
import { PodGroup } from '../../src/api/pod-group.js';
import type { Draft } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';

/** Have servers from 1.37 on serve PodGroups; those of 1.35 and 1.36 know the gate, and serve none. */
export const podGroupFlags = ['--feature-gates=GenericWorkload=true', '--runtime-config=api/beta=true'];

const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** Stands for the kind on the embedded cluster. */
export const podGroupDefinition: Draft<CustomResourceDefinition> = {
  metadata: { name: `${PodGroup.plural}.${PodGroup.group}` },
  spec: {
    group: PodGroup.group,
    scope: 'Namespaced',
    names: { kind: PodGroup.name, plural: PodGroup.plural },
    versions: [
      {
        name: PodGroup.version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: anything, status: anything } } },
        subresources: { status: {} },
      },
    ],
  },
};

export const createPodGroup = (
  cluster: Cluster,
  namespace: string,
  name: string,
  schedulingPolicy: PodGroup['spec']['schedulingPolicy'],
): Promise<PodGroup> => cluster.create(PodGroup, { metadata: { namespace, name }, spec: { schedulingPolicy } });
