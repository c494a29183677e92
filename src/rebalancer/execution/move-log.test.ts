import { expect, test } from 'vitest';
import { ConfigMap } from '../../api/kubernetes.js';
import { Conflict } from '../../cluster/errors.js';
import { EmbeddedCluster } from '../../embedded/index.js';
import { seededRandom } from '../../support/random.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { MoveLog } from './move-log.js';

const ref = { namespace: 'default', name: 'moves' };
const move = {
  at: 1,
  pod: { key: 'default/a', uid: 'a' },
  owner: 'o',
  from: 'n',
  to: 'm',
  means: 'eviction',
} as const;
const { signal } = new AbortController();
const clusterOf = () => new EmbeddedCluster({ clock: new VirtualClock(), random: seededRandom(1) });

test('Who leads next reads what was begun, and of two that write only the first can', async () => {
  const cluster = clusterOf();
  const [one, two] = [new MoveLog(cluster, ref), new MoveLog(cluster, ref)];
  await one.read(signal);
  await one.write([move], signal);
  expect(await two.read(signal)).toEqual([move]);
  await two.write([], signal);
  await expect(one.write([move, move], signal)).rejects.toThrow(Conflict);
});

test.each(['{', '[{"at":"now"}]'])('A log that says %s is not taken for an empty one', async (text) => {
  const cluster = clusterOf();
  await cluster.create(ConfigMap, { metadata: ref, data: { 'moves.json': text } });
  await expect(new MoveLog(cluster, ref).read(signal)).rejects.toThrow(
    'moves.json of the ConfigMap default/moves cannot be read (delete it to forget which moves were begun)',
  );
});
