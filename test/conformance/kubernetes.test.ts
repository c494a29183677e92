import { afterAll, beforeAll, describe, test } from 'vitest';
import { ConfigMap, Namespace } from '../../src/api/kubernetes.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { type Connection, connect } from '../../src/cluster/kubernetes/index.js';
import { silentLogger } from '../../src/support/log.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { sharedControlPlane } from '../control-plane/shared.js';
import { outcome } from './case.js';
import { topics } from './cases/index.js';
import { boundsResizes } from './cases/resize.js';
import { defineThing } from './thing.js';

/** The oracle: whatever these cases say, a real API server does. */
describe.skipIf(lacks(controlPlaneWithControllers, 'conformance of the real API server'))('a real API server', () => {
  let connection: Connection;
  let placesOwners: boolean;
  let bounded: boolean;
  let number = 0;

  beforeAll(async () => {
    const { kubeconfig } = await sharedControlPlane();
    connection = await connect({ kubeconfig }, { clock: new WallClock(), logger: silentLogger, watchSeconds: 5 });
    await defineThing(connection.cluster);
    placesOwners = await namesPlaceOfOwner(connection.cluster);
    const probe = { ...(await openNamespace('probe')), boundsResizes: true };
    bounded = await boundsResizes(probe);
  });
  afterAll(() => connection?.close());

  async function openNamespace(namespace: string) {
    const { cluster } = connection;
    await cluster.create(Namespace, { metadata: { name: namespace } });
    // the first events of a fresh server are older than what its watch cache holds
    return { cluster, namespace, oldMark: () => Promise.resolve('1'), placesOwners };
  }

  for (const [topic, cases] of Object.entries(topics))
    describe.concurrent(topic, () => {
      for (const one of cases)
        test(one.name, async () => {
          await one.run({ ...(await openNamespace(`conformance-${++number}`)), boundsResizes: bounded });
        });
    });
});

/** Older servers are told by what they answer. */
async function namesPlaceOfOwner(cluster: Cluster): Promise<boolean> {
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: '' }];
  const metadata = { name: 'owned', namespace: 'default', ownerReferences };
  const answer = await outcome(cluster.create(ConfigMap, { metadata }, { dryRun: true }));
  return answer.includes('ownerReferences[0]');
}
