/** Running containers change between workloads, on real containers: every pair that there is, and what is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pairs } from '../../src/simulation/experiments/migration/pairs.js';
import { MigrationWorkloads as Workloads } from '../../src/simulation/experiments/migration/workloads.js';
import { image, lacks } from './environment.js';
import { Place } from './place.js';
import { idle } from './pool.js';

describe.skipIf(lacks('migrations of real containers'))('a migration of real containers', () => {
  let place: Place;
  let workloads: Workloads;

  beforeAll(async () => {
    place = await Place.open('migrations');
    await place.operator();
    workloads = new Workloads({
      cluster: place.cluster,
      namespace: place.namespace,
      image,
      command: ['sh', '-c', idle],
      until: async (what, holds) => {
        await place.until(what, holds, (isSo) => isSo);
      },
    });
  });
  afterAll(() => place?.close());

  it.each(pairs.map((pair) => [pair.from, pair.to, pair] as const))('from %s to %s', async (from, to, pair) => {
    const name = `${from}-${to}`.toLowerCase();
    const { spec, counts } = await pair.prepare(workloads, name);
    const outcome = await workloads.migrate(name, { ...spec, count: 2 });
    expect(outcome).toMatchObject({ reason: 'Moved', moved: 2 });
    // what goes back to its pool is cleaned before it is there again; that it is the same one then is seen by its id, too
    const there = () => workloads.at(spec.to);
    await place.until(`${counts.to} there`, there, (pods) => pods.length === counts.to);
    await place.until(
      `${counts.from} left`,
      () => workloads.at(spec.from),
      (pods) => pods.length === counts.from,
    );
    const { status } = await workloads.migration(name);
    const ids = new Map((await there()).map((pod) => [pod.metadata.name, pod.status?.containerStatuses?.[0]]));
    for (const moved of status?.containers ?? [])
      expect(ids.get(moved.name)).toMatchObject({ containerID: moved.containerID, restartCount: 0 });
    expect(status?.containers).toHaveLength(2);
    await place.kubectl('delete', 'cmig,cclaim,cpool,deployment', '--all', '--wait=false');
  });
});
