import { installCrds } from '../../cluster/crds.js';
import { Pod } from '../../api/kubernetes.js';
import { penstockKinds } from '../../embedded/controllers/index.js';
import { createEmbeddedWorld } from '../../embedded/index.js';
import type { Clock } from '../../support/clock.js';
import type { Random } from '../../support/random.js';
import { nodesOf, type Place } from './place.js';

/** A cluster in this process. */
export async function embeddedPlace(clock: Clock, random: Random, containers: number): Promise<Place> {
  const nodes = nodesOf(containers);
  const world = createEmbeddedWorld({
    clock,
    random: random.split('world'),
    nodes: { count: nodes, name: 'node' },
    controllers: ['garbage-collector', 'scheduler'],
    collectedKinds: [Pod, ...penstockKinds],
  });
  await installCrds(world.cluster, clock);
  await world.start();
  return {
    cluster: world.cluster,
    outside: world.cluster,
    name: 'demo',
    namespace: 'default',
    placement: {},
    nodes,
    writes: 'a write is a function call in this process: no network, no etcd',
    close: async () => {
      await world.stop();
      return [];
    },
  };
}
