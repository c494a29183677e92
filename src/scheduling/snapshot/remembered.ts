import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from './snapshot.js';

type Computed<T> = (pod: PodShape, nodes: Snapshot) => T;

/**
 * `compute`, with what it gave last: a filter or a score asks several times for what it counts over all nodes for one pod. That
 * holds as long as nothing of the snapshot changes.
 */
export function remembered<T>(compute: Computed<T>): Computed<T> {
  let last: { readonly pod: PodShape; readonly at: readonly unknown[]; readonly value: T } | undefined;
  // of one snapshot only, and none is kept alive by it
  let of = new WeakRef<object>({});
  return (pod, nodes) => {
    const at = [nodes.changes.position, nodes.namespaces];
    if (last?.pod === pod && of.deref() === nodes && at.every((part, index) => part === last?.at[index]))
      return last.value;
    const value = compute(pod, nodes);
    last = { pod, at, value };
    of = new WeakRef(nodes);
    return value;
  };
}
