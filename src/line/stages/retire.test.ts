import { expect, it } from 'vitest';
import { seededRandom } from '../../support/random.js';
import { Pod } from '../../api/kubernetes.js';
import { labels, states } from '../../api/names.js';
import { mergePatch } from '../../cluster/patch.js';
import { EmbeddedCluster } from '../../embedded/index.js';
import { silentLogger } from '../../support/log.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import type { StageContext } from '../stage.js';
import { retire } from './retire.js';

const ref = { namespace: 'default', name: 'pod' };

async function made() {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
  const context: StageContext = {
    cluster,
    clock,
    signal: new AbortController().signal,
    term: 0,
    log: silentLogger,
    events: { record: () => {} },
    wake: () => {},
  };
  const spec = { containers: [{ name: 'main', image: 'registry.test/app:1' }] };
  const pod = await cluster.create(Pod, { metadata: { ...ref, labels: { [labels.state]: states.stocked } }, spec });
  return { cluster, context, pod };
}

it('deletes the container', async () => {
  const { cluster, context, pod } = await made();
  expect(await retire.run({ pod, why: 'the stock exceeds 1' }, context)).toMatchObject({ verdict: 'pass' });
  expect((await cluster.list(Pod)).items).toEqual([]);
});

it('spares a container that was handed over since it was found to be surplus', async () => {
  const { cluster, context, pod } = await made();
  await cluster.patch(Pod, ref, mergePatch({ metadata: { labels: { [labels.state]: states.delivered } } }));
  const again = await retire.run({ pod, why: 'the stock exceeds 1' }, context);
  expect(again).toMatchObject({ verdict: 'retry', after: 1000 });
  expect((await cluster.list(Pod)).items).toHaveLength(1);
});
