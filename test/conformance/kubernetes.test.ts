import { afterAll, beforeAll, describe, test } from 'vitest';
import { Namespace } from '../../src/api/kubernetes.js';
import { type Connection, connect } from '../../src/cluster/kubernetes/index.js';
import { silentLogger } from '../../src/support/log.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { sharedControlPlane } from '../control-plane/shared.js';
import { topics } from './cases/index.js';
import { defineThing } from './thing.js';

/** The oracle: whatever these cases say, a real API server does. */
describe.skipIf(lacks(controlPlaneWithControllers, 'conformance of the real API server'))('a real API server', () => {
  let connection: Connection;
  let number = 0;

  beforeAll(async () => {
    const { kubeconfig } = await sharedControlPlane();
    connection = await connect({ kubeconfig }, { clock: new WallClock(), logger: silentLogger, watchSeconds: 5 });
    await defineThing(connection.cluster);
  });
  afterAll(() => connection?.close());

  for (const [topic, cases] of Object.entries(topics))
    describe.concurrent(topic, () => {
      for (const one of cases)
        test(one.name, async () => {
          const { cluster } = connection;
          const namespace = `conformance-${++number}`;
          await cluster.create(Namespace, { metadata: { name: namespace } });
          // the first events of a fresh server are older than what its watch cache holds
          await one.run({ cluster, namespace, oldMark: () => Promise.resolve('1') });
        });
    });
});
