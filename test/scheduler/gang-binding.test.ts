import { expect, test } from 'vitest';
import { Node, Pod } from '../../src/api/kubernetes.js';
import type { Draft } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { TooManyRequests } from '../../src/cluster/errors.js';
import { EmbeddedCluster } from '../../src/embedded/index.js';
import { createScheduler } from '../../src/operator/index.js';
import { minMemberLabel, podGroupLabel } from '../../src/scheduler/gang.js';
import { createScorePolicy } from '../../src/scheduling/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { interceptBindings } from './bindings.js';

const namespace = 'default';
const podOf = (name: string, labels: Readonly<Record<string, string>> = {}, priority = 0): Draft<Pod> => ({
  metadata: { namespace, name, labels },
  spec: { priority, containers: [{ name: 'main', image: 'app:1', resources: { requests: { cpu: '1' } } }] },
});

/** The server refuses the first bindings of this pod. */
function refusing(cluster: Cluster, name: string, times: number): Cluster {
  let left = times;
  return interceptBindings(cluster, (pod, proceed) =>
    pod === name && left-- > 0 ? Promise.reject(new TooManyRequests('later')) : proceed(),
  );
}

async function boundOf(wanted: readonly Draft<Pod>[], later: Draft<Pod>): Promise<Readonly<Record<string, boolean>>> {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
  const allocatable = { cpu: '2', memory: '8Gi', pods: '10' };
  await cluster.create(Node, { metadata: { name: 'n' }, status: { allocatable } });
  const { manager } = createScheduler({
    watchesVolumes: false,
    cluster: refusing(cluster, 'b', 3),
    clock,
    random: seededRandom(2),
    logger: silentLogger,
    profiles: [
      {
        schedulerName: 'default-scheduler',
        policy: createScorePolicy('balance'),
      },
    ],
  });
  for (const pod of wanted) await cluster.create(Pod, pod);
  await clock.settle(manager.start(), minute);
  await clock.advance(500);
  await cluster.create(Pod, later);
  await clock.advance(30 * second);
  manager.kill();
  const { items } = await cluster.list(Pod, { namespace });
  return Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec?.nodeName === 'n']));
}

test('a member of a gang keeps its place when its binding fails, also from pods that are more important', async () => {
  const gang = { [podGroupLabel]: 'g', [minMemberLabel]: '2' };
  const bound = await boundOf([podOf('a', gang), podOf('b', gang)], podOf('urgent', {}, 100));
  expect(bound).toEqual({ a: true, b: true, urgent: false });
});

test('a pod of no gang leaves its place to one that is more important when its binding fails', async () => {
  const bound = await boundOf([podOf('a'), podOf('b')], podOf('urgent', {}, 100));
  expect(bound).toEqual({ a: true, b: false, urgent: true });
});
