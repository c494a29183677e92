/** How the cache files a pool's pods; `operator` registers these. */
import type { Pod } from '../api/kubernetes.js';
import type { IndexFunction } from '../runtime/index.js';
import { isDelivered, isStocked, poolKeyOf } from '../line/index.js';

export const indexes = { stock: 'stock', delivered: 'delivered' } as const;

const byPool =
  (belongs: (pod: Pod) => boolean): IndexFunction<Pod> =>
  (pod) => {
    const pool = belongs(pod) ? poolKeyOf(pod) : undefined;
    return pool === undefined ? [] : [pool];
  };

/** Pods in stock or on their way there, by the key of their pool. */
export const stock = byPool(isStocked);
/** Pods that claims hold, by the key of the pool that made them. */
export const delivered = byPool(isDelivered);
