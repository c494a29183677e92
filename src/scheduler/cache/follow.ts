import { Node, Pod } from '../../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../../api/meta/resource.js';
import { type ControllerDefinition, defineController, done, type Reconciler } from '../../runtime/index.js';
import { watchBudgets } from './budgets.js';
import { followNamespaces } from './namespaces.js';
import type { SchedulerCache } from './scheduler-cache.js';
import { watchVolumes } from './volumes.js';

export interface FollowOptions {
  /** Of the controller. */
  readonly name: string;
  /** Reconciles one thing: the cluster as a whole. It is called when it begins to lead, and then as often as it says. Default: nothing is done. */
  readonly reconciler?: Reconciler;
  /** Default: claims and volumes are not watched, and no claim exists. */
  readonly watchesVolumes?: boolean;
  /** Default: disruption budgets are not watched. */
  readonly watchesBudgets?: boolean;
}

const nothing: Reconciler = { reconcile: () => Promise.resolve(done) };
/** The one key of the controller. */
const cluster: Key = 'cluster';

/** Keeps a cache up with the cluster: for who answers questions, or acts on the cluster as a whole, and binds nothing. */
export function followCluster(
  cache: SchedulerCache,
  { name, reconciler = nothing, watchesVolumes = false, watchesBudgets = false }: FollowOptions,
): ControllerDefinition {
  const observe = (pod: Pod): void => {
    cache.nominate(pod);
    cache.observe(pod);
  };
  return defineController({
    name,
    reconciler,
    watches: [
      {
        kind: Pod,
        role: 'for',
        connect: (informers, _reconciled, wake) => {
          followNamespaces(informers, cache.snapshot);
          if (watchesVolumes) cache.snapshot.setVolumes(watchVolumes(informers, () => undefined));
          if (watchesBudgets) cache.setBudgets(watchBudgets(informers));
          informers.of(Node).addHandler({
            add: (node) => void cache.setNode(node),
            update: (_old, node) => void cache.setNode(node),
            delete: ({ metadata }) => cache.removeNode(metadata.name),
          });
          informers.of(Pod).addHandler({
            add: observe,
            update: (_old, pod) => observe(pod),
            delete: (pod) => {
              const key = keyOf(nameOf(pod));
              cache.withdraw(key);
              cache.remove(key);
            },
          });
          return () => [() => wake(cluster, 0, 0)];
        },
      },
    ],
  });
}
