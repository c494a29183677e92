import { Pod } from '../../src/api/kubernetes.js';
import { image } from '../../test/e2e/environment.js';
import type { Place } from '../../test/e2e/place.js';
import type { Started } from './from-stock.js';
import { command, resources } from './pool.js';
import { startTimes } from './start-times.js';

const marks = { 'bench.test/start': 'cold' };
const selector = 'bench.test/start=cold';

/** Creates the same pods, all at once, with their environment in the spec. */
export async function cold(place: Place, count: number): Promise<Started> {
  const { cluster, namespace, clock } = place;
  const called = clock.now();
  await Promise.all(
    Array.from({ length: count }, (_, i) =>
      cluster.create(Pod, {
        metadata: { namespace, name: `cold-${i}`, labels: marks },
        spec: {
          containers: [
            { name: 'main', image, command: [...command('Cold')], env: [{ name: 'JOB', value: 'batch' }], resources },
          ],
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 0,
        },
      }),
    ),
  );
  // a container that has not started has no log that could be asked for
  await place.kubectl('wait', '--for=condition=Ready', 'pod', '--selector', selector, '--timeout=5m');
  const times = await startTimes(place, selector, count);
  return { sinceCall: [...times.values()].map((at) => at - called), sincePatch: [] };
}

/** Returns when they are gone. */
export async function endCold(place: Place): Promise<void> {
  const { cluster, namespace } = place;
  const { items } = await cluster.list(Pod, { namespace, labels: selector });
  await Promise.all(items.map(({ metadata: { name } }) => cluster.remove(Pod, { namespace, name })));
  await place.gone(selector);
}
