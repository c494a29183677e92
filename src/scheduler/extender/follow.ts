import { Node, Pod } from '../../api/kubernetes.js';
import { keyOf, nameOf } from '../../api/meta/resource.js';
import { type ControllerDefinition, defineController, done } from '../../runtime/index.js';
import { followNamespaces } from '../cache/namespaces.js';
import type { SchedulerCache } from '../cache/scheduler-cache.js';

/** Keeps a cache up with the cluster, and does nothing else: for who answers questions and binds nothing. */
export function followCluster(cache: SchedulerCache): ControllerDefinition {
  const observe = (pod: Pod): void => {
    cache.nominate(pod);
    cache.observe(pod);
  };
  return defineController({
    name: 'extender',
    reconciler: { reconcile: () => Promise.resolve(done) },
    watches: [
      {
        kind: Pod,
        role: 'for',
        connect: (informers) => {
          followNamespaces(informers, cache.snapshot);
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
          return () => undefined;
        },
      },
    ],
  });
}
