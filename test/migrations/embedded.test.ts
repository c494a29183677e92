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
import { feasibility } from '../../src/migrations/index.js';
import { mainContainerId } from '../../src/line/index.js';
import { createOperator } from '../../src/operator/index.js';
import { findCondition } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { type Duration, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { RefusingCluster } from '../delivery/refusing-cluster.js';
import { admitting } from '../admission.js';
import { pairs } from '../../src/simulation/experiments/migration/pairs.js';
import { MigrationWorkloads } from '../../src/simulation/experiments/migration/workloads.js';

const namespace = 'default';
const collectedKinds = [Pod, ReplicaSet, Deployment, ContainerPool, ContainerClaim];

/** @param latency of each change that the operator makes to a pod */
async function open(seed: string, latency: Duration = 0) {
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
  const distant = new RefusingCluster(cluster);
  const { patch } = distant;
  distant.patch = async (kind, ...rest) => {
    if (kind.name === Pod.name && latency > 0) await clock.sleep(latency);
    return patch(kind, ...rest);
  };
  const operator = createOperator({ cluster: distant, clock, random: random.split('operator'), logger: silentLogger });
  await clock.settle(operator.start(), 10 * second);
  const until = async (what: string, holds: () => Promise<boolean>) => {
    for (let waited = 0; waited < 300; waited++) {
      if (await holds()) return;
      await clock.advance(second);
    }
    throw new Error(`not within 300 s: ${what}`);
  };
  return {
    clock,
    cluster,
    until,
    place: new MigrationWorkloads({ cluster, namespace, image: 'app:1', command: ['/app'], until }),
  };
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

  describe('to a claim', () => {
    const rules = { maxContainers: 5, tenants: { default: { maxContainers: 2 } } };
    const from = { kind: 'ContainerPool', name: 'a' } as const;
    const to = (name: string) => ({ kind: 'ContainerClaim', name }) as const;
    const full = 'pool a gives tenant blue at most 2 at once (spec.claims.tenants)';

    it('brings no more of a pool than its tenant may hold', async () => {
      const { place, clock, cluster } = await open('quota');
      await place.pool('a', 6, { claims: rules });
      await place.claim('a', 5, { minAvailable: 0 }, false);
      await clock.advance(10 * second);
      expect(await place.held('a')).toHaveLength(2);
      await place.start('x', { from, to: to('a'), count: 3 });
      await clock.advance(30 * second);
      expect(await place.held('a')).toHaveLength(2);
      const { status } = await place.migration('x');
      expect(findCondition(status?.conditions, 'Complete')).toMatchObject({ reason: 'Waiting', message: full });
      const wanted = { from, to: to('a'), count: 3, order: 'Oldest', tenant: 'blue' } as const;
      expect(await feasibility(cluster, namespace, wanted, clock.now())).toEqual({ possible: 0, objection: full });
      const more = { spec: { claims: { tenants: { default: { maxContainers: 3 } } } } };
      await cluster.patch(ContainerPool, { namespace, name: 'a' }, mergePatch(more));
      await clock.advance(30 * second);
      expect(await place.held('a')).toHaveLength(3);
    });

    it('of another pool neither, however many go at once', async () => {
      const { place, clock } = await open('at once');
      await place.pool('a', 6, { claims: rules });
      await place.pool('b', 0);
      const names = ['p', 'q', 'r', 's'];
      for (const name of names) await place.claim(name, 2, { pool: { name: 'b' }, minAvailable: 0 }, false);
      await Promise.all(names.map((name) => place.start(name, { from, to: to(name) })));
      await clock.advance(30 * second);
      const held = await Promise.all(names.map((name) => place.held(name)));
      expect(held.flat()).toHaveLength(2);
    });

    it.each(['the migration', 'a claim'] as const)('counts what is under way when %s comes first', async (first) => {
      const { place, clock } = await open('under way', 5 * second);
      await place.pool('a', 6, { claims: rules });
      await place.pool('b', 0);
      await place.claim('p', 2, { pool: { name: 'b' }, minAvailable: 0 }, false);
      await clock.advance(10 * second);
      const migrate = () => place.start('x', { from, to: to('p') });
      const claim = () => place.claim('a', 2, { minAvailable: 0 }, false);
      const [one, other] = first === 'a claim' ? [claim, migrate] : [migrate, claim];
      await one();
      await clock.advance(2 * second);
      await other();
      await clock.advance(60 * second);
      const held = { a: (await place.held('a')).length, p: (await place.held('p')).length };
      expect(held).toEqual(first === 'a claim' ? { a: 2, p: 0 } : { a: 0, p: 2 });
    });

    it('brings none of a pool to a claim that asks for more than the pool gives to one, nor to a tenant that gets none', async () => {
      const { place } = await open('too many');
      await place.pool('a', 6, { claims: { ...rules, tenants: { named: [{ name: 'red', maxContainers: 0 }] } } });
      await place.pool('b', 0);
      await place.claim('many', 6, { pool: { name: 'b' }, minAvailable: 0 }, false);
      await place.claim('red', 1, { pool: { name: 'b' }, tenant: 'red' }, false);
      expect(await place.migrate('many', { from, to: to('many') })).toMatchObject({
        reason: 'Incompatible',
        message: 'claim many: asks for 6 containers; pool a gives at most 5 to a claim',
      });
      await place.claim('one', 3, { pool: { name: 'a' } });
      const between = { from: to('one'), to: to('many') };
      expect(await place.migrate('between', between)).toMatchObject({
        reason: 'Incompatible',
        message: expect.stringContaining('claim many: asks for 6 containers; pool a gives at most 5 to a claim'),
      });
      expect(await place.migrate('red', { from, to: to('red'), tenant: 'red' })).toMatchObject({
        reason: 'Incompatible',
        message: 'claim red: pool a gives nothing to tenant red (spec.claims.tenants)',
      });
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

const identities = async (place: MigrationWorkloads, end: Workload) =>
  (await place.at(end)).map((pod) => `${pod.metadata.uid} ${mainContainerId(pod)}`);
