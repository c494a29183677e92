/// <reference lib="esnext.disposable" preserve="true" />
/**
 * What `import … from 'penstock/testing'` gives: a cluster in this process, for the tests of programs that use Penstock.
 * API server, scheduler, nodes and Penstock's operator are all there and do what they do in production, without sockets.
 * No program runs in the containers: their addresses lead nowhere, they only start, become ready, fail and end as objects.
 */
import { ContainerPool, stockWanted } from '../api/container-pool.js';
import { Namespace, Pod, Secret } from '../api/kubernetes.js';
import { printed, readManifest } from '../api/manifest.js';
import { installCrds } from '../cluster/crds.js';
import { AlreadyExists, NotFound } from '../cluster/errors.js';
import { penstockKinds } from '../embedded/controllers/index.js';
import { createEmbeddedWorld, type EmbeddedWorld } from '../embedded/index.js';
import { instant, realistic } from '../embedded/nodes/index.js';
import { createOperator } from '../operator/index.js';
import type { Manager } from '../runtime/index.js';
import { silentLogger } from '../support/log.js';
import { seededRandom } from '../support/random.js';
import { WallClock } from '../support/wall-clock.js';
import { Access } from './access.js';
import type { CallOptions } from './claim.js';
import type { Container } from './container.js';
import { PenstockError } from './errors.js';
import { follow } from './follow.js';
import { Penstock } from './penstock.js';

export interface TestClusterOptions {
  /** Nodes of 16 cores and 64 GiB for 110 containers each. Default 5. */
  readonly nodes?: number;
  /** How long containers take to start. Default `instant`; `realistic` is a second or two, more with an image to pull. */
  readonly startUp?: 'instant' | 'realistic';
  /** Another seed, other start-up times. */
  readonly seed?: number;
}

const profiles = { instant, realistic };
const where = { server: 'the test cluster' };

/** A cluster in this process, with an operator that looks after all its namespaces. */
export class TestCluster {
  readonly #clock = new WallClock();
  readonly #access: Access;

  private constructor(
    private readonly world: EmbeddedWorld,
    private readonly operator: Manager,
  ) {
    this.#access = new Access({ cluster: world.cluster, clock: this.#clock }, where);
  }

  static async start({ nodes = 5, startUp = 'instant', seed = 1 }: TestClusterOptions = {}): Promise<TestCluster> {
    const clock = new WallClock();
    const random = seededRandom(seed);
    const world = createEmbeddedWorld({
      clock,
      random: random.split('world'),
      nodes: { count: nodes, name: 'node', profile: profiles[startUp] },
      controllers: ['garbage-collector', 'scheduler', 'node-lifecycle'],
      collectedKinds: [Pod, Secret, ...penstockKinds],
    });
    const { cluster } = world;
    await installCrds(cluster, clock);
    await world.start();
    const operator = createOperator({ cluster, clock, random: random.split('operator'), logger: silentLogger });
    await operator.start();
    return new TestCluster(world, operator);
  }

  /** What `Penstock.connect` would give for this cluster. Makes the namespace where it is missing. */
  async connect(namespace = 'default'): Promise<Penstock> {
    const { cluster } = this.world;
    await cluster.create(Namespace, { metadata: { name: namespace } }).catch((error: unknown) => {
      if (!(error instanceof AlreadyExists)) throw error;
    });
    return new Penstock({ cluster, clock: this.#clock, namespace, where, close: () => {} });
  }

  /**
   * Creates the pools and claims of a manifest, YAML or JSON: the one of production, perhaps. What names no namespace comes
   * into `default`. Throws PenstockError INVALID with all that is wrong, before anything is created; ALREADY_EXISTS.
   */
  async apply(manifest: string): Promise<void> {
    const { objects, misprints } = readManifest(manifest);
    if (misprints.length > 0) {
      throw new PenstockError('INVALID', misprints.map((misprint) => printed('manifest', misprint)).join('\n'));
    }
    await this.#access.call(undefined, async ({ cluster }) => {
      for (const { definition, object } of objects) {
        await cluster.create(definition.kind, { ...object, metadata: { namespace: 'default', ...object.metadata } });
      }
    });
  }

  /** Waits until a pool has all of its stock. Throws PenstockError POOL_NOT_FOUND. */
  async untilStocked(
    pool: string,
    { namespace = 'default', signal }: CallOptions & { readonly namespace?: string } = {},
  ): Promise<void> {
    await this.#access.call(signal, async (parts) => {
      for await (const seen of follow(parts, ContainerPool, { namespace, name: pool })) {
        if (!seen) throw new PenstockError('POOL_NOT_FOUND', `there is no pool ${pool} in namespace ${namespace}`);
        if ((seen.status?.ready ?? 0) >= stockWanted(seen)) return;
      }
    });
  }

  /** A container is lost, as by an eviction: its claim gets another one. */
  async lose({ namespace, name }: Pick<Container, 'namespace' | 'name'>): Promise<void> {
    await this.world.cluster.remove(Pod, { namespace, name }, { gracePeriodSeconds: 0 }).catch((error: unknown) => {
      if (!(error instanceof NotFound)) throw error;
    });
  }

  /** Ends it all. */
  async stop(): Promise<void> {
    await this.operator.stop();
    await this.world.stop();
  }

  /** `await using cluster = …` stops it at the end of the block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
