/** PodGroups in tests: for the embedded cluster, and for servers that have them when they are told to. */
import { execFileSync } from 'node:child_process';
import type { CustomResourceDefinition } from '../../src/api/kubernetes.js';
import { apiVersionOf } from '../../src/api/meta/kind.js';
import { PodGroup } from '../../src/api/pod-group.js';
import type { Draft } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { pathOf } from '../control-plane/binaries.js';

/** What switches PodGroups on, in servers that say of themselves that they have them as a beta. */
export function podGroupFlags(): readonly string[] {
  const help = execFileSync(pathOf('kube-apiserver'), ['--help'], { encoding: 'utf8' });
  if (!help.includes('GenericWorkload=true|false (BETA')) return [];
  return ['--feature-gates=GenericWorkload=true', `--runtime-config=${apiVersionOf(PodGroup)}=true`];
}

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
