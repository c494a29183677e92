/** One container that the server does not let be deleted, or changed, keeps nothing else from being done. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ContainerClaim, type ContainerClaimSpec } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { renewalWithin } from '../../src/api/container-pool-schema.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { CustomResourceDefinition, Event, Pod } from '../../src/api/kubernetes.js';
import { labels } from '../../src/api/names.js';
import { type ApiError, InternalError, Invalid } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { findCondition } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { aPool } from '../objects.js';
import { RefusingCluster } from './refusing-cluster.js';

const namespace = 'default';
const ref = (name: string) => ({ namespace, name });
const image = (name: string) => ({ spec: { containers: [{ name: 'main', image: name }] } });

/** As a ValidatingAdmissionPolicy says it, or a server whose webhook is down. */
const denied = (pod: string) =>
  new Invalid(`pods "${pod}" is forbidden: ValidatingAdmissionPolicy 'keep' denied request: under investigation`);
const webhookDown = () => new InternalError('Internal error occurred: failed calling webhook "a.test": refused');

async function begin() {
  const clock = new VirtualClock();
  const random = seededRandom('refused container');
  const world = createEmbeddedWorld({ clock, random, nodes: { count: 3, profile: instant } });
  const { cluster } = world;
  const server = new RefusingCluster(cluster);
  for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
  await clock.settle(world.start(), 10 * second);
  const operator = createOperator({ cluster: server, clock, random: random.split('operator'), logger: silentLogger });
  await clock.settle(operator.start(), 10 * second);
  await cluster.create(ContainerPool, {
    metadata: ref('pool'),
    spec: {
      ...aPool({ replicas: 3, renewal: renewalWithin({ maxUnavailable: 1, maxSurge: 1 }) }).spec,
      template: image('app:1'),
    },
  });
  await clock.advance(10 * second);
  const podsOf = async (selector: string) => (await cluster.list(Pod, { namespace, labels: selector })).items;
  const stock = () => podsOf(`${labels.pool}=pool,${labels.state}=stocked`);
  return {
    clock,
    cluster,
    server,
    podsOf,
    stock,
    imagesInStock: async () => (await stock()).map(({ spec }) => spec?.containers[0]?.image ?? '').toSorted(),
    setPool: (spec: object) => cluster.patch(ContainerPool, ref('pool'), mergePatch({ spec })),
    poolStatus: async () => (await cluster.get(ContainerPool, ref('pool'))).status,
    claim: async (name: string, spec: Partial<ContainerClaimSpec>) => {
      const whole = { pool: { name: 'pool' }, items: [{ count: 1 }], whenEmpty: 'Wait', ...spec } as const;
      await cluster.create(ContainerClaim, { metadata: ref(name), spec: whole });
      await clock.advance(5 * second);
    },
    claimStatus: async (name: string) => (await cluster.get(ContainerClaim, ref(name))).status,
    containersOf: (name: string) => podsOf(`${labels.claim}=${name}`),
    /** No deletion, or no patch, of this pod succeeds from now on. */
    refuse: (verb: 'remove' | 'patch', pod: string, error: () => ApiError = () => denied(pod)) => {
      server.refusal = (asked, kind, name) =>
        asked === verb && kind.name === Pod.name && name === pod ? error() : undefined;
    },
    eventsOf: async (reason: string) =>
      (await cluster.list(Event, { namespace })).items.filter((event) => event.reason === reason),
  };
}

type Scene = Awaited<ReturnType<typeof begin>>;

const nameOfFirst = (pods: readonly Pod[]): string => pods[0]?.metadata.name ?? '';

describe('a container that cannot be deleted', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await begin();
  });

  it.each([
    ['a policy denies it', denied],
    ['its webhook is down', webhookDown],
  ])('leaves its pool stocked and renewed where %s, and goes when it can', async (_, error) => {
    const { clock, stock, setPool, poolStatus, refuse, imagesInStock } = scene;
    const keep = nameOfFirst(await stock());
    refuse('remove', keep, () => error(keep));
    await setPool({ template: image('app:2') });
    await clock.advance(2 * minute);
    expect(await imagesInStock()).toEqual(['app:1', 'app:2', 'app:2', 'app:2']);
    const status = await poolStatus();
    expect(status).toMatchObject({ replicas: 3, ready: 3, updated: 3 });
    expect(findCondition(status?.conditions, 'Renewed')).toMatchObject({ status: 'True', reason: 'UpToDate' });
    expect(findCondition(status?.conditions, 'Degraded')).toMatchObject({
      status: 'True',
      reason: 'DeletionRefused',
      message: `pod ${keep} cannot be deleted: ${error(keep).message}`,
    });
    expect(await scene.eventsOf('DeletionRefused')).toMatchObject([{ note: expect.stringContaining(keep) }]);

    scene.server.refusal = () => undefined;
    await clock.advance(3 * minute);
    expect(await imagesInStock()).toEqual(['app:2', 'app:2', 'app:2']);
    expect(findCondition((await poolStatus())?.conditions, 'Degraded')).toMatchObject({ status: 'False' });
  });

  it('is given to no claim, also where it is the only one, and is stock again when it is wanted', async () => {
    const { clock, stock, setPool, refuse, claim, containersOf } = scene;
    await setPool({ replicas: 1 });
    await clock.advance(10 * second);
    const [
      {
        metadata: { name: keep },
      },
    ] = (await stock()) as [Pod];
    refuse('remove', keep);
    await setPool({ replicas: 0 });
    await clock.advance(10 * second);
    await claim('waits', {});
    expect(await containersOf('waits')).toEqual([]);
    await setPool({ replicas: 1 });
    await clock.advance(minute);
    expect((await containersOf('waits')).map(({ metadata }) => metadata.name)).toEqual([keep]);
  });

  it('lets its claim end: the others go, and its status says what is still there', async () => {
    const { clock, refuse, claim, claimStatus, containersOf } = scene;
    await claim('short', { items: [{ count: 3 }], lifetime: '20s' });
    const keep = nameOfFirst(await containersOf('short'));
    refuse('remove', keep);
    await clock.advance(minute);
    expect((await containersOf('short')).map(({ metadata }) => metadata.name)).toEqual([keep]);
    const status = await claimStatus('short');
    expect(status).toMatchObject({ desired: 3, allocated: 1 });
    expect(findCondition(status?.conditions, 'Finished')).toMatchObject({ status: 'True', reason: 'LifetimeEnded' });
    expect(findCondition(status?.conditions, 'Degraded')).toMatchObject({
      status: 'True',
      reason: 'DeletionRefused',
      message: `pod ${keep} cannot be deleted: ${denied(keep).message}`,
    });
    expect(await scene.eventsOf('DeletionRefused')).toHaveLength(1);

    scene.server.refusal = () => undefined;
    await clock.advance(3 * minute);
    expect(await containersOf('short')).toEqual([]);
    const after = await claimStatus('short');
    expect(after).toMatchObject({ allocated: 0 });
    expect(findCondition(after?.conditions, 'Degraded')).toMatchObject({ status: 'False', reason: 'AsExpected' });
  });

  it('is what its claim says it has, while that is being deleted', async () => {
    const { clock, cluster, refuse, claim, claimStatus, containersOf } = scene;
    await claim('going', { items: [{ count: 3 }] });
    await cluster.patch(ContainerClaim, ref('going'), mergePatch({ metadata: { finalizers: ['example.com/keep'] } }));
    const keep = nameOfFirst(await containersOf('going'));
    refuse('remove', keep);
    await cluster.remove(ContainerClaim, ref('going'));
    await clock.advance(minute);
    expect((await containersOf('going')).map(({ metadata }) => metadata.name)).toEqual([keep]);
    const status = await claimStatus('going');
    expect(status).toMatchObject({ desired: 3, allocated: 1, configured: 1, ready: 1, active: 1 });
    expect(status?.items).toMatchObject([{ desired: 3, delivered: 1, ready: 1 }]);
    expect(findCondition(status?.conditions, 'Degraded')).toMatchObject({ status: 'True', reason: 'DeletionRefused' });
  });

  it('is replaced within its claim where it has ended', async () => {
    const { clock, cluster, refuse, claim, claimStatus, containersOf } = scene;
    await claim('two', { items: [{ count: 2 }] });
    const lost = nameOfFirst(await containersOf('two'));
    refuse('remove', lost);
    await cluster.patch(Pod, ref(lost), mergePatch({ spec: { activeDeadlineSeconds: 1 } }));
    await clock.advance(minute);
    expect(await containersOf('two')).toHaveLength(3);
    const status = await claimStatus('two');
    expect(status).toMatchObject({ allocated: 2, ready: 2, replaced: 1 });
    expect(findCondition(status?.conditions, 'Degraded')).toMatchObject({ reason: 'DeletionRefused' });
  });
});

describe('a container that cannot be changed', () => {
  it('is not taken for a refusal of the claim: another one is delivered', async () => {
    const { clock, stock, refuse, claim, claimStatus, containersOf } = await begin();
    const oldest = (await stock()).toSorted((a, b) => (a.metadata.uid < b.metadata.uid ? -1 : 1));
    for (const [at, { metadata }] of oldest.entries()) {
      refuse('patch', metadata.name);
      await claim(`claim-${at}`, {});
      await clock.advance(5 * second);
      expect(await containersOf(`claim-${at}`)).toHaveLength(1);
      const { conditions } = (await claimStatus(`claim-${at}`)) ?? {};
      expect(findCondition(conditions, 'Ready')).toMatchObject({ status: 'True' });
    }
  });

  it('holds up no other container of its claim', async () => {
    const { clock, server, claim, claimStatus, containersOf } = await begin();
    let spared: string | undefined;
    server.refusal = (verb, kind, name) => {
      if (verb !== 'patch' || kind.name !== Pod.name) return undefined;
      spared ??= name;
      return name === spared ? webhookDown() : undefined;
    };
    await claim('three', { items: [{ count: 3 }], minAvailable: 1 });
    await clock.advance(minute);
    expect(await containersOf('three')).toHaveLength(3);
    expect(await claimStatus('three')).toMatchObject({ ready: 3 });
  });
});

it('makes the containers of one item cold though those of another are refused', async () => {
  const { clock, server, setPool, claim, claimStatus, containersOf } = await begin();
  await setPool({ replicas: 0 });
  await clock.advance(10 * second);
  const create = server.create;
  server.create = async (kind, object, options) => {
    if (object.metadata.labels?.['tier'] === 'gold') throw denied('gold');
    return create(kind, object, options);
  };
  const items = [
    { name: 'gold', count: 3, labels: { tier: 'gold' } },
    { name: 'tin', count: 3, labels: { tier: 'tin' } },
  ];
  await claim('cold', { items, whenEmpty: 'Cold' });
  await clock.advance(minute);
  expect((await containersOf('cold')).map(({ metadata }) => metadata.labels?.['tier'])).toEqual(['tin', 'tin', 'tin']);
  const { conditions } = (await claimStatus('cold')) ?? {};
  expect(findCondition(conditions, 'Delivered')?.message).toContain('item gold: pods "gold" is forbidden');
});
