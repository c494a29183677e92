/** Containers of claims that are asked to go: a replacement first, on the embedded cluster. */
import { afterEach, expect, it } from 'vitest';
import { ContainerClaim, type ContainerClaimSpec } from '../../src/api/container-claim.js';
import { ContainerPool, type ContainerPoolSpec } from '../../src/api/container-pool.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { CustomResourceDefinition, Eviction, Pod } from '../../src/api/kubernetes.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { annotations, labels, states } from '../../src/api/names.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { Forbidden, TooManyRequests } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second, timestamp } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { admitting } from '../admission.js';
import { aPool } from '../objects.js';
import { wrapped } from '../wrapped-cluster.js';

const namespace = 'default';

/** A cluster whose claims are watched: what they say of their containers is noted each time. */
async function scene({ stock = 6, through = (cluster: Cluster) => cluster } = {}) {
  const clock = new VirtualClock();
  const random = seededRandom('requested');
  const world = createEmbeddedWorld({ store: admitting(), clock, random, nodes: { count: 3, profile: instant } });
  const { cluster } = world;
  for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
  const options = { clock, random: random.split('operator'), logger: silentLogger };
  const operator = createOperator({ cluster: through(cluster), ...options });
  await clock.settle(Promise.all([world.start(), operator.start()]), 10 * second);
  const watching = new AbortController();
  const said: string[] = [];
  void (async () => {
    const since = (await cluster.list(ContainerClaim, { namespace })).resourceVersion;
    const events = cluster.watch(ContainerClaim, { namespace, since }, { signal: watching.signal });
    for await (const event of events)
      if (event.type === 'MODIFIED') {
        const { allocated, ready, conditions } = event.object.status ?? {};
        const isTrue = (name: string) => conditions?.some(({ type, status }) => type === name && status === 'True');
        said.push(`${allocated} ${ready} ${isTrue('Delivered')} ${isTrue('Ready')}`);
      }
  })().catch(() => undefined);
  const pool = (spec: Partial<ContainerPoolSpec> = {}) =>
    cluster.create(ContainerPool, {
      metadata: { namespace, name: 'pool' },
      spec: { ...aPool({ replicas: stock }).spec, ...spec },
    });
  const claim = async (spec: Partial<ContainerClaimSpec> = {}, name = 'claim') => {
    const metadata = { namespace, name };
    await cluster.create(ContainerClaim, {
      metadata,
      spec: { pool: { name: 'pool' }, items: [{ count: 3 }], whenEmpty: 'Wait', ...spec },
    });
    await clock.advance(5 * second);
    said.length = 0;
  };
  const podsOf = async (name = 'claim') => {
    const { items } = await cluster.list(Pod, { namespace, labels: `${labels.claim}=${name}` });
    return items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .sort((a, b) => (indexOf(a) < indexOf(b) ? -1 : 1));
  };
  const inStock = async () =>
    (await cluster.list(Pod, { namespace, labels: `${labels.state}=${states.stocked}` })).items;
  const ask = (pod: Pod, node?: string) => {
    const request = { requester: 'test', requestedAt: timestamp(clock.now()), reason: 'its node is hot', node };
    return annotate(pod, JSON.stringify(request));
  };
  const annotate = (pod: Pod, text: string | null) =>
    cluster.patch(Pod, nameOf(pod), mergePatch({ metadata: { annotations: { [annotations.evictionRequest]: text } } }));
  const close = async () => {
    watching.abort();
    operator.kill();
    await clock.settle(world.stop(), minute);
  };
  closing.push(close);
  const status = async () => (await cluster.get(ContainerClaim, { namespace, name: 'claim' })).status;
  return {
    clock,
    cluster,
    pool,
    claim,
    podsOf,
    inStock,
    ask,
    withdraw: (pod: Pod) => annotate(pod, null),
    status,
    said,
  };
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const indexOf = ({ metadata }: Pod) => metadata.annotations?.[annotations.index] ?? '';
const namesOf = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);
const whole = '3 3 true true';

it('puts a container from stock in the place of one that is asked to go, on the node that is named, and never says less', async () => {
  const { clock, pool, claim, podsOf, inStock, ask, status, said } = await scene();
  await pool();
  await clock.advance(5 * second);
  await claim({ items: [{ count: 3, env: [{ name: 'A', value: 'b' }], labels: { app: 'work' } }] });
  const before = await podsOf();
  const asked = before[1]!;
  const node = (await inStock()).map(({ spec }) => spec?.nodeName).find((name) => name !== asked.spec?.nodeName)!;
  await ask(asked, node);
  await clock.advance(5 * second);

  const after = await podsOf();
  expect(after.map(indexOf)).toEqual(['0', '1', '2']);
  expect(namesOf(after)).toEqual([
    before[0]!.metadata.name,
    expect.not.stringMatching(asked.metadata.name),
    before[2]!.metadata.name,
  ]);
  expect(after[1]).toMatchObject({
    spec: { nodeName: node },
    metadata: {
      labels: { app: 'work' },
      annotations: { [annotations.env]: '{"A":"b"}', [annotations.replaces]: asked.metadata.uid },
    },
  });
  expect(await status()).toMatchObject({ allocated: 3, ready: 3, replaced: 1 });
  expect(new Set(said)).toEqual(new Set([whole]));
});

it('leaves a container that is asked to go where no other in stock stands on the node that is named', async () => {
  const { clock, cluster, pool, claim, podsOf, ask, said } = await scene();
  await pool();
  await clock.advance(5 * second);
  await claim();
  const before = await podsOf();
  await ask(before[0]!, 'nowhere');
  await clock.advance(2 * minute);
  expect(namesOf(await podsOf())).toEqual(namesOf(before));
  expect(new Set(said)).toEqual(new Set());
  // it needs no cold start either, and waits in no queue
  expect((await cluster.get(ContainerClaim, { namespace, name: 'claim' })).status?.queue).toBeUndefined();
});

it('keeps the container when the request is withdrawn before it has gone, and gives its replacement up', async () => {
  const through = creating(Eviction, () => {
    throw new TooManyRequests('disruption budget', { retryAfter: 15 * second });
  });
  const { clock, cluster, pool, claim, podsOf, ask, withdraw, said } = await scene({ through });
  await pool();
  await clock.advance(5 * second);
  await claim();
  const before = await podsOf();
  const asked = await ask(before[0]!);
  await clock.advance(5 * second);
  expect((await podsOf()).map(indexOf)).toEqual(['0', '0', '1', '2']);
  await withdraw(asked);
  await clock.advance(10 * second);
  expect(namesOf(await podsOf())).toEqual(namesOf(before));
  expect((await cluster.get(Pod, nameOf(asked))).metadata.deletionTimestamp).toBeUndefined();
  expect(new Set(said)).toEqual(new Set());
});

it('tries an eviction again when a disruption budget forbids it, after the time that the server says, and both serve meanwhile', async () => {
  const tries: number[] = [];
  const world = { now: () => 0 };
  const through = creating(Eviction, () => {
    tries.push(world.now());
    if (tries.length <= 2) throw new TooManyRequests('disruption budget', { retryAfter: 15 * second });
  });
  const { clock, pool, claim, podsOf, ask, said } = await scene({ through });
  world.now = () => clock.now();
  await pool();
  await clock.advance(5 * second);
  await claim();
  const [asked] = await podsOf();
  await ask(asked!);
  await clock.advance(5 * second);
  expect((await podsOf()).map(indexOf)).toEqual(['0', '0', '1', '2']);
  await clock.advance(minute);
  const pauses = tries.slice(1).map((at, index) => at - tries[index]!);
  expect(pauses).toHaveLength(2);
  for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(15 * second);
  expect((await podsOf()).map(indexOf)).toEqual(['0', '1', '2']);
  expect(namesOf(await podsOf())).not.toContain(asked!.metadata.name);
  expect(new Set(said)).toEqual(new Set([whole]));
});

it('replaces nothing while another claim waits for stock, and does when that has got it', async () => {
  let isFull = false;
  const through = creating(Pod, () => {
    if (isFull) throw new TooManyRequests('no room');
  });
  const { clock, cluster, pool, claim, podsOf, ask } = await scene({ stock: 4, through });
  await pool();
  await clock.advance(5 * second);
  await claim();
  await clock.advance(5 * second);
  isFull = true;
  // refill comes to nothing: what is in stock is kept for the claim that waits
  await claim({ items: [{ count: 2 }] }, 'first');
  await claim({ items: [{ count: 3 }], minAvailable: 3 }, 'waiting');
  const before = await podsOf();
  await ask(before[0]!);
  await clock.advance(minute);
  expect(namesOf(await podsOf())).toEqual(namesOf(before));
  await cluster.remove(ContainerClaim, { namespace, name: 'waiting' });
  await clock.advance(minute);
  expect(namesOf(await podsOf())).not.toEqual(namesOf(before));
});

it('tries again some time after the server has refused a replacement', async () => {
  let refused = 0;
  const through = (cluster: Cluster): Cluster =>
    wrapped(cluster, {
      patch: (kind, ref, patch, options) => {
        if (kind.name !== Pod.name || refused === 0) return cluster.patch(kind, ref, patch, options);
        refused--;
        throw new Forbidden('a policy is against it');
      },
    });
  const { clock, pool, claim, podsOf, ask } = await scene({ through });
  await pool();
  await clock.advance(5 * second);
  await claim();
  const before = await podsOf();
  refused = 1;
  await ask(before[0]!);
  await clock.advance(10 * second);
  expect(refused).toBe(0);
  expect(namesOf(await podsOf())).toEqual(namesOf(before));
  await clock.advance(minute);
  expect(namesOf(await podsOf())).not.toEqual(namesOf(before));
});

it('replaces although another claim waits in vain', async () => {
  const { clock, cluster, pool, claim, podsOf, ask } = await scene({ stock: 4 });
  await pool();
  await clock.advance(5 * second);
  await claim();
  // one container is left in stock, and there will never be more
  await cluster.patch(ContainerPool, { namespace, name: 'pool' }, mergePatch({ spec: { refill: { paused: true } } }));
  await clock.advance(5 * second);
  await claim({ items: [{ count: 20 }], minAvailable: 20 }, 'vain');
  const before = await podsOf();
  await ask(before[0]!);
  await clock.advance(minute);
  expect(namesOf(await podsOf())).not.toEqual(namesOf(before));
});

it('leaves alone what ends soon, and work that is to end by itself', async () => {
  const { clock, cluster, pool, claim, podsOf, ask } = await scene();
  const container = { name: 'main', image: 'registry.test/app:1' };
  await pool({ template: { spec: { restartPolicy: 'Never', containers: [container] } } });
  await cluster.create(ContainerPool, { metadata: { namespace, name: 'other' }, spec: aPool({ replicas: 3 }).spec });
  await clock.advance(5 * second);
  await claim();
  await claim({ pool: { name: 'other' }, items: [{ count: 1 }], lifetime: '50s' }, 'brief');
  const before = [...(await podsOf()), ...(await podsOf('brief'))];
  for (const pod of before) await ask(pod);
  await clock.advance(20 * second);
  expect(namesOf([...(await podsOf()), ...(await podsOf('brief'))])).toEqual(namesOf(before));
});

/** A cluster that is asked before each creation of a kind: who throws refuses it. */
const creating =
  (created: { readonly name: string }, before: () => void) =>
  (cluster: Cluster): Cluster =>
    wrapped(cluster, {
      create: async (kind, object, options) => {
        if (kind.name === created.name) before();
        return cluster.create(kind, object, options);
      },
    });
