/** An operator whose watch of one kind lags while all else is up to date: what it makes for an owner that is gone is deleted at once. */
import { expect, it } from 'vitest';
import { ContainerClaim, type ContainerClaimSpec } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { CustomResourceDefinition, Pod } from '../../src/api/kubernetes.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import type { Kind } from '../../src/api/meta/kind.js';
import type { Resource } from '../../src/api/meta/resource.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import { claimUidOf } from '../../src/line/index.js';
import { createOperator } from '../../src/operator/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { admitting } from '../admission.js';
import { aPool } from '../objects.js';

const [namespace, name] = ['default', 'claim'];
const ref = { namespace, name };

class Scene {
  readonly clock = new VirtualClock();
  readonly world = createEmbeddedWorld({
    store: admitting(),
    clock: this.clock,
    random: seededRandom('stale'),
    nodes: { count: 3, profile: instant },
    collectedKinds: [Pod, ContainerClaim, ContainerPool],
  });
  /** What the operator does not see any more. */
  held: Kind<Resource> | undefined;
  /** Containers that the operator has made for a claim or handed over to one: their uids. */
  readonly given = new Set<string>();
  /** How many it has made. */
  made = 0;

  async open(whenEmpty: ContainerClaimSpec['whenEmpty'], replicas: number): Promise<void> {
    const { cluster } = this.world;
    for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
    const operator = createOperator({
      cluster: this.#behind(),
      clock: this.clock,
      random: seededRandom('operator'),
      logger: silentLogger,
    });
    await this.clock.settle(Promise.all([this.world.start(), operator.start()]), 10 * second);
    await this.pool(replicas);
    await this.clock.advance(5 * second);
    this.#spec = { pool: { name: 'pool' }, items: [{ count: 2 }], whenEmpty };
  }

  async pool(replicas: number): Promise<void> {
    const { spec } = aPool({ replicas });
    await this.world.cluster.create(ContainerPool, { metadata: { namespace, name: 'pool' }, spec });
  }

  #spec: ContainerClaimSpec | undefined;

  async claim(): Promise<void> {
    if (this.#spec) await this.world.cluster.create(ContainerClaim, { metadata: ref, spec: this.#spec });
  }

  /** The cluster as the operator sees it: calls take their time, and one kind is held back as long as is wanted. */
  #behind(): Cluster {
    const { clock, given } = this;
    const isGiven = (result: unknown): result is Pod =>
      claimUidOf(result as Pod) !== undefined && (result as Pod).kind === Pod.name;
    return new Proxy(this.world.cluster, {
      get: (target, call: keyof Cluster) => {
        const method = target[call] as (...args: unknown[]) => unknown;
        if (call === 'watch')
          return (...args: Parameters<Cluster['watch']>) => this.#delayed(args[0], target.watch(...args));
        return async (...args: unknown[]) => {
          await clock.sleep(2);
          const result = await method.apply(target, args);
          if (call === 'create' && args[0] === Pod) this.made++;
          if ((call === 'create' || call === 'patch') && isGiven(result)) given.add(result.metadata.uid);
          return result;
        };
      },
    });
  }

  async *#delayed<Event>(kind: Kind<Resource>, events: AsyncIterable<Event>): AsyncIterable<Event> {
    for await (const event of events) {
      while (this.held === kind) await this.clock.sleep(100);
      yield event;
    }
  }
}

it.each([
  ['cold', 'Cold', 0],
  ['from stock', 'Wait', 6],
] as const)('fills no claim again and again that was served %s and is gone', async (_name, whenEmpty, replicas) => {
  const scene = new Scene();
  await scene.open(whenEmpty, replicas);
  await scene.claim();
  await scene.clock.advance(5 * second);
  expect(scene.given.size).toBe(2);
  scene.held = ContainerClaim;
  await scene.world.cluster.remove(ContainerClaim, ref);
  await scene.claim();
  await scene.clock.advance(20 * second);
  // it has asked the server, and learnt of the new one by that
  expect(scene.given.size).toBe(4);
  scene.held = undefined;
  await scene.clock.advance(5 * second);
  expect(scene.given.size).toBe(4);
});

it.each([
  ['cold', 'Cold', 0],
  ['from stock', 'Wait', 6],
] as const)('nor one whose status is not known to say so yet, %s', async (_name, whenEmpty, replicas) => {
  const scene = new Scene();
  await scene.open(whenEmpty, replicas);
  await scene.claim();
  // it is seen; that it was served is not, and not that it goes
  for (let waited = 0; scene.given.size < 2 && waited < 5000; waited++) await scene.clock.advance(1);
  scene.held = ContainerClaim;
  await scene.world.cluster.remove(ContainerClaim, ref);
  await scene.clock.advance(20 * second);
  expect(scene.given.size).toBe(2);
});

it.each([
  ['is gone', false, 0],
  ['is gone, and another has its name', true, 6],
])('makes stock once at most for a pool that %s', async (_name, comesAgain, replicas) => {
  const scene = new Scene();
  await scene.open('Wait', 6);
  expect(scene.made).toBe(6);
  scene.held = ContainerPool;
  await scene.world.cluster.remove(ContainerPool, { namespace, name: 'pool' });
  if (comesAgain) await scene.pool(replicas);
  await scene.clock.advance(20 * second);
  expect(scene.made).toBeLessThanOrEqual(6 + 6 + replicas);
});
