/** How the cache files a pool's pods; `operator` registers these. */
import type { ContainerPool } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import type { IndexFunction } from '../runtime/index.js';
import { isDelivered, isKept, isProducing, isQuarantined, isReturned, isStocked, poolKeyOf } from '../line/index.js';

export const indexes = {
  stock: 'stock',
  returned: 'returned',
  delivered: 'delivered',
  quarantined: 'quarantined',
  byLine: 'line',
  forDeployment: 'deployment',
  stockOn: 'stock-node',
} as const;

const byPool =
  (belongs: (pod: Pod) => boolean): IndexFunction<Pod> =>
  (pod) => {
    const pool = belongs(pod) ? poolKeyOf(pod) : undefined;
    return pool === undefined ? [] : [pool];
  };

/** Pods in stock or on their way there, by the key of their pool: anyone may have them. */
export const stock = byPool((pod) => (isStocked(pod) && !isKept(pod)) || isProducing(pod));
/** The same by the name of their node. */
export const stockOn: IndexFunction<Pod> = (pod) => (stock(pod).length > 0 ? [pod.spec?.nodeName ?? ''] : []);
/** Pods that came back from claims, by the key of their pool: in stock again, but for their tenant only, or not yet clean. */
export const returned = byPool((pod) => isReturned(pod) || isKept(pod));
/** Pods that claims or a Deployment hold, by the key of the pool that made them. */
export const delivered = byPool(isDelivered);
/** Pods that failed in a stage and are kept aside, by the key of their pool. */
export const quarantined = byPool(isQuarantined);
/** Pools that go by a line, by its key. */
export const byLine: IndexFunction<ContainerPool> = ({ metadata: { namespace }, spec: { line } }) =>
  line ? [`${namespace}/${line.name}`] : [];
/** Pools that are made for a Deployment, by its key. */
export const forDeployment: IndexFunction<ContainerPool> = ({ metadata: { namespace }, spec: { fromDeployment } }) =>
  fromDeployment ? [`${namespace}/${fromDeployment.name}`] : [];
