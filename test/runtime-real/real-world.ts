import { ConfigMap } from '../../src/api/kubernetes.js';
import { fixedCredentials, KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { second } from '../../src/support/time.js';
import { WallClock } from '../../src/support/wall-clock.js';
import type { SharedControlPlane } from '../control-plane/shared.js';
import { FlakyCluster } from '../runtime/flaky-cluster.js';

export const clock = new WallClock();

/** A client of the control plane at `url`: the server itself, or a proxy before it. */
export function clientOf(plane: Pick<SharedControlPlane, 'adminToken' | 'ca'>, url: string) {
  const credentials = fixedCredentials({
    headers: { authorization: `Bearer ${plane.adminToken}` },
    tls: { ca: plane.ca },
  });
  const cluster = new KubernetesCluster({
    server: url,
    credentials,
    clock,
    logger: silentLogger,
    requestTimeout: 3 * second,
    // short, so that a dead connection is noticed within the patience of a test
    watchSeconds: 5,
  });
  const random = seededRandom(url);
  return { cluster, way: new FlakyCluster(cluster, clock, random), random };
}

/** Waits until `condition` holds; the time limit of the test ends it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await clock.sleep(20);
}

/** What the server holds, by name, in the form in which an informer shows it. */
export async function held(cluster: KubernetesCluster, namespace: string): Promise<ReadonlyMap<string, ConfigMap>> {
  const { items } = await cluster.list(ConfigMap, { namespace });
  return new Map(items.map((map) => [`${namespace}/${map.metadata.name}`, map]));
}
