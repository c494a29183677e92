import type { Key } from '../../api/meta/resource.js';
import { explainNode, filterNodes, fitMessage, type Refusal } from '../filters/index.js';
import type { ScorePolicy, Term } from '../policies/policy.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { softTaintsOf } from '../soft-taints.js';

/** What one resource of a node comes to: cpu in thousandths of a core, bytes, bytes per second, pieces. */
export interface ResourceState {
  readonly resource: string;
  readonly capacity: number;
  readonly requested: number;
  /** What counts as used; `measured`: whether that comes from a measurement. */
  readonly use: number;
  readonly measured: boolean;
}

export interface NodeExplanation {
  readonly node: string;
  readonly resources: readonly ResourceState[];
  /** Why it cannot take the pod. */
  readonly refusal?: Refusal;
  /** Its score, which the terms add up to. */
  readonly score?: number;
  readonly terms?: readonly Term[];
  /** It is taken only when no other can be, whatever its score is: a taint says `PreferNoSchedule`. */
  readonly avoided?: true;
  /** What the policy weighs and this node has no capacity of: the other weights make up for it. */
  readonly leftOut?: readonly string[];
}

/** Why a pod would go where it would. */
export interface PodExplanation {
  readonly policy: string;
  /** The nodes that can take it by score, the best first; then those that cannot. */
  readonly nodes: readonly NodeExplanation[];
  readonly feasible: number;
  /** In one sentence. */
  readonly message: string;
}

/**
 * Asks all nodes about a pod that is not among those on them.
 * @param self the pod's own key: where it is nominated, it does not stand in its own way
 */
export function explainPod(pod: PodShape, nodes: Snapshot, policy: ScorePolicy, self?: Key): PodExplanation {
  const { feasible, unschedulable } = filterNodes(pod, nodes, self === undefined ? {} : { self });
  const scores = new Float64Array(nodes.present.length);
  policy.score(pod, nodes, feasible, scores);
  const softTaints = softTaintsOf(pod, nodes).rows;
  const explained = [...nodes.infos()].map(({ name, row }): NodeExplanation => {
    const resources = resourcesOf(pod, nodes, row);
    if (feasible[row] !== 1) {
      const refusal = explainNode(pod, nodes, row, self);
      return { node: name, resources, ...(refusal && { refusal }) };
    }
    const leftOut = (policy.weighs ?? []).filter((resource) => !hasCapacity(nodes, resource, row));
    const terms = policy.explain(pod, nodes, feasible, row);
    const isAvoided = !policy.weighsTaints && softTaints[row] !== 0;
    const score = scores[row]!;
    return {
      node: name,
      resources,
      score,
      terms,
      ...(isAvoided && { avoided: true }),
      ...(leftOut.length > 0 && { leftOut }),
    };
  });
  const able = explained.filter(({ score }) => score !== undefined).sort(byPreference);
  const unable = explained.filter(({ score }) => score === undefined);
  const refusals = unable.flatMap(({ refusal }) => refusal ?? []);
  const message =
    able.length > 0
      ? `${able.length} of ${nodes.size} nodes can take it; ${policy.name} prefers ${able[0]?.node}`
      : nodes.size === 0
        ? 'there are no nodes'
        : fitMessage(refusals, unschedulable);
  return { policy: policy.name, nodes: [...able, ...unable], feasible: able.length, message };
}

const byPreference = (a: NodeExplanation, b: NodeExplanation): number =>
  Number(a.avoided ?? false) - Number(b.avoided ?? false) || (b.score ?? 0) - (a.score ?? 0);

const hasCapacity = (nodes: Snapshot, resource: string, row: number): boolean =>
  (nodes.column(resource)?.capacity[row] ?? 0) > 0;

/** What a policy weighs and no node has a capacity of. */
export const weighedInVain = ({ weighs = [] }: ScorePolicy, nodes: Snapshot): readonly string[] =>
  weighs.filter((resource) => [...nodes.infos()].every(({ row }) => !hasCapacity(nodes, resource, row)));

/** Of the resources that the node has or the pod asks for. */
function resourcesOf({ requests }: PodShape, nodes: Snapshot, row: number): readonly ResourceState[] {
  return nodes.columns
    .filter(({ name, capacity }) => capacity[row]! > 0 || (requests[name] ?? 0) > 0)
    .map(({ name, capacity, requested, use, measured }) => ({
      resource: name,
      capacity: capacity[row]!,
      requested: requested[row]!,
      use: use[row]!,
      measured: !Number.isNaN(measured[row]!),
    }));
}
