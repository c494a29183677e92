/** What a real kubelet says of its node and pods, read with the rights that an installation would give and no others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Node, Pod } from '../../src/api/kubernetes.js';
import { keyOf } from '../../src/api/meta/resource.js';
import { keepAliveHttpClient, type KeepAliveHttpClient } from '../../src/runtime/index.js';
import { type KubeletSource, UseCollector } from '../../src/scheduler/use/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { second } from '../../src/support/time.js';
import { Reported } from '../scheduler/nodes.js';
import { image, lacks } from './environment.js';
import { Place } from './place.js';
import { createReader, kubeletsAs, removeReader, useReader } from './use-reader.js';

/** The kubelets must be reachable from here, at the addresses that their nodes have. */
describe.skipIf(lacks('the use of nodes'))('The use of nodes, from their kubelets', () => {
  let place: Place;
  let http: KeepAliveHttpClient;

  beforeAll(async () => {
    place = await Place.open('use');
    http = keepAliveHttpClient(place.clock);
    await createReader(place);
    await createReader(place, 'nobody', []);
  });
  afterAll(async () => {
    http?.close();
    if (!place) return;
    for (const name of [useReader, 'nobody']) await removeReader(place, name);
    await place.close();
  });

  const read = async (source: KubeletSource) => {
    const reported = new Reported();
    const { items } = await place.cluster.list(Node);
    await source.read(items, reported, new AbortController().signal);
    return reported;
  };

  it('shows a busy pod and the node that it is on, and ends to show it when it is gone', async () => {
    const { cluster, clock, namespace } = place;
    const resources = { requests: { cpu: '20m', memory: '16Mi' }, limits: { cpu: '200m', memory: '32Mi' } };
    await cluster.create(Pod, {
      metadata: { namespace, name: 'busy' },
      spec: {
        containers: [{ name: 'main', image, command: ['sh', '-c', 'while :; do :; done'], resources }],
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
      },
    });
    const running = await place.untilObject(Pod, 'busy', 'to run', (pod) => pod?.status?.phase === 'Running');
    const node = running?.spec?.nodeName ?? '';
    const { items } = await cluster.list(Node);
    const collector = new UseCollector({
      source: kubeletsAs(useReader, place, http),
      nodes: () => items,
      clock,
      random: seededRandom('use'),
      logger: silentLogger,
      interval: 3 * second,
      window: 12 * second,
    });
    collector.start();
    try {
      const key = keyOf({ namespace, name: 'busy' });
      const ofPod = async () => collector.podUse(node, key)?.mean.cpu ?? 0;
      // it may use 200 thousandths, and a machine with others on it gives it less at times
      const cpu = await place.until('the pod to be busy', ofPod, (seen) => seen > 100);
      expect(cpu).toBeLessThan(300);
      const use = collector.use(node);
      expect(use?.mean.cpu).toBeGreaterThan(50);
      expect(use?.mean.memory).toBeGreaterThan(2 ** 20);
      expect(use?.mean['ephemeral-storage']).toBeGreaterThan(0);
      expect(collector.status()).toMatchObject({ state: 'up', nodes: { stale: 0 } });
      await cluster.remove(Pod, { namespace, name: 'busy' });
      const gone = async () => collector.podUse(node, key);
      await place.until('the pod to be forgotten', gone, (seen) => seen === undefined);
    } finally {
      await collector.stop();
    }
  });

  it('is refused to who has no right to it, and the node is named', async () => {
    const { samples, failures } = await read(kubeletsAs('nobody', place, http));
    expect(samples).toEqual({});
    for (const why of Object.values(failures)) expect(why).toContain('the kubelet answered 403');
    expect(Object.keys(failures).length).toBeGreaterThan(0);
  });

  it('comes without the disk where the right to read that is missing', async () => {
    const { samples, failures } = await read(kubeletsAs(useReader, place, http, { disk: 'cadvisor' }));
    expect(Object.keys(samples).length).toBeGreaterThan(0);
    for (const why of Object.values(failures)) expect(why).toContain('disk: the kubelet answered 403');
    for (const { use } of Object.values(samples)) expect(use).not.toHaveProperty('disk');
  });
});
