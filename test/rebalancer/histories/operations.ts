import { PodDisruptionBudget } from '../../../src/api/administration.js';
import { ContainerClaim } from '../../../src/api/container-claim.js';
import { ContainerPool } from '../../../src/api/container-pool.js';
import { Deployment, Node, Pod } from '../../../src/api/kubernetes.js';
import type { Draft } from '../../../src/api/meta/resource.js';
import type { Cluster } from '../../../src/cluster/cluster.js';
import { ApiError } from '../../../src/cluster/errors.js';
import { mergePatch } from '../../../src/cluster/patch.js';
import type { Duration } from '../../../src/support/time.js';

export const namespace = 'default';

/** What users do in a run. All of it is data: it can be printed, and is the same whatever the faults are. */
export type Operation =
  | { readonly do: 'create-deployment'; readonly deployment: Draft<Deployment> }
  | { readonly do: 'scale-deployment'; readonly name: string; readonly replicas: number }
  | { readonly do: 'create-budget'; readonly budget: Draft<PodDisruptionBudget> }
  | { readonly do: 'create-pool'; readonly pool: Draft<ContainerPool> }
  | { readonly do: 'create-claim'; readonly claim: Draft<ContainerClaim> }
  | { readonly do: 'delete-claim'; readonly name: string }
  | { readonly do: 'create-pod'; readonly pod: Draft<Pod> }
  | { readonly do: 'change-node'; readonly name: string; readonly change: object };

export type TimedOperation = Operation & { readonly at: Duration };

/** Does it. What is not there (any more) is let be. */
export async function perform(operation: Operation, cluster: Cluster): Promise<void> {
  try {
    await act(operation, cluster);
  } catch (error) {
    if (!(error instanceof ApiError) || (error.code !== 404 && error.code !== 409)) throw error;
  }
}

async function act(operation: Operation, cluster: Cluster): Promise<unknown> {
  switch (operation.do) {
    case 'create-deployment':
      return cluster.create(Deployment, operation.deployment);
    case 'scale-deployment': {
      const change = mergePatch({ spec: { replicas: operation.replicas } });
      return cluster.patch(Deployment, { namespace, name: operation.name }, change);
    }
    case 'create-budget':
      return cluster.create(PodDisruptionBudget, operation.budget);
    case 'create-pool':
      return cluster.create(ContainerPool, operation.pool);
    case 'create-claim':
      return cluster.create(ContainerClaim, operation.claim);
    case 'delete-claim':
      return cluster.remove(ContainerClaim, { namespace, name: operation.name });
    case 'create-pod':
      return cluster.create(Pod, operation.pod);
    case 'change-node':
      return cluster.patch(Node, { name: operation.name }, mergePatch(operation.change));
  }
}

/** In one line, for the trace. */
export const describeOperation = (operation: TimedOperation): string => JSON.stringify(operation);
