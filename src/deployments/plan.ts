/** What to do for one ReplicaSet: a pure function of it, its pods and the stock that was made from its template. */
import type { Pod, ReplicaSet } from '../api/kubernetes.js';
import { isGated, isOver, isStartingCold, isTerminating, isWaiting } from '../line/index.js';
import type { Constraints } from './constraints.js';

export interface ReplicaSetView {
  readonly replicaSet: ReplicaSet;
  /** Those that it controls. */
  readonly pods: Iterable<Pod>;
  /** Containers that can be handed over to it now, in any order. */
  readonly stock: readonly Pod[];
  /** Where they may be; `undefined`: anywhere. */
  readonly constraints: Constraints | undefined;
}

export interface ReplicaSetPlan {
  /** Containers to hand over to it. */
  readonly swap: readonly Pod[];
  /** Pods to let go, to start cold. */
  readonly open: readonly Pod[];
  /** Why replicas start cold, in a sentence that does not change with their number. */
  readonly cold: string | undefined;
}

/**
 * A container for each pod that does not run yet, except for those that are too many already: a hand-over before has
 * made them so, and the ReplicaSet has yet to delete them. Of pods behind the gate only those stay there: the ReplicaSet
 * deletes what has no node before anything else. Who asks for the gate wants no cold start wasted: what it has let go and
 * starts by now is left alone, although stock may come in that would be sooner.
 */
export function planReplicaSet({ replicaSet, pods, stock, constraints }: ReplicaSetView): ReplicaSetPlan {
  const active = [...pods].filter((pod) => !isTerminating(pod) && !isOver(pod));
  const waiting = active.filter((pod) => isWaiting(pod) && !isStartingCold(pod));
  const surplus = Math.max(0, active.length - (replicaSet.spec?.replicas ?? 1));
  const wanted = Math.max(0, waiting.length - surplus);
  const { chosen, objection } = choose(stock, wanted, constraints);
  const gated = waiting.filter(isGated).sort(oldestFirst);
  const stays = surplus + chosen.length;
  return {
    swap: chosen,
    open: gated.slice(0, Math.max(0, gated.length - stays)),
    cold:
      chosen.length === wanted
        ? undefined
        : objection === undefined
          ? 'no container in stock is ready'
          : `no more of the containers in stock may be used where they are: ${objection}`,
  };
}

interface Chosen {
  readonly chosen: readonly Pod[];
  readonly objection?: string;
}

/** The oldest first; two operators with the same view choose the same, and only one of them gets each. */
function choose(stock: readonly Pod[], wanted: number, constraints: Constraints | undefined): Chosen {
  const sorted = wanted === 0 ? [] : stock.toSorted(oldestFirst);
  if (!constraints) return { chosen: sorted.slice(0, wanted) };
  const nodes = byNode(sorted);
  const chosen: Pod[] = [];
  let objection: string | undefined;
  while (chosen.length < wanted) {
    // containers on one node are alike; one that may not be used now may be when others have been placed
    const pods = nodes.find(([first]) => {
      const found = first && constraints.objection(first);
      objection ??= found;
      return first && found === undefined;
    });
    const pod = pods?.shift();
    if (!pod) return objection === undefined ? { chosen } : { chosen, objection };
    constraints.place(pod);
    chosen.push(pod);
  }
  return { chosen };
}

function byNode(pods: readonly Pod[]): readonly Pod[][] {
  const nodes = new Map<string, Pod[]>();
  for (const pod of pods) {
    const node = pod.spec?.nodeName ?? '';
    const there = nodes.get(node);
    if (there) there.push(pod);
    else nodes.set(node, [pod]);
  }
  return [...nodes.values()];
}

/** In an order that every replica of the operator finds alike. */
export function oldestFirst(a: Pod, b: Pod): number {
  const [left, right] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (left !== right) return left < right ? -1 : 1;
  return a.metadata.uid < b.metadata.uid ? -1 : 1;
}
