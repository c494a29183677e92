/** Delivery as those see it who are inside the containers, and the runtime that holds them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClaimItem, ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { annotations, labels, states } from '../../src/api/names.js';
import { containersOf, untilReady } from '../../src/client/index.js';
import { isTrue } from '../../src/runtime/index.js';
import { lacks } from './environment.js';
import { type Identity, identityOf, inside } from './observe.js';
import { Place } from './place.js';
import { aBusyboxPool } from './pool.js';
import { processes } from './runtime.js';

const items: readonly ClaimItem[] = [
  { name: 'plain', count: 20 },
  { name: 'variables', count: 10, env: [{ name: 'TEXT', value: 'naïve "quotes"\nand a second line $HOME' }] },
  { name: 'file', count: 8, files: [{ name: 'task.json', content: '{"shard":1}' }] },
  {
    name: 'both',
    count: 6,
    env: [{ name: 'SHARD', value: '2' }],
    files: [{ name: 'task.json', content: '{"shard":2}' }],
  },
  { name: 'cpu', count: 3, resources: { requests: { cpu: '10m' }, limits: { cpu: '150m' } } },
  { name: 'memory', count: 3, resources: { limits: { memory: '64Mi' } } },
];

describe.skipIf(lacks('delivery of real containers'))('delivery of real containers', () => {
  let place: Place;
  const stocked = new Map<string, Identity>();
  const endedIds: string[] = [];
  const identities = (pods: readonly Pod[]) => new Map(pods.map((pod) => [pod.metadata.name, identityOf(pod)]));
  const asStocked = (pods: readonly Pod[]) =>
    new Map(pods.map(({ metadata }) => [metadata.name, stocked.get(metadata.name)]));
  const claimed = (spec: Pick<ContainerClaim['spec'], 'items' | 'lifetime'>, name: string) =>
    place.cluster.create(ContainerClaim, {
      metadata: { namespace: place.namespace, name },
      spec: { pool: { name: 'boxes' }, whenEmpty: 'Wait', ...spec },
    });
  const stock = () =>
    place.untilObject(ContainerPool, 'boxes', 'to be full', (pool) => (pool?.status?.ready ?? 0) >= 60);

  beforeAll(async () => {
    place = await Place.open('delivery');
    await place.operator();
    const pool = aBusyboxPool(place, 'boxes', {
      replicas: 60,
      configuration: { mountPath: '/etc/penstock', files: ['task.json'] },
    });
    await place.cluster.create(ContainerPool, pool);
    await stock();
    const { items: pods } = await place.cluster.list(Pod, { namespace: place.namespace });
    for (const pod of pods) stocked.set(pod.metadata.name, identityOf(pod));
  });
  afterAll(() => place?.close());

  it('hands 50 containers over as they are: same ids, same start, no restart', async () => {
    const claim = await claimed({ items }, 'batch');
    await untilReady(place, { namespace: place.namespace, name: 'batch' });
    const pods = await containersOf(place, claim);
    expect(pods).toHaveLength(50);
    expect(identities(pods)).toEqual(asStocked(pods));
    for (const pod of pods) {
      expect(pod.metadata.labels).toMatchObject({ [labels.state]: states.delivered, [labels.claim]: 'batch' });
    }
    expect(pods.map(({ metadata }) => metadata.annotations?.[annotations.index])).toEqual(
      Array.from({ length: 50 }, (_, index) => String(index)),
    );
  });

  it('shows each of them its own configuration from within, and its own size', async () => {
    const claim = await place.cluster.get(ContainerClaim, { namespace: place.namespace, name: 'batch' });
    const pods = await containersOf(place, claim);
    const seen = await inside(place, pods, ['task.json']);
    expect(seen.map(({ index }) => index)).toEqual(pods.map((_, index) => index));
    for (const item of items) {
      const ofItem = seen.filter((container) => container.item === item.name);
      expect({ item: item.name, count: ofItem.length }).toEqual({ item: item.name, count: item.count });
      for (const { env, files, limits } of ofItem) {
        expect(env).toEqual(Object.fromEntries((item.env ?? []).map(({ name, value }) => [name, value])));
        expect(files).toEqual({ 'task.json': item.files?.[0]?.content ?? '' });
        expect(limits).toEqual({
          cpu: item.name === 'cpu' ? 0.15 : 0.05,
          memory: (item.name === 'memory' ? 64 : 32) * 2 ** 20,
        });
      }
    }
    expect(identities(await containersOf(place, claim))).toEqual(asStocked(pods));
  });

  it('refills the stock with others', async () => {
    await stock();
    const { items: pods } = await place.cluster.list(Pod, {
      namespace: place.namespace,
      labels: `${labels.state}=${states.stocked}`,
    });
    expect(pods).toHaveLength(60);
  });

  it('ends what a claim was given when its lifetime is over, with the operator dead', async () => {
    const { namespace, cluster } = place;
    const operator = place.onlyOperator();
    const claim = await claimed({ items: [{ name: 'short', count: 4 }], lifetime: '10s' }, 'short-lived');
    await untilReady(place, { namespace, name: 'short-lived' });
    await operator.kill();
    expect(operator.alive).toBe(false);
    const pods = await containersOf(place, claim);
    expect(pods).toHaveLength(4);
    const ended = await place.until(
      'the containers of claim short-lived to end',
      async () => {
        const { items: left } = await cluster.list(Pod, { namespace, labels: `${labels.claim}=short-lived` });
        return left.map(({ metadata, status }) => ({
          name: metadata.name,
          phase: status?.phase,
          reason: status?.reason,
        }));
      },
      (seen) => seen.every(({ phase }) => phase === 'Failed'),
    );
    expect(ended).toEqual(
      pods.map(({ metadata }) => ({ name: metadata.name, phase: 'Failed', reason: 'DeadlineExceeded' })).sort(byName),
    );
    endedIds.push(...pods.map((pod) => identityOf(pod).id));
    await place.operator();
    await place.untilObject(ContainerClaim, 'short-lived', 'to be finished', (seen) =>
      isTrue(seen?.status?.conditions, 'Finished'),
    );
  });

  it.skipIf(lacks('processes in the runtime', ['runtime']))('has ended their processes with them', async () => {
    const running = await processes();
    expect(endedIds.map((id) => running.get(id))).toEqual(endedIds.map(() => undefined));
    const { items: pods } = await place.cluster.list(Pod, {
      namespace: place.namespace,
      labels: `${labels.claim}=batch`,
    });
    expect(pods.map((pod) => running.get(identityOf(pod).id))).toEqual(pods.map(() => expect.any(Number)));
  });

  it('frees everything when claims and pool are deleted', async () => {
    const { namespace, cluster } = place;
    for (const name of ['batch', 'short-lived']) await cluster.remove(ContainerClaim, { namespace, name });
    await cluster.remove(ContainerPool, { namespace, name: 'boxes' });
    const left = async () => (await cluster.list(Pod, { namespace })).items.map(({ metadata }) => metadata.name);
    expect(await place.until('no pods to be left', left, (seen) => seen.length === 0)).toEqual([]);
  });
});

const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);
