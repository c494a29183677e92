/** All pairs on the embedded cluster in virtual time, and what is refused. */
import { describe, expect, it } from 'vitest';
import { CustomResourceDefinition, Deployment, Pod, ReplicaSet } from '../../src/api/kubernetes.js';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerMigration, type Workload } from '../../src/api/container-migration.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { realistic } from '../../src/embedded/nodes/index.js';
import { mainContainerId } from '../../src/line/index.js';
import { createOperator } from '../../src/operator/index.js';
import { findCondition } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { admitting } from '../admission.js';
import { pairs, Place } from './pairs.js';

const namespace = 'default';
const collectedKinds = [Pod, ReplicaSet, Deployment, ContainerPool, ContainerClaim];

async function open(seed: string) {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const world = createEmbeddedWorld({
    store: admitting(),
    clock,
    random,
    nodes: { count: 4, profile: realistic },
    collectedKinds,
  });
  const { cluster } = world;
  for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
  await clock.settle(world.start(), 10 * second);
  const operator = createOperator({ cluster, clock, random: random.split('operator'), logger: silentLogger });
  await clock.settle(operator.start(), 10 * second);
  const until = async (what: string, holds: () => Promise<boolean>) => {
    for (let waited = 0; waited < 300; waited++) {
      if (await holds()) return;
      await clock.advance(second);
    }
    throw new Error(`not within 300 s: ${what}`);
  };
  return { clock, cluster, until, place: new Place({ cluster, namespace, image: 'app:1', command: ['/app'], until }) };
}

describe('a migration', () => {
  it.each(pairs.map((pair) => [pair.from, pair.to, pair] as const))('moves from %s to %s', async (from, to, pair) => {
    const { place, clock } = await open(`${from}-${to}`);
    const { spec, counts } = await pair.prepare(place, 'x');
    const outcome = await place.migrate('x', { ...spec, count: 2 });
    // what goes back to its pool from a claim is cleaned before it is there
    const kept = !(from === 'claim' && to === 'pool');
    expect(outcome).toMatchObject({ reason: 'Moved', moved: 2, kept });
    await clock.advance(60 * second);
    expect({ from: (await place.at(spec.from)).length, to: (await place.at(spec.to)).length }).toEqual(counts);
  });

  it.each(['StatefulSet', 'DaemonSet', 'Job'] as const)('refuses a %s, and says why', async (kind) => {
    const { place } = await open(kind);
    await place.pool('a', 1);
    const [pool, other] = [{ kind: 'ContainerPool', name: 'a' } as const, { kind, name: 'x' }];
    for (const [name, ends] of [
      ['to', { from: pool, to: other }],
      ['from', { from: other, to: pool }],
    ] as const) {
      const { reason, message } = await place.migrate(name, ends);
      expect([reason, message]).toEqual(['Refused', expect.stringMatching(new RegExp(`cannot be moved.*: a ${kind}`))]);
    }
  });

  it('tells field by field what differs, and goes on when it does not any more', async () => {
    const { place, clock, cluster } = await open('differs');
    await place.pool('a', 2);
    const { spec } = place.template();
    const [main] = spec.containers;
    const changed = { name: 'main', ...main, image: 'app:2', env: [{ name: 'A', value: 'b' }] };
    const template = { spec: { ...spec, containers: [changed] } };
    await place.emptyPool('b', 2, { template });
    const ends = { from: { kind: 'ContainerPool', name: 'a' }, to: { kind: 'ContainerPool', name: 'b' } } as const;
    const { reason, message } = await place.migrate('x', ends);
    expect(reason).toBe('Incompatible');
    expect(message).toMatch(
      /spec\.containers\[main\]\.env\[A\] is missing, .* is wanted; .*image is app:1, app:2 is wanted/,
    );
    await cluster.patch(ContainerPool, { namespace, name: 'b' }, mergePatch({ spec: { template: { spec } } }));
    await clock.advance(30 * second);
    expect((await place.migration('x')).status).toMatchObject({ moved: 2, desired: 2 });
  });

  it('leaves with its claim what that has given a lifetime', async () => {
    const { place } = await open('lifetime');
    await place.pool('a', 1);
    await place.claim('a', 1, { lifetime: '1h' });
    await place.deployment('b', 1);
    const ends = { from: { kind: 'ContainerClaim', name: 'a' }, to: { kind: 'Deployment', name: 'b' } } as const;
    expect(await place.migrate('x', ends)).toMatchObject({
      reason: 'Incompatible',
      message: expect.stringMatching(/has given it a lifetime/),
    });
  });

  it('ends when it is cancelled while one of the two is not there', async () => {
    const { place, clock, cluster } = await open('nowhere');
    await place.pool('a', 1);
    const ends = { from: { kind: 'ContainerPool', name: 'a' }, to: { kind: 'ContainerClaim', name: 'b' } } as const;
    expect(await place.migrate('x', ends)).toMatchObject({ reason: 'NotFound' });
    await cluster.patch(ContainerMigration, { namespace, name: 'x' }, mergePatch({ spec: { cancelled: true } }));
    await clock.advance(20 * second);
    expect(findCondition((await place.migration('x')).status?.conditions, 'Complete')).toMatchObject({
      status: 'True',
      reason: 'Cancelled',
    });
  });

  it('keeps tenants apart', async () => {
    const { place } = await open('tenants');
    await place.pool('a', 2);
    await place.claim('a', 2, { tenant: 'red' });
    await place.claim('b', 1, { tenant: 'blue' }, false);
    const ends = { from: { kind: 'ContainerClaim', name: 'a' }, to: { kind: 'ContainerClaim', name: 'b' } } as const;
    for (const tenant of ['red', 'blue', undefined])
      expect(await place.migrate(`for-${tenant}`, { ...ends, tenant })).toMatchObject({
        reason: 'Incompatible',
        message: expect.stringMatching(/never goes from one tenant to another/),
      });
  });

  it.each([
    ['claim', 'claim', true],
    ['claim', 'Deployment', true],
    ['Deployment', 'claim', true],
    ['Deployment', 'Deployment', true],
    ['pool', 'pool', true],
    ['pool', 'claim', false],
    ['claim', 'pool', false],
  ] as const)('from %s to %s, cancelled before its end, is rolled back: %s', async (from, to, comesBack) => {
    const { place, clock, cluster } = await open(`back ${from} ${to}`);
    const pair = pairs.find((one) => one.from === from && one.to === to);
    const prepared = await pair?.prepare(place, 'x');
    if (!prepared) throw new Error('there is no such pair');
    const before = await identities(place, prepared.spec.from);
    const ref = { namespace, name: 'x' };
    await place.start('x', { ...prepared.spec, count: 9 });
    for (let waited = 0; ((await place.migration('x')).status?.moved ?? 0) < 2 && waited < 100; waited++)
      await clock.advance(second / 10);
    await cluster.patch(ContainerMigration, ref, mergePatch({ spec: { cancelled: true } }));
    await clock.advance(60 * second);
    const { status } = await place.migration('x');
    expect(findCondition(status?.conditions, 'Complete')).toMatchObject({
      status: 'True',
      reason: comesBack ? 'RolledBack' : 'Cancelled',
    });
    const after = await identities(place, prepared.spec.from);
    const still = before.filter((one) => after.includes(one));
    expect(still).toHaveLength(comesBack ? before.length : before.length - (status?.moved ?? 0));
    // a pool has been refilled meanwhile
    const isRefilled = prepared.spec.from.kind === 'ContainerPool';
    expect(isRefilled || !comesBack || after.length === before.length).toBe(true);
  });

  it('pauses, goes on, and ends at its deadline with what it has', async () => {
    const { place, clock, cluster } = await open('pause');
    await place.pool('a', 2);
    await place.pool('b', 0);
    await place.claim('b', 3, { minAvailable: 1 }, false);
    const ref = { namespace, name: 'x' };
    const ends = { from: { kind: 'ContainerPool', name: 'a' }, to: { kind: 'ContainerClaim', name: 'b' } } as const;
    const reason = async () => findCondition((await place.migration('x')).status?.conditions, 'Complete')?.reason;
    await cluster.patch(ContainerPool, { namespace, name: 'a' }, mergePatch({ spec: { refill: { paused: true } } }));
    await place.start('x', { ...ends, count: 3, deadline: '40s', paused: true });
    await clock.advance(10 * second);
    expect([await reason(), (await place.held('b')).length]).toEqual(['Paused', 0]);
    await cluster.patch(ContainerMigration, ref, mergePatch({ spec: { paused: false } }));
    await clock.advance(15 * second);
    expect([await reason(), (await place.held('b')).length]).toEqual(['Waiting', 2]);
    await clock.advance(20 * second);
    expect([await reason(), (await place.held('b')).length]).toEqual(['DeadlineExceeded', 2]);
  });
});

const identities = async (place: Place, end: Workload) =>
  (await place.at(end)).map((pod) => `${pod.metadata.uid} ${mainContainerId(pod)}`);
