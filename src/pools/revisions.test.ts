import { expect, test } from 'vitest';
import { aPool } from '../../test/objects.js';
import type { TemplatedPool } from '../api/container-pool.js';
import { PoolRevision } from '../api/pool-revision.js';
import type { Cluster } from '../cluster/cluster.js';
import { Conflict } from '../cluster/errors.js';
import { EmbeddedCluster } from '../embedded/index.js';
import type { Context } from '../runtime/index.js';
import { silentLogger } from '../support/log.js';
import { seededRandom } from '../support/random.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { Revisions } from './revisions.js';

const withImage = (image: string): TemplatedPool =>
  aPool({ template: { spec: { containers: [{ name: 'main', image }] } } });
const [first, second] = [withImage('app:1'), withImage('app:2')];

function scene() {
  const said: string[] = [];
  const context: Context = {
    signal: new AbortController().signal,
    term: 1,
    log: silentLogger,
    events: { record: (_object, _type, reason) => void said.push(reason) },
    wake: () => undefined,
  };
  const cluster = new EmbeddedCluster({ clock: new VirtualClock(), random: seededRandom(1) });
  const kept = async () =>
    (await cluster.list(PoolRevision, {})).items.map(({ data }) => data?.template.spec?.containers[0]?.image);
  return { cluster, context, said, kept };
}

/** The same cluster, where something else happens before each removal. */
const before = (cluster: Cluster, act: () => Promise<void>): Cluster => ({
  get: (...of) => cluster.get(...of),
  list: (...of) => cluster.list(...of),
  watch: (...of) => cluster.watch(...of),
  create: (...of) => cluster.create(...of),
  replace: (...of) => cluster.replace(...of),
  patch: (...of) => cluster.patch(...of),
  remove: async (...of) => {
    await act();
    return cluster.remove(...of);
  },
});

test('Two operators of which one has not seen the new template yet keep the new one in the end', async () => {
  const { cluster, context, said, kept } = scene();
  const late = new Revisions(cluster);
  const prompt = new Revisions(before(cluster, () => late.keep(first, context)));
  await prompt.keep(first, context);
  await prompt.keep(second, context);
  await prompt.keep(second, context);
  await late.keep(second, context);
  expect({ kept: await kept(), said }).toEqual({ kept: ['app:2'], said: [] });
});

test('A revision that another operator removes at the same time is no failure', async () => {
  const { cluster, context, said, kept } = scene();
  const gone = new Conflict('Precondition failed: UID in precondition: a, UID in object meta: ');
  const revisions = new Revisions({
    ...before(cluster, async () => {}),
    remove: async (kind, ref) => {
      await cluster.remove(kind, ref);
      throw gone;
    },
  });
  await revisions.keep(first, context);
  await revisions.keep(second, context);
  await revisions.keep(first, context);
  expect({ kept: await kept(), said }).toEqual({ kept: ['app:1'], said: [] });
});
