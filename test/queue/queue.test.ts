import { expect, it } from 'vitest';
import { ContainerMigration } from '../../src/api/container-migration.js';
import { annotations, origins } from '../../src/api/names.js';
import { mainContainer } from '../../src/line/index.js';
import { minute, second } from '../../src/support/time.js';
import { Place } from './place.js';

it('serves tenants in turn, whoever came first, and says who is where', async () => {
  const place = await Place.open(minute);
  const operator = await place.operator();
  await place.pool('web', { replicas: 4 });
  for (let i = 0; i < 8; i++) await place.claim(`greedy-${i}`, 1, { tenant: 'greedy' });
  for (let i = 0; i < 2; i++) await place.claim(`modest-${i}`, 1, { tenant: 'modest' });
  await place.clock.advance(10 * second);
  expect(await place.stateOf('modest-0')).toMatchObject({ reason: 'Waiting', place: 2 });
  await place.clock.advance(minute);
  expect(await place.served()).toEqual(['greedy-0', 'greedy-1', 'modest-0', 'modest-1']);
  expect((await place.stateOf('greedy-7')).says).toBe('place 6 of 6; waits for 1 more container of pool web');
  await place.clock.advance(3 * minute);
  expect(await place.served()).toHaveLength(10);
  await place.close(operator);
});

/** A large claim comes when there is too little in stock, and small ones come after it, if so many. */
async function largeAmongSmall(small: number) {
  const place = await Place.open(20 * second);
  const operator = await place.operator();
  await place.pool('web', { replicas: 6 });
  await place.pool('other', { replicas: 1 });
  await place.clock.advance(30 * second);
  await place.claim('holder', 3, { tenant: 'x' });
  await place.claim('large', 5, { tenant: 'a' });
  for (let i = 0; i < small; i++) await place.claim(`small-${i}`, 1, { tenant: i % 2 ? 'a' : 'x' });
  await place.clock.advance((8 - small) * second);
  const meanwhile = await place.served();
  const says = small > 0 ? (await place.stateOf('small-0')).says : '';
  await place.clock.advance(3 * minute);
  const { deliveredAt } = await place.stateOf('large');
  const served = await place.served();
  await place.close(operator);
  return { meanwhile, says, deliveredAt, served };
}

it('keeps stock for a claim that takes all or nothing: smaller ones delay it by nothing, and are served after it', async () => {
  const alone = await largeAmongSmall(0);
  const among = await largeAmongSmall(6);
  expect(alone.deliveredAt).toBeDefined();
  expect(among.deliveredAt).toBe(alone.deliveredAt);
  expect(among.meanwhile).toEqual(['holder']);
  expect(among.says).toMatch(
    /^place \d of \d; waits for 1 more container of pool web; 3 ready are kept for claim large ahead of it$/,
  );
  expect(among.served).toHaveLength(8);
});

it('lets a claim behind it have what another pool has', async () => {
  const place = await Place.open(20 * second);
  const operator = await place.operator();
  const own = { tier: 'batch' };
  await place.pool('web', { replicas: 3 }, { own });
  await place.pool('else', { replicas: 1 }, { own, size: { cpu: '1', memory: '1Gi' } });
  await place.clock.advance(30 * second);
  await place.claim('holder', 2);
  await place.claim('large', 3);
  await place.claim('any', 1, { pool: { selector: { matchLabels: own } } });
  expect(await place.served()).toEqual(['any', 'holder']);
  expect(await place.poolsOf('any')).toEqual(['else']);
  await place.clock.advance(30 * second);
  expect(await place.served()).toContain('large');
  await place.close(operator);
});

it('serves a higher priority first, as far as the pool allows one', async () => {
  const place = await Place.open();
  const operator = await place.operator();
  await place.pool('web', { replicas: 0, claims: { maxContainers: 100, maxPriority: 5 } });
  await place.claim('early', 1);
  await place.claim('urgent', 1, { priority: 5 });
  await place.claim('presumptuous', 1, { priority: 6 });
  await place.clock.advance(10 * second);
  expect(await place.stateOf('urgent')).toMatchObject({ place: 1 });
  expect(await place.stateOf('early')).toMatchObject({ place: 2 });
  expect(await place.stateOf('presumptuous')).toMatchObject({
    reason: 'NotAllowed',
    says: 'asks for priority 6; pool web allows at most 5 (spec.claims.maxPriority)',
  });
  await place.close(operator);
});

it('does not keep anything for what can never be had, and says so', async () => {
  const place = await Place.open();
  const operator = await place.operator();
  await place.pool('web', { replicas: 4 });
  await place.claim('vain', 9);
  await place.claim('small', 1);
  await place.clock.advance(6 * second);
  expect(await place.served()).toEqual(['small']);
  const { says, reason } = await place.stateOf('vain');
  expect(reason).toBe('Waiting');
  expect(says).toMatch(
    /takes none before 9 can be had; waits in vain, and keeps nobody waiting: pool web has at most 4 ready/,
  );
  await place.close(operator);
});

it('gives a tenant no more than its pool says, and what is given back to its next claim', async () => {
  const place = await Place.open();
  const operator = await place.operator();
  await place.pool('web', {
    replicas: 10,
    claims: { maxContainers: 100, tenants: { named: [{ name: 'blue', maxContainers: 4 }] } },
  });
  await place.claim('first', 3, { tenant: 'blue' });
  await place.claim('second', 2, { tenant: 'blue' });
  await place.claim('other', 5, { tenant: 'red' });
  expect(await place.held()).toEqual({ blue: 3, red: 5 });
  const { says } = await place.stateOf('second');
  expect(says).toBe(
    'place 1 of 1; waits for 2 more containers of pool web; takes none before 2 can be had; tenant blue holds 3 of at most 4 containers of pool web (spec.claims.tenants)',
  );
  await place.release('first');
  expect(await place.held()).toEqual({ blue: 2, red: 5 });
  await place.close(operator);
});

it('lets many claims of one tenant arrive at once without going over its limit', async () => {
  const place = await Place.open();
  const operator = await place.operator();
  await place.pool('web', { replicas: 30, claims: { maxContainers: 100, tenants: { default: { maxContainers: 7 } } } });
  await Promise.all(Array.from({ length: 20 }, (_, i) => place.claim(`c-${i}`, 1, { tenant: i % 2 ? 'a' : 'b' })));
  await place.clock.advance(5 * second);
  expect(await place.held()).toEqual({ a: 7, b: 7 });
  await place.close(operator);
});

it('goes on where it was after a crash, and the same with two operators at work', async () => {
  const place = await Place.open();
  const first = await place.operator();
  await place.pool('web', { replicas: 0 });
  for (let i = 0; i < 6; i++) await place.claim(`a-${i}`, 2, { tenant: 'a' });
  for (let i = 0; i < 3; i++) await place.claim(`b-${i}`, 2, { tenant: 'b' });
  first.kill();
  const second_ = await place.operator();
  const third = await place.operator();
  await place.setPool('web', { replicas: 8 });
  await place.setPool('web', { replicas: 0 });
  await place.clock.advance(minute);
  const held = await place.held();
  expect((held['a'] ?? 0) + (held['b'] ?? 0)).toBeGreaterThanOrEqual(8);
  const states = await Promise.all(['a-0', 'a-1', 'b-0', 'b-1'].map((name) => place.stateOf(name)));
  expect(states.map(({ allocated }) => allocated)).toEqual([2, 2, 2, 2]);
  await place.setPool('web', { replicas: 10 });
  await place.clock.advance(minute);
  expect(await place.held()).toEqual({ a: 12, b: 6 });
  await place.close(second_, third);
});

it('takes each item from the pool that wastes least on it, and from another one when that is empty', async () => {
  const place = await Place.open();
  const operator = await place.operator();
  const own = { tier: 'batch' };
  await place.pool(
    'small',
    {
      replicas: 2,
      shapes: [
        { name: 'large', resources: { requests: { cpu: '3', memory: '1Gi' }, limits: { cpu: '3', memory: '1Gi' } } },
      ],
    },
    { own, size: { cpu: '1', memory: '1Gi' } },
  );
  await place.pool('large', { replicas: 2 }, { own, size: { cpu: '2', memory: '4Gi' } });
  await place.pool('else', { replicas: 2 });
  const pool = { selector: { matchLabels: own } };
  const resources = { requests: { cpu: '2', memory: '4Gi' }, limits: { cpu: '2', memory: '4Gi' } };
  await place.claim('mixed', 0, { pool, items: [{ count: 1 }, { name: 'big', count: 1, resources }] });
  expect(await place.poolsOf('mixed')).toEqual(['large', 'small']);
  await place.claim('many', 3, { pool });
  expect(await place.poolsOf('many')).toEqual(['large', 'small', 'small']);
  await place.claim('shaped', 0, { pool, items: [{ count: 1, shape: 'large' }] });
  expect(await place.poolsOf('shaped')).toEqual(['small']);
  const [pod] = (await place.pods()).filter(({ metadata }) => metadata.labels?.['penstock.dev/claim'] === 'shaped');
  expect(pod && mainContainer(pod)?.resources?.requests).toEqual({ cpu: '3', memory: '1Gi' });
  // what was delivered stays as it is, whatever the shape means now
  await place.setPool('small', { shapes: [] });
  await place.clock.advance(5 * second);
  expect(await place.stateOf('shaped')).toMatchObject({ allocated: 1, reason: 'Delivered' });
  await place.claim('refused', 0, { pool, items: [{ count: 1, shape: 'none' }] });
  expect(await place.stateOf('refused')).toMatchObject({
    reason: 'NotAllowed',
    says: expect.stringMatching(/^large: item 0: shape none .*; small: item 0: shape none/),
  });
  await place.close(operator);
});

it('starts no more cold within a minute than the pool allows, after a crash either', async () => {
  const place = await Place.open();
  const operator = await place.operator();
  await place.pool('web', { replicas: 0, claims: { maxContainers: 100, coldStarts: { perMinute: 4 } } });
  await place.claim('cold', 10, { whenEmpty: 'Cold' });
  const cold = async () =>
    (await place.pods()).filter(({ metadata }) => metadata.annotations?.[annotations.origin] === origins.cold).length;
  expect(await cold()).toBe(4);
  expect(await place.stateOf('cold')).toMatchObject({
    reason: 'Waiting',
    says: expect.stringContaining('waits to start 6 of 10'),
  });
  operator.kill();
  const next = await place.operator();
  await place.clock.advance(50 * second);
  expect(await cold()).toBe(4);
  await place.clock.advance(20 * second);
  expect(await cold()).toBe(8);
  await place.clock.advance(minute);
  expect(await place.stateOf('cold')).toMatchObject({ allocated: 10, reason: 'Delivered' });
  await place.close(next);
});

it('writes places seldom, however many wait, and nothing when nothing changes', async () => {
  const place = await Place.open();
  const operator = await place.operator();
  await place.pool('web', { replicas: 0 });
  const many = 300;
  await Promise.all(Array.from({ length: many }, (_, i) => place.claim(`c-${i}`, 1)));
  await place.clock.advance(minute);
  const arrived = place.statusWrites;
  expect(arrived).toBeLessThan(2.5 * many);
  await place.clock.advance(5 * minute);
  expect(place.statusWrites).toBe(arrived);
  await place.setPool('web', { replicas: 100 });
  await place.setPool('web', { replicas: 0 });
  await place.clock.advance(minute);
  const served = (await place.served()).length;
  expect(served).toBeGreaterThanOrEqual(100);
  // each of those that were served takes one write or two; of those that go on waiting the front says its place
  expect(place.statusWrites - arrived).toBeLessThan(2 * served + 120);
  await place.close(operator);
});

it.each([1, 2])('serves a claim of %i that waited in vain, as soon as so many are moved to its pool', async (count) => {
  const place = await Place.open();
  const operator = await place.operator();
  await place.pool('lender', { replicas: count });
  await place.pool('borrower', { replicas: count, refill: { paused: true, maxStarting: 50, startDeadline: '5m' } });
  await place.claim('vain', count, { pool: { name: 'borrower' } });
  await place.clock.advance(7 * second);
  expect(await place.served()).toEqual([]);
  const pool = (name: string) => ({ kind: 'ContainerPool', name }) as const;
  const options = { order: 'Oldest', keepSource: true, paused: false, cancelled: false, deadline: '2m' } as const;
  await place.cluster.create(ContainerMigration, {
    metadata: { name: 'loan', namespace: 'default' },
    spec: { from: pool('lender'), to: pool('borrower'), ...options },
  });
  await place.clock.advance(second);
  expect(await place.served()).toEqual(['vain']);
  await place.close(operator);
});
