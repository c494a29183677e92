/** Programs that never answer, of two namespaces that have as many of them as they like, and what is left for a third. */
import { afterEach, describe, expect, it } from 'vitest';
import { ContainerPool, type ContainerPoolSpec } from '../../src/api/container-pool.js';
import { autoscaleWithin } from '../../src/api/container-pool-schema.js';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { Namespace } from '../../src/api/kubernetes.js';
import type { Kind } from '../../src/api/meta/kind.js';
import { nameOf, type Resource } from '../../src/api/meta/resource.js';
import { defaultLine, ProductionLine } from '../../src/api/production-line.js';
import { productionLineSpec } from '../../src/api/production-line-schema.js';
import type { Command, Executor, Exit } from '../../src/cluster/executor.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { type HttpAnswer, type HttpCall, type HttpClient, isTrue } from '../../src/runtime/index.js';
import type { Clock } from '../../src/support/clock.js';
import { type Duration, minute, second } from '../../src/support/time.js';
import { aPool } from '../objects.js';
import { Scene } from './scene.js';

/** Answers nobody, and hears only of time-outs and of those who give up. */
class Unresponsive implements HttpClient, Executor {
  readonly open = new Set<string>();
  readonly timeouts = new Set<Duration>();

  constructor(private readonly clock: Clock) {}

  send({ url, body = '', timeout, signal }: HttpCall): Promise<HttpAnswer> {
    return this.#never(`${url} ${body}`, timeout, signal);
  }

  run({ pod, command, timeout, signal }: Command): Promise<Exit> {
    return this.#never(`${pod} ${command.join(' ')}`, timeout, signal);
  }

  async #never(call: string, timeout: Duration, signal: AbortSignal): Promise<never> {
    this.open.add(call);
    this.timeouts.add(timeout);
    try {
      await this.clock.sleep(timeout, signal);
    } finally {
      this.open.delete(call);
    }
    throw new Error('no answer');
  }
}

const attackers = ['evil', 'worse'];
const url = 'http://tarpit/slow';
const settings = { url, callTimeout: '30s' };
const exec = { command: ['sleep', 'infinity'], callTimeout: '30s' };
const ends = { provision: { stage: 'provision' }, stock: { stage: 'stock' } };
const produce = (...stages: readonly object[]) => ({ produce: [ends.provision, ...stages, ends.stock] });
const deliver = (stage: object) => ({ deliver: [...defaultLine.deliver, stage] });
const autoscale = { ...autoscaleWithin({ min: 1, max: 9 }), webhook: { url, timeout: '30s' } };

let scene: Scene;
let outside: Unresponsive;
afterEach(() => scene.close());

async function open(): Promise<void> {
  scene = await Scene.open({}, (clock) => {
    outside = new Unresponsive(clock);
    return { http: outside, executor: outside };
  });
}

/** So many pools by a line, and a claim for each, in each namespace of the attackers. */
async function attack(count: number, line: object, own: Partial<ContainerPoolSpec> = {}): Promise<void> {
  const { cluster } = scene.world;
  for (const namespace of attackers) {
    const spec = productionLineSpec.parse(line);
    await cluster.create(Namespace, { metadata: { name: namespace } });
    await cluster.create(ProductionLine, { metadata: { namespace, name: 'slow' }, spec });
  }
  await scene.clock.advance(second);
  for (const namespace of attackers)
    for (let i = 0; i < count; i++) {
      const name = `slow-${i}`;
      const { spec } = aPool({ replicas: 1, line: { name: 'slow' }, ...own });
      await cluster.create(ContainerPool, { metadata: { namespace, name }, spec });
      const claim = { pool: { name }, items: [{ count: 1 }], whenEmpty: 'Wait' as const };
      await cluster.create(ContainerClaim, { metadata: { namespace, name }, spec: claim });
    }
  await scene.clock.advance(5 * second);
}

async function remove<T extends Resource>(kind: Kind<T>): Promise<void> {
  for (const namespace of attackers)
    for (const object of (await scene.world.cluster.list(kind, { namespace })).items)
      await scene.world.cluster.remove(kind, nameOf(object));
}

/** How long a namespace that has nothing to do with it waits for its stock, and for what it claims. */
async function victim(): Promise<{ readonly stocked: Duration; readonly served: Duration }> {
  const { clock, world } = scene;
  const since = async (done: () => Promise<boolean>) => {
    const start = clock.now();
    while (!(await done()) && clock.now() - start < 10 * minute) await clock.advance(10);
    return clock.now() - start;
  };
  const { spec } = aPool({ replicas: 3 });
  await world.cluster.create(ContainerPool, { metadata: { namespace: 'default', name: 'pool' }, spec });
  const stocked = await since(async () => (await scene.poolStatus())?.ready === 3);
  const claim = { pool: { name: 'pool' }, items: [{ count: 2 }], whenEmpty: 'Wait' as const };
  await world.cluster.create(ContainerClaim, { metadata: { namespace: 'default', name: 'c' }, spec: claim });
  const served = await since(async () => isTrue((await scene.claimStatus('c'))?.conditions, 'Ready'));
  return { stocked, served };
}

type Attack = (count: number) => Promise<void>;

/** Each with how many pools or claims of two namespaces would hold all workers, if each of them held one. */
const slow = {
  'a webhook on the way into stock': [10, (count) => attack(count, produce({ stage: 'webhook', settings }))],
  'a GET that warms up': [
    10,
    (count) =>
      attack(count, produce({ stage: 'warm', settings: { http: { port: 80, callTimeout: '30s' } }, timeout: '1h' })),
  ],
  'a program that warms up': [
    10,
    (count) => attack(count, produce({ stage: 'warm', settings: { exec }, timeout: '1h' })),
  ],
  'a hook': [66, (count) => attack(count, deliver({ stage: 'notify', settings: { http: settings } }))],
  'a hook that is a program': [66, (count) => attack(count, deliver({ stage: 'notify', settings: { exec } }))],
  'a webhook after delivery': [66, (count) => attack(count, deliver({ stage: 'webhook', settings }))],
  'a webhook that sizes pools': [10, (count) => attack(count, {}, { autoscale })],
  'a webhook on the way out': [
    66,
    async (count) => {
      await attack(count, { reclaim: [{ stage: 'webhook', settings }, { stage: 'retire' }] });
      await remove(ContainerClaim);
      await scene.clock.advance(second);
    },
  ],
} satisfies Readonly<Record<string, readonly [number, Attack]>>;

const unhurried: Readonly<Record<string, readonly [number, Attack]>> = {
  'to be made': [10, (count) => attack(count, { produce: [{ stage: 'provision', rate: 0.01 }, ends.stock] })],
  'to be handed over': [
    66,
    (count) =>
      attack(count, {
        deliver: [{ stage: 'match' }, { stage: 'hand-over', rate: 0.01 }, ...defaultLine.deliver.slice(2)],
      }),
  ],
};

describe('what is slow in two namespaces delays nothing in a third', () => {
  it.each(Object.entries(slow))('%s', async (_, [count, begin]) => {
    await open();
    const alone = await victim();
    scene.close();
    await open();
    await begin(count);
    expect(outside.open.size).toBeGreaterThanOrEqual(2 * Math.min(count, 64));
    expect(await victim()).toEqual(alone);
  });

  it.each(Object.entries(unhurried))('a rate at which containers have %s', async (_, [count, begin]) => {
    await open();
    const alone = await victim();
    scene.close();
    await open();
    await begin(count);
    expect(await victim()).toEqual(alone);
  });
});

describe('a call that is not answered', () => {
  it.each([
    ['its pool goes', slow['a webhook on the way into stock'], () => remove(ContainerPool)],
    ['the pool that asks for its size goes', slow['a webhook that sizes pools'], () => remove(ContainerPool)],
    ['its claim goes', slow['a hook'], () => remove(ContainerClaim)],
    [
      'its line goes',
      slow['a hook'],
      async () => {
        for (const namespace of attackers)
          await scene.world.cluster.remove(ProductionLine, { namespace, name: 'slow' });
      },
    ],
    ['the operator ends', slow['a hook that is a program'], async () => scene.close()],
  ])('is broken off when %s', async (_, [, begin], end) => {
    await open();
    await begin(3);
    expect(outside.open.size).toBe(6);
    await end();
    await scene.clock.advance(second);
    expect([...outside.open]).toEqual([]);
  });

  it('leaves the claim served, and is told of: it is not done yet, then it failed', async () => {
    await open();
    await scene.line('l', deliver({ stage: 'notify', settings: { http: settings }, retries: { count: 1 } }));
    await scene.pool('l');
    await scene.claim('c', 2);
    expect(await scene.conditions('c')).toMatchObject({ Ready: 'True AllReady', Notified: 'False Notifying' });
    await scene.clock.advance(2 * minute);
    expect(await scene.conditions('c')).toMatchObject({ Ready: 'True AllReady', Notified: 'False HookFailed' });
  });

  it('lasts 30 s at most, also by a line that was accepted with more', async () => {
    await open();
    const spec = productionLineSpec.parse(
      produce({ stage: 'webhook', settings: { url, callTimeout: '87600h' } }, { stage: 'warm', settings: { exec } }),
    );
    const ref = { namespace: 'default', name: 'l' };
    await scene.world.cluster.create(ProductionLine, { metadata: ref, spec });
    await scene.clock.advance(second);
    expect((await scene.lineStatus('l'))?.conditions?.[0]?.message).toContain(
      'settings.callTimeout must be longer than 0s and at most 30s',
    );
    const before = { accepted: [{ generation: 1, spec }] };
    await scene.world.cluster.patch(ProductionLine, ref, mergePatch({ status: before }), { subresource: 'status' });
    await scene.pool('l');
    expect([...outside.timeouts]).toEqual([30 * second]);
  });
});
