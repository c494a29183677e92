import { customResourceDefinitions } from '../../src/api/crds.js';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod, CustomResourceDefinition } from '../../src/api/kubernetes.js';
import { labels, states } from '../../src/api/names.js';
import { createEmbeddedWorld, type EmbeddedWorld } from '../../src/embedded/index.js';
import { realistic } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { isReady } from '../../src/line/index.js';
import type { Manager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { claimDraft, namespace, poolDraft } from '../objects.js';

export interface Size {
  readonly nodes: number;
  /** Containers in stock in each pool. */
  readonly stock: number;
  readonly pools: number;
  /** Claims that wait at the first pool, since their tenants have all that they may have. */
  readonly waiting: number;
  /** Claims that hold a container all along, of the pools in turn. */
  readonly open: number;
}

/** So long a claim of the load holds its containers. */
const held = 60 * second;
const perClaim = 10;
/** Room for all on a hundred nodes. */
const capacity = { cpu: '64', memory: '256Gi', pods: '400' };

/** The embedded cluster and the operator in virtual time, in the state that a size describes. */
export class GrowthWorld {
  readonly clock = new VirtualClock();
  readonly #world: EmbeddedWorld;
  readonly #operator: Manager;
  #claims = 0;
  readonly #load: string[] = [];

  private constructor(private readonly size: Size) {
    const { clock } = this;
    const random = seededRandom(1);
    const nodes = { count: size.nodes, profile: realistic, node: { capacity } };
    this.#world = createEmbeddedWorld({ clock, random, nodes, store: { frozen: false } });
    const { cluster } = this.#world;
    this.#operator = createOperator({ cluster, clock, random: random.split('operator'), logger: silentLogger });
  }

  static async start(size: Size): Promise<GrowthWorld> {
    const world = new GrowthWorld(size);
    await world.clock.settle(world.#fill(), 3600 * second);
    return world;
  }

  async #fill(): Promise<void> {
    const { cluster } = this.#world;
    const { pools, stock, open, waiting } = this.size;
    for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
    await this.#world.start();
    await this.#operator.start();
    for (let at = 0; at < pools; at++) {
      const { metadata, spec } = poolDraft(poolName(at), stock);
      const claims = { ...spec.claims, tenants: { named: [{ name: 'waiting', maxContainers: 1 }] } };
      await cluster.create(ContainerPool, { metadata, spec: { ...spec, claims } });
    }
    await this.#stocked();
    for (let at = 0; at < open; at++)
      await cluster.create(ContainerClaim, claimDraft(`open-${at}`, poolName(at % pools), 1));
    for (let at = 0; at < waiting + (waiting > 0 ? 1 : 0); at++) {
      const { metadata, spec } = claimDraft(`waiting-${at}`, poolName(0), 1);
      await cluster.create(ContainerClaim, { metadata, spec: { ...spec, tenant: 'waiting' } });
    }
    await this.clock.sleep(60 * second);
    await this.#stocked();
  }

  async #stocked(): Promise<void> {
    const query = { namespace, labels: `${labels.state}=${states.stocked}` };
    for (;;) {
      const { items } = await this.#world.cluster.list(Pod, query);
      if (items.filter(isReady).length >= this.size.pools * this.size.stock) return;
      await this.clock.sleep(5 * second);
    }
  }

  /** Claims of ten come and go for so long; returns how many containers were delivered. */
  run(minutes: number, claimsPerMinute: number): Promise<number> {
    return this.clock.settle(
      this.#claim(minutes * claimsPerMinute, (60 * second) / claimsPerMinute),
      24 * 3600 * second,
    );
  }

  async #claim(count: number, pause: number): Promise<number> {
    const { cluster } = this.#world;
    const own = new Set<string>();
    let delivered = 0;
    for (let at = 0; at < count; at++) {
      const name = `load-${this.#claims++}`;
      await cluster.create(ContainerClaim, claimDraft(name, poolName(this.#claims % this.size.pools), perClaim));
      this.#load.push(name);
      own.add(name);
      if (this.#load.length > held / pause) {
        const oldest = this.#load.shift() ?? '';
        if (own.has(oldest)) delivered += await this.#allocated(oldest);
        await cluster.remove(ContainerClaim, { namespace, name: oldest });
      }
      await this.clock.sleep(pause);
    }
    for (const name of this.#load) if (own.has(name)) delivered += await this.#allocated(name);
    return delivered;
  }

  async #allocated(name: string): Promise<number> {
    return (await this.#world.cluster.get(ContainerClaim, { namespace, name })).status?.allocated ?? 0;
  }

  async stop(): Promise<void> {
    await this.clock.settle(Promise.all([this.#operator.stop(), this.#world.stop()]), 600 * second);
  }
}

const poolName = (at: number): string => `bench-${at}`;
