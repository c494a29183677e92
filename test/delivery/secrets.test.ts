/** Secrets of claims on the embedded cluster: what the server refuses, and what is left behind. */
import { describe, expect, it } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod, Secret } from '../../src/api/kubernetes.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { annotations, labels, origins, states } from '../../src/api/names.js';
import { Forbidden, Invalid } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { minute, second } from '../../src/support/time.js';
import { ref, stage } from './desks.js';
import { RefusingCluster } from './refusing-cluster.js';

const secret = { name: 'key' };

/** Desks, and an operator to which the server can refuse what it asks for. */
async function refusingStage(seed: string) {
  const scene = await stage(seed);
  const server = new RefusingCluster(scene.cluster);
  const operator = await scene.start('operator', server);
  await scene.clock.advance(5 * second);
  const ask = (name: string, item: object, tenant?: string) =>
    scene.cluster.create(ContainerClaim, {
      metadata: ref(name),
      spec: {
        pool: { name: 'desks' },
        items: [{ count: 1, ...item }],
        whenEmpty: 'Wait',
        ...(tenant !== undefined && { tenant }),
      },
    });
  const deliveredOf = async (name: string) => {
    const { status } = await scene.cluster.get(ContainerClaim, ref(name));
    const condition = status?.conditions?.find(({ type }) => type === 'Delivered');
    return { status: condition?.status, reason: condition?.reason, message: condition?.message };
  };
  const claims = async () => (await scene.cluster.list(ContainerClaim)).items.map(({ metadata }) => metadata.name);
  return { ...scene, server, operator, ask, deliveredOf, claims };
}

describe('a claim whose Secret the server refuses to copy', () => {
  it.each([
    ['a quota', new Forbidden('secrets "x" is forbidden: exceeded quota: few')],
    ['its size', new Invalid('Secret "x" is invalid: data: Too long: may not be more than 1048576 bytes')],
  ])('for %s says so, and is served when it does no longer', async (_, refusal) => {
    const { clock, server, operator, ask, deliveredOf, secrets } = await refusingStage('refused');
    server.refusal = (verb, kind) => (verb === 'create' && kind.name === Secret.name ? refusal : undefined);
    await ask('one', { secret });
    await clock.advance(5 * second);
    expect(await deliveredOf('one')).toMatchObject({
      status: 'False',
      reason: 'NotAllowed',
      message: expect.stringContaining(refusal.message),
    });
    server.refusal = () => undefined;
    await clock.advance(minute);
    expect(await deliveredOf('one')).toMatchObject({ status: 'True', reason: 'Delivered' });
    expect(await secrets()).toHaveLength(2);
    operator.kill();
  });
});

describe('an operator without the rights of the feature secrets', () => {
  const forbidden = new Forbidden('secrets is forbidden: User "penstock" cannot do that');

  it('serves claims without a Secret where others may have one, and takes their containers back', async () => {
    const { clock, server, operator, claim, release, claims, stateOf } = await refusingStage('rightless');
    server.refusal = (_, kind) => (kind.name === Secret.name ? forbidden : undefined);
    const pod = await claim('plain', 'ann');
    await release('plain');
    expect(await stateOf(pod)).toBe(states.returned);
    await clock.advance(minute);
    expect(await claims()).toEqual([]);
    expect(await stateOf(pod)).toBe(states.kept);
    operator.kill();
  });

  it('lets a claim go whose Secret it may not remove any more, and its container with it', async () => {
    const { clock, server, operator, claim, release, claims, stateOf, secrets } = await refusingStage('bereft');
    const pod = await claim('one', 'ann', { secret });
    server.refusal = (_, kind) => (kind.name === Secret.name ? forbidden : undefined);
    await release('one');
    await clock.advance(minute);
    expect(await claims()).toEqual([]);
    expect(await stateOf(pod)).toBeUndefined();
    expect(await secrets()).toEqual(['key']);
    operator.kill();
  });
});

describe('a claim that names a credential of the cluster', () => {
  it.each([
    ['Wait', 'kubernetes.io/service-account-token'],
    ['Cold', 'kubernetes.io/service-account-token'],
    ['Wait', 'bootstrap.kubernetes.io/token'],
    ['Cold', 'bootstrap.kubernetes.io/token'],
  ] as const)(
    'with whenEmpty %s gets nothing of a Secret of type %s, until there is another',
    async (whenEmpty, type) => {
      const { cluster, clock, operator, deliveredOf, secrets } = await refusingStage('credential');
      const credential = { metadata: ref('token'), type, data: { token: btoa('secret') } };
      await cluster.create(Secret, credential);
      await cluster.create(ContainerClaim, {
        metadata: ref('thief'),
        spec: { pool: { name: 'desks' }, items: [{ count: 4, secret: { name: 'token' } }], whenEmpty, minAvailable: 1 },
      });
      await clock.advance(minute);
      expect(await deliveredOf('thief')).toMatchObject({
        status: 'False',
        reason: 'NotAllowed',
        message: `Secret token is of type ${type}, which the operator never hands out: name a Secret of another type`,
      });
      expect(await secrets()).toEqual(['key', 'token']);
      await cluster.remove(Secret, ref('token'));
      await cluster.create(Secret, { metadata: ref('token'), type: 'Opaque', data: { token: btoa('mine') } });
      await clock.advance(minute);
      expect(await deliveredOf('thief')).toMatchObject({ status: 'True' });
      operator.kill();
    },
  );

  it('gets no more copies once its Secret has become one', async () => {
    const { cluster, clock, operator, claim, secrets } = await refusingStage('turned');
    const pod = await claim('one', undefined, { secret });
    await cluster.remove(Secret, ref('key'));
    await cluster.create(Secret, { metadata: ref('key'), type: 'kubernetes.io/service-account-token', data: {} });
    await cluster.remove(Pod, nameOf(pod));
    await clock.advance(minute);
    expect(await secrets()).toEqual(['key']);
    operator.kill();
  });

  it('gets no copy of the copy that another claim was given', async () => {
    const { clock, operator, ask, claim, deliveredOf } = await refusingStage('copied');
    const { metadata } = await claim('one', 'ann', { secret });
    await ask('two', { secret: { name: metadata.name } }, 'bob');
    await clock.advance(5 * second);
    expect(await deliveredOf('two')).toMatchObject({
      status: 'False',
      reason: 'NotAllowed',
      message: expect.stringContaining('is the copy that another container was given'),
    });
    operator.kill();
  });

  it('is given others as Opaque, whatever their type', async () => {
    const { cluster, operator, claim } = await refusingStage('opaque');
    const data = { 'tls.crt': btoa('c'), 'tls.key': btoa('k') };
    await cluster.create(Secret, { metadata: ref('tls'), type: 'kubernetes.io/tls', data });
    const { metadata } = await claim('one', undefined, { secret: { name: 'tls' } });
    const { items } = await cluster.list(Secret, { fields: `metadata.name=${metadata.name}` });
    expect(items).toMatchObject([{ type: 'Opaque', data }]);
    operator.kill();
  });
});

describe('a container that another replica is giving away', () => {
  it.each([0, 1])('keeps no claim waiting where there is another (place %i)', async (place) => {
    const { cluster, clock, operator, ask, claim } = await refusingStage('contested');
    const stock = (await cluster.list(Pod)).items;
    const contested = stock[place]!;
    await cluster.create(Secret, {
      metadata: { ...ref(contested.metadata.name), ownerReferences: [] },
      data: { 'penstock-delivery': btoa('another-claim/0') },
    });
    const one = await claim('one', undefined, { secret });
    expect(one.metadata.name).not.toBe(contested.metadata.name);
    expect(cluster.requests.get('create secrets') ?? 0).toBeLessThanOrEqual(5);
    await cluster.patch(ContainerPool, ref('desks'), mergePatch({ spec: { refill: { paused: true } } }));
    for (const pod of (await cluster.list(Pod, { labels: `${labels.state}=${states.stocked}` })).items)
      if (pod.metadata.uid !== contested.metadata.uid) await cluster.remove(Pod, nameOf(pod));
    await clock.advance(second);
    // nothing else is there now: it is tried now and then, until whoever was at it must have gone
    const tried = () => cluster.requests.get('create secrets') ?? 0;
    const before = tried();
    await ask('two', { secret });
    await clock.advance(5 * second);
    expect(tried() - before).toBeLessThanOrEqual(10);
    await clock.advance(minute);
    const { items } = await cluster.list(Pod, { labels: `${labels.claim}=two` });
    expect(items.map(({ metadata }) => metadata.name)).toEqual([contested.metadata.name]);
    operator.kill();
  });
});

describe('containers that are made for a claim', () => {
  it('leave no Secret behind where the server refuses them, and take theirs with them when they are retired', async () => {
    const { cluster, clock, server, operator, deliveredOf, secrets } = await refusingStage('cold');
    server.refusal = (verb, kind) =>
      verb === 'create' && kind.name === Pod.name ? new Forbidden('exceeded quota: few pods') : undefined;
    await cluster.create(ContainerClaim, {
      metadata: ref('many'),
      spec: { pool: { name: 'desks' }, items: [{ count: 6, secret }], whenEmpty: 'Cold' },
    });
    await clock.advance(3 * minute);
    expect(await deliveredOf('many')).toMatchObject({ message: 'exceeded quota: few pods' });
    expect(await secrets()).toHaveLength(1 + 2);
    server.refusal = () => undefined;
    await clock.advance(minute);
    expect(await deliveredOf('many')).toMatchObject({ status: 'True' });
    expect(await secrets()).toHaveLength(1 + 6);

    const { items } = await cluster.list(Pod, { labels: `${labels.claim}=many` });
    const cold = items.filter(({ metadata }) => metadata.annotations?.[annotations.origin] === origins.cold);
    expect(cold).not.toEqual([]);
    const ofNoUse = { metadata: { annotations: { [annotations.index]: '99' } } };
    await cluster.patch(Pod, nameOf(cold[0]!), mergePatch(ofNoUse));
    await clock.advance(minute);
    expect(await deliveredOf('many')).toMatchObject({ status: 'True' });
    const pods = (await cluster.list(Pod, { labels: `${labels.claim}=many` })).items;
    const named = pods.map(({ metadata }) => metadata.name);
    expect(named).not.toContain(cold[0]!.metadata.name);
    expect((await secrets()).sort()).toEqual(['key', ...named].sort());
    operator.kill();
  });
});
