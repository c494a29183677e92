import type { EmbeddedCluster } from '../../src/embedded/index.js';
import type { Random } from '../../src/support/random.js';
import type { Replica } from './replicas.js';
import type { Weather } from './weather.js';

/** The faults that come by themselves: the server forgets its history, a replica stands still. */
export function startChaos(
  cluster: Pick<EmbeddedCluster, 'forgetHistory'>,
  weather: Weather,
  replicas: readonly Replica[],
  chance: Random,
): void {
  weather.every(
    ({ compaction }) => compaction,
    chance.split('compaction'),
    () => {
      cluster.forgetHistory();
      weather.cutWatches();
    },
  );
  weather.every(
    ({ pauses }) => pauses,
    chance.split('pauses'),
    () => chance.pick(replicas).pause(chance),
  );
}
