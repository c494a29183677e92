/** Plans of plain clusters, and what they say, for the tests of src/rebalancer. */
import type { Plan } from '../../src/rebalancer/index.js';
import { ClusterModel, type GivenNode, type ModelOptions } from './cluster-model.js';

export function planned(nodes: readonly GivenNode[], options?: ModelOptions): Plan {
  const cluster = new ClusterModel(nodes, options);
  cluster.observe();
  return cluster.plan();
}

export const movesOf = ({ moves }: Plan) =>
  moves.map(({ pod, from, to, reason, means }) => ({ pod: pod.key, from, to, reason, means }));

/** The last one about a pod or a node. */
export const refusalOf = ({ refusals }: Plan, key: string) =>
  refusals.findLast(({ subject }) => subject.key === key)?.reason;
