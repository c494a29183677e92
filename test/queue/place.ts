/** Pools, claims of several tenants and operators on the embedded cluster, in virtual time. */
import { ContainerClaim, type ContainerClaimSpec } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import type { ContainerPoolSpec } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { labels } from '../../src/api/names.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { CountingCluster } from '../../src/cli/demo/counting-cluster.js';
import { installCrds } from '../../src/cluster/crds.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { penstockKinds } from '../../src/embedded/controllers/index.js';
import { createEmbeddedWorld, type EmbeddedWorld } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { findCondition, isTrue, type Manager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { admitting } from '../admission.js';
import { aPool } from '../objects.js';

const namespace = 'default';
export const ref = (name: string) => ({ namespace, name });

type Size = { readonly cpu: string; readonly memory: string };

export class Place {
  readonly #connections: CountingCluster[] = [];
  #operators = 0;

  private constructor(
    readonly clock: VirtualClock,
    readonly world: EmbeddedWorld,
  ) {}

  /** @param start how long containers take to be ready */
  static async open(start = 0): Promise<Place> {
    const clock = new VirtualClock();
    const random = seededRandom('queue');
    const world = createEmbeddedWorld({
      store: admitting(),
      clock,
      random,
      nodes: { count: 4, profile: { ...instant, readiness: { median: start, sigma: 0 } } },
      collectedKinds: [Pod, ...penstockKinds],
    });
    await clock.settle(
      installCrds(world.cluster, clock).then(() => world.start()),
      minute,
    );
    return new Place(clock, world);
  }

  get cluster(): Cluster {
    return this.world.cluster;
  }

  /** Writes of the status of claims, by all operators. */
  get statusWrites(): number {
    const counts = this.#connections.map((connection) => connection.counts().get('patch containerclaims/status') ?? 0);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async operator(): Promise<Manager> {
    const name = `operator-${this.#operators++}`;
    const counted = new CountingCluster(this.cluster);
    this.#connections.push(counted);
    const operator = createOperator({
      cluster: counted,
      clock: this.clock,
      random: seededRandom(name),
      logger: silentLogger,
    });
    await this.clock.settle(operator.start(), minute);
    return operator;
  }

  async pool(
    name: string,
    spec: Partial<ContainerPoolSpec>,
    { size = { cpu: '100m', memory: '64Mi' }, own = {} }: { size?: Size; own?: Record<string, string> } = {},
  ): Promise<void> {
    const { template: _, ...rest } = aPool().spec;
    const main = { name: 'main', image: 'app:1', resources: { requests: size, limits: size } };
    await this.cluster.create(ContainerPool, {
      metadata: { ...ref(name), labels: own },
      spec: { ...rest, template: { spec: { terminationGracePeriodSeconds: 0, containers: [main] } }, ...spec },
    });
    await this.clock.advance(2 * second);
  }

  async setPool(name: string, spec: object): Promise<void> {
    await this.cluster.patch(ContainerPool, ref(name), mergePatch({ spec }));
    await this.clock.advance(second);
  }

  async claim(name: string, count: number, spec: Partial<ContainerClaimSpec> = {}): Promise<void> {
    await this.cluster.create(ContainerClaim, {
      metadata: ref(name),
      spec: { pool: { name: 'web' }, items: [{ count }], whenEmpty: 'Wait', ...spec },
    });
    await this.clock.advance(second);
  }

  async release(name: string): Promise<void> {
    await this.cluster.remove(ContainerClaim, ref(name));
    await this.clock.advance(2 * second);
  }

  async stateOf(name: string) {
    const { status } = await this.cluster.get(ContainerClaim, ref(name));
    const delivered = findCondition(status?.conditions, 'Delivered');
    return {
      allocated: status?.allocated,
      reason: delivered?.reason,
      says: delivered?.message ?? '',
      place: status?.queue?.place,
      deliveredAt: status?.deliveredAt,
    };
  }

  /** How many containers the claims of each tenant hold. */
  async held(): Promise<Readonly<Record<string, number>>> {
    const { items } = await this.cluster.list(ContainerClaim, { namespace });
    const held: Record<string, number> = {};
    for (const { spec } of items) held[spec.tenant ?? ''] = 0;
    const pods = await this.pods();
    for (const { metadata, spec } of items) {
      const own = pods.filter((pod) => pod.metadata.labels?.[labels.claim] === metadata.name);
      held[spec.tenant ?? ''] = (held[spec.tenant ?? ''] ?? 0) + own.length;
    }
    return held;
  }

  async pods(): Promise<readonly Pod[]> {
    return (await this.cluster.list(Pod, { namespace })).items;
  }

  async poolsOf(claim: string): Promise<readonly string[]> {
    const pods = await this.pods();
    return pods
      .filter(({ metadata }) => metadata.labels?.[labels.claim] === claim)
      .map(({ metadata }) => metadata.labels?.[labels.pool] ?? '')
      .sort((a, b) => a.localeCompare(b));
  }

  async served(): Promise<readonly string[]> {
    const { items } = await this.cluster.list(ContainerClaim, { namespace });
    return items
      .filter(({ status }) => isTrue(status?.conditions, 'Delivered'))
      .map(({ metadata }) => metadata.name)
      .sort();
  }

  async close(...operators: readonly Manager[]): Promise<void> {
    for (const operator of operators) operator.kill();
    await this.clock.settle(this.world.stop(), minute);
  }
}
