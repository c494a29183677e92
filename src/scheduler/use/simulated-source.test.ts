import { expect, it } from 'vitest';
import { Node, Pod } from '../../api/kubernetes.js';
import { EmbeddedCluster } from '../../embedded/index.js';
import { simulation } from '../../embedded/nodes/faults.js';
import { SimulatedNodes } from '../../embedded/nodes/index.js';
import { silentLogger } from '../../support/log.js';
import { seededRandom } from '../../support/random.js';
import { minute, second } from '../../support/time.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { UseCollector } from './collector.js';
import { SimulatedSource } from './simulated-source.js';

it('Simulated nodes are measured as others are: a busy one by what its pods use, an idle one by nothing', async () => {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const cluster = new EmbeddedCluster({ clock, random });
  const nodes = new SimulatedNodes({ cluster, clock, random, count: 2 });
  await clock.settle(nodes.start(), minute);
  await cluster.create(Pod, {
    metadata: { namespace: 'default', name: 'busy', annotations: { [simulation.use]: '0.8' } },
    spec: { nodeName: 'sim-0', containers: [{ name: 'main', image: 'x', resources: { requests: { cpu: '2' } } }] },
  });
  await clock.advance(minute);
  const { items } = await cluster.list(Node);
  const collector = new UseCollector({
    source: new SimulatedSource(nodes, clock, 15 * second),
    nodes: () => items,
    clock,
    random,
    logger: silentLogger,
  });
  collector.start();
  await clock.advance(5 * minute);
  const use = collector.use('sim-0');
  // the model: 2 cores · 0.8 · a uniform factor of mean 1 and variance 0.4²/12, which changes every 15 s
  expect(use?.mean.cpu).toBeGreaterThan(1500);
  expect(use?.mean.cpu).toBeLessThan(1700);
  expect(Math.sqrt(use?.variance.cpu ?? 0)).toBeGreaterThan(1600 * 0.06);
  expect(Math.sqrt(use?.variance.cpu ?? 0)).toBeLessThan(1600 * 0.16);
  // its only pod, over a window of its own
  const ofPod = collector.podUse('sim-0', 'default/busy')?.mean.cpu;
  expect(ofPod).toBeGreaterThan(1500);
  expect(ofPod).toBeLessThan(1700);
  expect(use?.mean.network).toBeGreaterThan(1.5e6);
  expect(collector.use('sim-1')?.mean).toEqual({ cpu: 0, memory: 0, network: 0, disk: 0 });
  await collector.stop();
  await clock.settle(nodes.stop(), minute);
});
