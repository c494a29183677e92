import { expect, test } from 'vitest';
import { Pod } from '../../api/kubernetes.js';
import { keyOf, nameOf } from '../../api/meta/resource.js';
import { labels } from '../../api/names.js';
import { mergePatch } from '../../cluster/patch.js';
import { EmbeddedCluster } from '../../embedded/index.js';
import { seededRandom } from '../../support/random.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { evict } from './evictor.js';

const delivery = mergePatch({ metadata: { labels: { [labels.claim]: 'c' } } });

test.each([
  ['as it was', false, 'evicted'],
  ['and was delivered since', true, 'gone'],
] as const)('a container that is %s when its eviction arrives', async (_, isChanged, outcome) => {
  const cluster = new EmbeddedCluster({ clock: new VirtualClock(), random: seededRandom('evictor') });
  const created = await cluster.create(Pod, {
    metadata: { namespace: 'default', name: 'p' },
    spec: { containers: [{ name: 'main', image: 'app:1' }] },
  });
  const ref = nameOf(created);
  const { uid, resourceVersion } = created.metadata;
  if (isChanged) await cluster.patch(Pod, ref, delivery);
  const { signal } = new AbortController();
  expect(await evict(cluster, { pod: { key: keyOf(ref), uid, resourceVersion } }, signal)).toBe(outcome);
});
