import type { PodShape } from '../pod-shape.js';
import type { PodInfo } from '../snapshot/node-info.js';
import type { Snapshot } from '../snapshot/snapshot.js';

/** Why a node cannot take a pod. */
export interface Refusal {
  /** Name of the filter: that of kube-scheduler's plug-in. */
  readonly filter: string;
  /** In kube-scheduler's words, such as `Insufficient cpu`: equal ones are counted together. */
  readonly reasons: readonly string[];
  /** No pod that goes would help. */
  readonly unresolvable: boolean;
  /** What would have to change for this node to take the pod, in a sentence. */
  readonly remedy: string;
}

/** The pods of a row without some. */
export const podsWithout = (nodes: Snapshot, row: number, gone: ReadonlySet<PodInfo>): readonly PodInfo[] => {
  const pods = nodes.info(row)?.pods ?? [];
  return gone.size === 0 ? pods : pods.filter((pod) => !gone.has(pod));
};

export const nobody: ReadonlySet<PodInfo> = new Set();

/** Which nodes can take a pod: all nodes in one call, sentences only when somebody asks. Pure. */
export interface Filter {
  /** That of kube-scheduler's plug-in. */
  readonly name: string;
  /** Why no node needs to be asked (`PreFilter`), such as a claim that does not exist. */
  precondition?(pod: PodShape, nodes: Snapshot): string | undefined;
  /** Names of the only nodes that need to be asked (`PreFilterResult`); `undefined`: all. */
  candidates?(pod: PodShape): ReadonlySet<string> | undefined;
  /** Whether it has anything to say about this pod on these nodes; absent: always. */
  concerns?(pod: PodShape, nodes: Snapshot): boolean;
  /** Sets `feasible` to 0 for each row that cannot take the pod, and leaves the others as they are. */
  apply(pod: PodShape, nodes: Snapshot, feasible: Uint8Array): void;
  /**
   * Why this one cannot; `undefined` when it can. Agrees with `apply`. `nominated`: pods that count as if they were on the node,
   * `gone`: pods of the node that count as if they were not; `apply` knows nothing of either.
   */
  explain(
    pod: PodShape,
    nodes: Snapshot,
    row: number,
    nominated?: readonly PodInfo[],
    gone?: ReadonlySet<PodInfo>,
  ): Refusal | undefined;
  /** Whether `explain` would say anything, where that can be told for less. */
  refuses?(
    pod: PodShape,
    nodes: Snapshot,
    row: number,
    nominated: readonly PodInfo[],
    gone: ReadonlySet<PodInfo>,
  ): boolean;
}
