/** What is done about a pool that has no template to make containers from. Pure. */
import type { Pod } from '../api/kubernetes.js';
import { type Hindrance, isReady, isTerminating } from '../line/index.js';
import type { StockPlan } from './plan-stock.js';

/**
 * Nothing is made, and what is in stock stays for when the hindrance is gone; only when the Deployment itself is gone,
 * nobody can use it any more.
 */
export function standStill({ reason, message }: Hindrance, pods: Iterable<Pod>): StockPlan {
  const stock = [...pods].filter((pod) => !isTerminating(pod));
  const ready = stock.filter(isReady).length;
  return {
    create: 0,
    produce: [],
    retire:
      reason === 'DeploymentMissing'
        ? stock.map((pod) => ({ pod, cause: 'ownerless', why: 'its Deployment is gone' }))
        : [],
    counts: { replicas: stock.length, ready, starting: stock.length - ready, failing: 0, updated: 0, outdated: 0 },
    heldBack: message,
    wakeAt: undefined,
  };
}
