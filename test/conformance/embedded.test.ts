import { afterAll, beforeAll, describe, test } from 'vitest';
import { Namespace } from '../../src/api/kubernetes.js';
import { createEmbeddedWorld, type EmbeddedWorld } from '../../src/embedded/index.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { topics } from './cases/index.js';
import { differences } from './differences.js';
import { defineThing } from './thing.js';

/** The same cases as on the real API server: what they say there, they say here. */
describe('the embedded cluster', () => {
  let world: EmbeddedWorld;
  let number = 0;

  beforeAll(async () => {
    for (const { kind, topic, cases, reason } of differences)
      console.log(`${kind}: ${topic}, ${cases.length} of ${topics[topic]?.length} cases: ${reason}`);
    world = createEmbeddedWorld({
      clock: new WallClock(),
      random: seededRandom('conformance'),
      nodes: { count: 0 },
      // the real control plane of the suite has no scheduler either
      controllers: ['garbage-collector', 'namespace', 'replica-set', 'deployment', 'disruption'],
      store: { bookmarkEvery: 500 },
    });
    await world.start();
    await defineThing(world.cluster);
  });
  afterAll(() => world.stop());

  for (const [topic, cases] of Object.entries(topics))
    describe.concurrent(topic, () => {
      for (const one of cases) {
        const differs = differences.some((entry) => entry.topic === topic && entry.cases.includes(one.name));
        (differs ? test.fails : test)(one.name, async () => {
          const { cluster } = world;
          const namespace = `conformance-${++number}`;
          await cluster.create(Namespace, { metadata: { name: namespace } });
          const oldMark = () => {
            cluster.forgetHistory();
            return Promise.resolve('1');
          };
          await one.run({ cluster, namespace, oldMark, placesOwners: true, boundsResizes: true });
        });
      }
    });
});
