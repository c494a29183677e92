import type { PodInfo } from '../snapshot/node-info.js';
import { startOf } from './importance.js';
import { isStock } from './stock.js';

/** Pods that can go only all together, wherever they are: those of a PodGroup with `disruptionMode: all`. */
export interface VictimGroup {
  /** Equal for its pods, and for no others. */
  readonly key: string;
  readonly priority: number;
  readonly pods: readonly PodInfo[];
}

/** What goes or stays as one: a pod, or a group. */
export interface Victim {
  readonly priority: number;
  readonly pods: readonly PodInfo[];
  readonly isGroup: boolean;
}

/** The pods of a node as what goes together, with the pods of their groups that are elsewhere. */
export function victimsAmong(
  pods: readonly PodInfo[],
  groupOf: (pod: PodInfo) => VictimGroup | undefined,
): readonly Victim[] {
  const groups = new Set<string>();
  return pods.flatMap((pod): readonly Victim[] => {
    const group = groupOf(pod);
    if (!group) return [{ priority: pod.shape.priority, pods: [pod], isGroup: false }];
    if (groups.has(group.key)) return [];
    groups.add(group.key);
    return [{ priority: group.priority, pods: group.pods, isGroup: true }];
  });
}

/**
 * kube-scheduler's order (`MoreImportantVictim`), the more important first: by priority, groups before pods, the larger group, that which
 * started first. Stock comes last among pods of one priority.
 */
export const byVictimPriority = (a: Victim, b: Victim): number =>
  b.priority - a.priority ||
  Number(b.isGroup) - Number(a.isGroup) ||
  b.pods.length - a.pods.length ||
  Number(isStockOnly(a)) - Number(isStockOnly(b)) ||
  compare(earliest(a), earliest(b));

const isStockOnly = ({ pods }: Victim): boolean => pods.every(isStock);
const earliest = ({ pods }: Victim): number => Math.min(...pods.map(startOf));
/** Infinity less itself is not 0. */
const compare = (a: number, b: number): number => (a === b ? 0 : a - b);
