import { Pod } from '../../src/api/kubernetes.js';
import { jsonPatch, pointer } from '../../src/cluster/patch.js';
import { EmbeddedCluster } from '../../src/embedded/index.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { print, rate, timed, until } from '../measure.js';
import { median } from '../../src/support/statistics.js';
import { namespace } from '../objects.js';

/** JSON patches of pods with validation, five watchers reading along. */
export async function benchStore(): Promise<void> {
  const cluster = new EmbeddedCluster({ clock: new WallClock(), random: seededRandom(1), frozen: false });
  const pods = 1000;
  const patches = 30_000;
  const main = { name: 'main', image: 'registry.test/app:1', resources: { requests: { cpu: '10m', memory: '16Mi' } } };
  for (let i = 0; i < pods; i++)
    await cluster.create(Pod, {
      metadata: { name: `p${i}`, namespace, labels: { app: 'bench' }, annotations: { count: '0' } },
      spec: { containers: [main] },
    });
  const { resourceVersion } = await cluster.list(Pod, { namespace });
  const end = new AbortController();
  let seen = 0;
  for (let i = 0; i < 5; i++) void watch(cluster, resourceVersion, end.signal, () => seen++);
  const rounds: number[] = [];
  for (let round = 0; round < 5; round++) {
    const target = 5 * patches * (round + 1);
    rounds.push(
      await timed(async () => {
        for (let i = 0; i < patches; i++) {
          const value = `${round}.${i}`;
          await cluster.patch(
            Pod,
            { namespace, name: `p${i % pods}` },
            jsonPatch([{ op: 'replace', path: pointer('metadata', 'annotations', 'count'), value }]),
          );
        }
        await until('all watchers to have seen all', () => seen >= target);
      }),
    );
  }
  end.abort();
  print('store', [
    {
      what: `${patches} JSON patches of pods, one after another, five watchers`,
      figure: rate(patches, median(rounds)),
      against: 'aim ≥ 30000/s',
    },
  ]);
}

async function watch(cluster: EmbeddedCluster, since: string, signal: AbortSignal, onEvent: () => void): Promise<void> {
  try {
    for await (const event of cluster.watch(Pod, { namespace, since }, { signal }))
      if (event.type === 'MODIFIED') onEvent();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
