/** A pool on the embedded cluster in virtual time, whose ready stock is followed event by event. */
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool, type ContainerPoolSpec } from '../../src/api/container-pool.js';
import { ConfigMap, Pod } from '../../src/api/kubernetes.js';
import { labels } from '../../src/api/names.js';
import { PoolRevision } from '../../src/api/pool-revision.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { installCrds } from '../../src/cluster/crds.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { penstockKinds } from '../../src/embedded/controllers/index.js';
import { createEmbeddedWorld, type EmbeddedWorld } from '../../src/embedded/index.js';
import { instant, simulation } from '../../src/embedded/nodes/index.js';
import { isDeliverable } from '../../src/line/index.js';
import { createOperator } from '../../src/operator/index.js';
import { findCondition, type Manager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { type Duration, minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { admitting } from '../admission.js';
import { aPool } from '../objects.js';

const namespace = 'default';
export const pool = { namespace, name: 'pool' };

export const templateOf = (image: string) => ({ spec: { containers: [{ name: 'main', image }] } });

/** No node has it, and no node gets it. */
export const missingImage = 'missing:1';

/** The cluster, where pods of that image are told so by an annotation that no pool's template may have. */
const withoutImage = (cluster: Cluster): Cluster => ({
  get: (kind, ref, options) => cluster.get(kind, ref, options),
  list: (kind, query, options) => cluster.list(kind, query, options),
  watch: (kind, query, options) => cluster.watch(kind, query, options),
  create: (kind, object, options) => {
    const missing = JSON.stringify(object).includes(`"image":"${missingImage}"`);
    const { annotations } = object.metadata;
    const metadata = { ...object.metadata, annotations: { ...annotations, [simulation.fail]: 'pull' } };
    return cluster.create(kind, missing ? { ...object, metadata } : object, options);
  },
  replace: (kind, object, options) => cluster.replace(kind, object, options),
  patch: (kind, ref, patch, options) => cluster.patch(kind, ref, patch, options),
  remove: (kind, ref, options) => cluster.remove(kind, ref, options),
});

export class Scene {
  /** Containers that could be delivered, at each change of one. */
  readonly readings: number[] = [];
  #operator: Manager | undefined;
  #operators = 0;
  readonly #end = new AbortController();

  private constructor(
    readonly seed: number | string,
    readonly clock: VirtualClock,
    readonly world: EmbeddedWorld,
  ) {}

  /** @param start how long containers take to be ready */
  static async open(seed: number | string, nodes = 3, start: Duration = 5 * second): Promise<Scene> {
    const clock = new VirtualClock();
    const world = createEmbeddedWorld({
      store: admitting(),
      clock,
      random: seededRandom(seed),
      nodes: { count: nodes, profile: { ...instant, readiness: { median: start, sigma: 0.3 } } },
      controllers: ['garbage-collector', 'scheduler', 'node-lifecycle'],
      collectedKinds: [Pod, ConfigMap, ...penstockKinds],
    });
    await clock.settle(
      installCrds(world.cluster, clock).then(() => world.start()),
      minute,
    );
    return new Scene(seed, clock, world);
  }

  get cluster(): Cluster {
    return this.world.cluster;
  }

  /** One operator after the other; `through` is how it reaches the cluster. */
  async operate(through: Cluster = this.cluster): Promise<void> {
    this.#operator?.kill();
    const random = seededRandom(`${this.seed}/${++this.#operators}`);
    const cluster = withoutImage(through);
    this.#operator = createOperator({ cluster, clock: this.clock, random, logger: silentLogger });
    this.#operator.start().catch(() => undefined);
    await this.clock.advance(second);
  }

  crash(): void {
    this.#operator?.kill();
  }

  async make(spec: Partial<ContainerPoolSpec>): Promise<void> {
    await this.cluster.create(ContainerPool, { metadata: pool, spec: { ...aPool().spec, ...spec } });
  }

  async change(spec: object): Promise<void> {
    await this.cluster.patch(ContainerPool, pool, mergePatch({ spec }));
  }

  async claim(name: string, count: number): Promise<void> {
    const spec = { pool: { name: pool.name }, items: [{ count }], whenEmpty: 'Wait' as const };
    await this.cluster.create(ContainerClaim, { metadata: { namespace, name }, spec });
  }

  async stock(): Promise<readonly Pod[]> {
    const { items } = await this.cluster.list(Pod, { namespace, labels: `${labels.state}=stocked` });
    return items;
  }

  async revisions(): Promise<readonly PoolRevision[]> {
    return (await this.cluster.list(PoolRevision, { namespace })).items;
  }

  async status(): Promise<NonNullable<ContainerPool['status']>> {
    const { status } = await this.cluster.get(ContainerPool, pool);
    if (!status) throw new Error('the pool has no status');
    return status;
  }

  async reasonOf(condition: string): Promise<string | undefined> {
    return findCondition((await this.status()).conditions, condition)?.reason;
  }

  /** From now on `readings` grows. */
  async follow(): Promise<void> {
    const { items, resourceVersion } = await this.cluster.list(Pod, { namespace });
    const ready = new Set(items.filter(isDeliverable).map(({ metadata }) => metadata.uid));
    const { signal } = this.#end;
    void (async () => {
      for await (const event of this.cluster.watch(Pod, { namespace, since: resourceVersion }, { signal })) {
        if (event.type === 'BOOKMARK') continue;
        if (event.type !== 'DELETED' && isDeliverable(event.object)) ready.add(event.object.metadata.uid);
        else ready.delete(event.object.metadata.uid);
        this.readings.push(ready.size);
      }
    })().catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#operator?.kill();
    this.#end.abort();
    await this.clock.settle(this.world.stop(), minute);
  }
}
