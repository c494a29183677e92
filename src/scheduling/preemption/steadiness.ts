import type { Key } from '../../api/meta/resource.js';
import type { LoadModel } from '../load/load-model.js';
import type { Amounts } from '../resources/amounts.js';
import type { PodInfo } from '../snapshot/node-info.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { byPriority, type Importance } from './importance.js';
import { isStock } from './stock.js';

/** What a pod uses over a window, by resource. */
export interface PodUse {
  readonly mean: Amounts;
  /** In the square of the unit. */
  readonly variance: Amounts;
}

/** What is known of the use of pods, and how it adds up to the load of their node. */
export interface UseOfPods {
  /** `undefined`: it has not been measured for long enough to say. */
  readonly useOf: (pod: Key) => PodUse | undefined;
  readonly load: LoadModel;
}

/** What a pod adds to the composite load of its node. */
export interface LoadShare {
  readonly mean: number;
  /** Σ_r (load(U + σ_r) − load(U))²: its resources as if they were independent, the load as if it were linear over σ_r. */
  readonly variance: number;
}

/** `undefined`: its use is not known. */
export function loadShare(
  pod: PodInfo,
  nodes: Snapshot,
  row: number,
  { useOf, load }: UseOfPods,
): LoadShare | undefined {
  const use = useOf(pod.key);
  if (!use) return undefined;
  const now = load.load(nodes, row);
  let [mean, variance] = [0, 0];
  for (const [index, { name }] of nodes.columns.entries()) {
    if (load.weights[name] === undefined) continue;
    const added = new Float64Array(nodes.columns.length);
    added[index] = Math.sqrt(use.variance[name] ?? 0);
    variance += (load.load(nodes, row, added) - now) ** 2;
    added[index] = -(use.mean[name] ?? 0);
    mean += now - load.load(nodes, row, added);
  }
  return { mean, variance };
}

/**
 * The order in which steady pods are more important than unsteady ones of the same priority, before start times decide (B6), and after
 * stock, which is less important than either. Where
 * the use of some pod of a priority is not known, start times alone decide between those of that priority.
 */
export function bySteadiness(pods: readonly PodInfo[], nodes: Snapshot, row: number, use: UseOfPods): Importance {
  const variances = new Map(pods.map((pod) => [pod, loadShare(pod, nodes, row, use)?.variance]));
  const unknown = new Set(pods.filter((pod) => variances.get(pod) === undefined).map(({ shape }) => shape.priority));
  const varianceOf = (pod: PodInfo): number => (unknown.has(pod.shape.priority) ? 0 : (variances.get(pod) ?? 0));
  return (a, b) =>
    b.shape.priority - a.shape.priority ||
    Number(isStock(a)) - Number(isStock(b)) ||
    varianceOf(a) - varianceOf(b) ||
    byPriority(a, b);
}
