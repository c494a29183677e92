import { Node, Pod } from '../../../src/api/kubernetes.js';
import { PodGroup } from '../../../src/api/pod-group.js';
import type { Draft } from '../../../src/api/meta/resource.js';
import type { Cluster } from '../../../src/cluster/cluster.js';
import { ApiError } from '../../../src/cluster/errors.js';
import { mergePatch } from '../../../src/cluster/patch.js';
import type { Duration } from '../../../src/support/time.js';

export const namespace = 'default';

/** What users and the world do in a run. All of it is data: it can be printed, and is the same whatever the faults are. */
export type Operation =
  | { readonly do: 'create-pod'; readonly pod: Draft<Pod> }
  | { readonly do: 'delete-pod'; readonly name: string }
  /** Its work ends by itself. */
  | { readonly do: 'finish-pod'; readonly name: string }
  | { readonly do: 'change-pod'; readonly name: string; readonly change: object }
  /** Room on this node is promised to the pod; `null`: no more. */
  | { readonly do: 'nominate-pod'; readonly name: string; readonly node: string | null }
  | { readonly do: 'create-pod-group'; readonly group: Draft<PodGroup> }
  | { readonly do: 'create-node'; readonly node: Draft<Node> }
  | { readonly do: 'delete-node'; readonly name: string }
  | { readonly do: 'change-node'; readonly name: string; readonly change: object }
  | { readonly do: 'resize-node'; readonly name: string; readonly allocatable: Readonly<Record<string, string>> };

export type TimedOperation = Operation & { readonly at: Duration };

/** Does it. What is not there (any more) is let be. */
export async function perform(operation: Operation, cluster: Cluster): Promise<void> {
  try {
    await act(operation, cluster);
  } catch (error) {
    if (!(error instanceof ApiError) || error.outcome !== 'refused') throw error;
  }
}

const status = { subresource: 'status' } as const;

async function act(operation: Operation, cluster: Cluster): Promise<unknown> {
  switch (operation.do) {
    case 'create-pod':
      return cluster.create(Pod, operation.pod);
    case 'delete-pod':
      return cluster.remove(Pod, { namespace, name: operation.name });
    case 'finish-pod': {
      const { spec } = await cluster.get(Pod, { namespace, name: operation.name });
      if (!spec?.nodeName) return undefined;
      return patchPod(cluster, operation.name, { phase: 'Succeeded' });
    }
    case 'change-pod':
      return cluster.patch(Pod, { namespace, name: operation.name }, mergePatch(operation.change));
    case 'nominate-pod': {
      const { spec } = await cluster.get(Pod, { namespace, name: operation.name });
      if (spec?.nodeName) return undefined;
      return patchPod(cluster, operation.name, { nominatedNodeName: operation.node });
    }
    case 'create-pod-group':
      return cluster.create(PodGroup, operation.group);
    case 'create-node':
      return cluster.create(Node, operation.node);
    case 'delete-node':
      return cluster.remove(Node, { name: operation.name });
    case 'change-node':
      return cluster.patch(Node, { name: operation.name }, mergePatch(operation.change));
    case 'resize-node':
      return cluster.patch(
        Node,
        { name: operation.name },
        mergePatch({ status: { allocatable: operation.allocatable, capacity: operation.allocatable } }),
        status,
      );
  }
}

const patchPod = (cluster: Cluster, name: string, change: object) =>
  cluster.patch(Pod, { namespace, name }, mergePatch({ status: change }), status);

/** In one line, for the trace. */
export function describeOperation(operation: Operation): string {
  switch (operation.do) {
    case 'create-pod':
      return `create pod ${operation.pod.metadata.name} ${JSON.stringify([operation.pod.metadata.labels, operation.pod.spec])}`;
    case 'create-pod-group':
      return `create pod group ${operation.group.metadata.name} ${JSON.stringify(operation.group.spec)}`;
    case 'create-node':
      return `create node ${operation.node.metadata.name} ${JSON.stringify([operation.node.metadata.labels, operation.node.spec, operation.node.status?.allocatable])}`;
    case 'change-pod':
    case 'change-node':
      return `${operation.do} ${operation.name} ${JSON.stringify(operation.change)}`;
    case 'resize-node':
      return `${operation.do} ${operation.name} ${JSON.stringify(operation.allocatable)}`;
    case 'nominate-pod':
      return `${operation.do} ${operation.name} for ${operation.node ?? 'no node'}`;
    case 'delete-pod':
    case 'finish-pod':
    case 'delete-node':
      return `${operation.do} ${operation.name}`;
  }
}

/** The name of the object that it is about. */
export function subjectOf(operation: Operation): string {
  if (operation.do === 'create-pod') return operation.pod.metadata.name ?? '';
  if (operation.do === 'create-pod-group') return operation.group.metadata.name ?? '';
  return operation.do === 'create-node' ? (operation.node.metadata.name ?? '') : operation.name;
}
