/** Pools that size themselves, on the embedded cluster in virtual time: days of demand, and a restart in the middle. */
import { expect, it } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { type Autoscale, ContainerPool } from '../../src/api/container-pool.js';
import { ConfigMap, Event, Pod } from '../../src/api/kubernetes.js';
import { annotations, labels, origins } from '../../src/api/names.js';
import { installCrds } from '../../src/cluster/crds.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { penstockKinds } from '../../src/embedded/controllers/index.js';
import { createEmbeddedWorld, type EmbeddedWorld } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import type { Manager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { hour, type Instant, minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { admitting } from '../admission.js';
import { aPool } from '../objects.js';

const monday: Instant = Date.UTC(2026, 0, 5);
const day = 24 * hour;
const pool = { namespace: 'default', name: 'sized' };

const autoscale: Autoscale = {
  hitRate: 0.99,
  min: 0,
  max: 40,
  change: { raisePerMinute: 1000, lowerPerMinute: 1000 },
  schedules: [],
  timeZone: 'UTC',
};

class Place {
  readonly #claims: { readonly name: string; readonly until: Instant }[] = [];
  #number = 0;
  asked = 0;
  hits = 0;

  private constructor(
    readonly clock: VirtualClock,
    readonly world: EmbeddedWorld,
    private operator: Manager,
  ) {}

  /** @param start how long containers take to be ready */
  static async open(start: number, own: Partial<Autoscale> = {}, replicas = 0): Promise<Place> {
    const clock = new VirtualClock(monday);
    const spread = { median: start, sigma: 0 };
    const world = createEmbeddedWorld({
      store: admitting(),
      clock,
      random: seededRandom('sized'),
      nodes: { count: 1, profile: { ...instant, readiness: spread } },
      controllers: ['garbage-collector', 'scheduler'],
      collectedKinds: [Pod, ConfigMap, ...penstockKinds],
    });
    const operator = operatorOf(world, clock);
    await clock.settle(
      installCrds(world.cluster, clock).then(() => Promise.all([world.start(), operator.start()])),
      minute,
    );
    const { template, refill, renewal, audit, claims, configuration, latch } = aPool().spec;
    const spec = { replicas, template, refill, renewal, audit, claims, configuration, latch };
    await world.cluster.create(ContainerPool, {
      metadata: pool,
      spec: { ...spec, autoscale: { ...autoscale, ...own } },
    });
    await clock.advance(second);
    return new Place(clock, world, operator);
  }

  /** Asks for containers, and gives them back after a minute and a half. */
  async claim(count: number): Promise<string> {
    const name = `claim-${this.#number++}`;
    const spec = { pool: { name: pool.name }, items: [{ count }], whenEmpty: 'Wait' as const };
    await this.world.cluster.create(ContainerClaim, { metadata: { namespace: 'default', name }, spec });
    this.#claims.push({ name, until: this.clock.now() + 1.5 * minute });
    return name;
  }

  /** Lets time pass until `end`; every minute as many are asked for as `demand` says. */
  async live(end: Instant, demand: (at: Instant) => number): Promise<void> {
    for (let at = minute * Math.ceil((this.clock.now() + 1) / minute); at <= end; at += minute) {
      await this.clock.advance(at - this.clock.now());
      while ((this.#claims[0]?.until ?? Infinity) <= at) await this.#giveBack(this.#claims.shift()?.name ?? '');
      const count = demand(at);
      if (count > 0) await this.claim(count);
    }
  }

  async #giveBack(name: string): Promise<void> {
    const { items } = await this.world.cluster.list(Pod, { namespace: 'default', labels: `${labels.claim}=${name}` });
    this.asked += items.length;
    this.hits += items.filter((pod) => pod.metadata.annotations?.[annotations.origin] === origins.stock).length;
    await this.world.cluster.remove(ContainerClaim, { namespace: 'default', name });
  }

  async status(): Promise<NonNullable<ContainerPool['status']>> {
    const { status } = await this.world.cluster.get(ContainerPool, pool);
    if (!status) throw new Error('the pool has no status');
    return status;
  }

  async restart(): Promise<void> {
    this.operator.kill();
    this.operator = operatorOf(this.world, this.clock);
    await this.clock.settle(this.operator.start(), minute);
  }

  async close(): Promise<void> {
    this.operator.kill();
    await this.clock.settle(this.world.stop(), minute);
  }
}

const operatorOf = ({ cluster }: EmbeddedWorld, clock: VirtualClock) =>
  createOperator({ cluster, clock, random: seededRandom(`operator ${clock.now()}`), logger: silentLogger });

/** One every half hour, and eight every five minutes from twelve to one. */
const noon = (at: Instant): number => {
  const inDay = at % day;
  if (inDay >= 12 * hour && inDay < 13 * hour) return inDay % (5 * minute) === 2 * minute ? 8 : 0;
  return inDay % (30 * minute) === 3 * minute ? 1 : 0;
};

it('learns the day, keeps its promise, and forgets neither over a restart', async () => {
  const place = await Place.open(20 * second);
  await place.live(monday + 3 * day, noon);
  await place.restart();
  [place.asked, place.hits] = [0, 0];

  await place.live(monday + 3 * day + 11 * hour, noon);
  const before = await place.status();
  await place.live(monday + 3 * day + 12 * hour + minute, noon);
  const atNoon = await place.status();
  expect(before.desired).toBeLessThan(8);
  expect(atNoon.ready).toBeGreaterThanOrEqual(8);
  expect(atNoon.sizing?.message).toMatch(
    /^raised from 0 to 8: between 11:55 and 12:00 UTC at most 8 are expected within one refill, going by the most that/,
  );
  expect(atNoon.sizing?.leadTime).toBe('20s');
  expect(atNoon.conditions?.find(({ type }) => type === 'Sized')).toMatchObject({
    status: 'True',
    reason: 'FromDemand',
    message: atNoon.sizing?.message,
  });

  await place.live(monday + 4 * day, noon);
  expect(place.asked).toBeGreaterThan(130);
  expect(place.hits / place.asked).toBeGreaterThanOrEqual(0.99);
  const { items: events } = await place.world.cluster.list(Event);
  expect(events.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['StockRaised', 'StockLowered']));
  await place.close();
});

it('writes its history down seldom, and only when something was asked for', async () => {
  const place = await Place.open(second);
  const version = async () => (await place.world.cluster.list(ConfigMap)).items[0]?.metadata.resourceVersion;
  await place.live(monday + hour, (at) => (at < monday + 10 * minute ? 1 : 0));
  const written = await version();
  const { items } = await place.world.cluster.list(ConfigMap);
  expect(items.map(({ metadata }) => metadata.ownerReferences?.[0]?.name)).toEqual(['sized']);
  await place.live(monday + 5 * hour, () => 0);
  expect(await version()).toBe(written);
  await place.world.cluster.remove(ContainerPool, pool);
  await place.clock.advance(minute);
  expect((await place.world.cluster.list(ConfigMap)).items).toEqual([]);
  await place.close();
});

it('counts what was asked for since it last wrote, after a crash, where the claims still exist', async () => {
  const place = await Place.open(second, { max: 10 });
  await place.live(monday + 10 * minute, () => 0);
  for (let claim = 0; claim < 3; claim++) await place.claim(2);
  await place.clock.advance(20 * second);
  await place.restart();
  await place.clock.advance(11 * minute);
  const [record] = (await place.world.cluster.list(ConfigMap)).items;
  const entry = Object.entries(record?.data ?? {}).find(([key]) => key.startsWith('day-'));
  expect(entry?.[1]).toMatch(/^[0-9a-z]+\*6$/);
  await place.close();
});

it('makes what a claim waits for, whatever demand was, up to its maximum', async () => {
  const place = await Place.open(second, { max: 6 });
  const large = await place.claim(6);
  await place.clock.advance(30 * second);
  const claim = await place.world.cluster.get(ContainerClaim, { namespace: 'default', name: large });
  expect(claim.status).toMatchObject({ allocated: 6, ready: 6 });
  const larger = await place.claim(7);
  await place.clock.advance(30 * second);
  expect(await place.status()).toMatchObject({ desired: 6 });
  const waiting = await place.world.cluster.get(ContainerClaim, { namespace: 'default', name: larger });
  expect(waiting.status?.allocated).toBe(0);
  await place.close();
});

it('obeys its user at once: the start, a schedule, other limits, no sizing at all', async () => {
  const schedules = [{ from: '00:00', to: '00:30', min: 5 }];
  const place = await Place.open(second, { schedules }, 3);
  await place.clock.advance(minute);
  expect(await place.status()).toMatchObject({ desired: 5, ready: 5 });
  await place.clock.advance(hour);
  expect(await place.status()).toMatchObject({ desired: 3, ready: 3 });
  await place.world.cluster.patch(ContainerPool, pool, mergePatch({ spec: { autoscale: { min: 9 } } }));
  await place.clock.advance(2 * minute);
  expect(await place.status()).toMatchObject({ desired: 9, ready: 9 });
  await place.world.cluster.patch(ContainerPool, pool, mergePatch({ spec: { autoscale: null } }));
  await place.clock.advance(2 * minute);
  const status = await place.status();
  expect(status).toMatchObject({ desired: 3, ready: 3 });
  expect(status.sizing).toBeUndefined();
  expect(status.conditions?.map(({ type }) => type)).not.toContain('Sized');
  await place.close();
});
