/** Pools that go by a production line, on the embedded cluster in virtual time. */
import { ContainerClaim, type ContainerClaimSpec } from '../../src/api/container-claim.js';
import { ContainerPool, type ContainerPoolSpec } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { labels } from '../../src/api/names.js';
import { ProductionLine } from '../../src/api/production-line.js';
import { productionLineSpec } from '../../src/api/production-line-schema.js';
import { installCrds } from '../../src/cluster/crds.js';
import type { Executor } from '../../src/cluster/executor.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { penstockKinds } from '../../src/embedded/controllers/index.js';
import { createEmbeddedWorld, type EmbeddedWorld } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import type { EmbeddedClusterOptions } from '../../src/embedded/store/cluster.js';
import type { Profile } from '../../src/embedded/nodes/profile.js';
import { createOperator } from '../../src/operator/index.js';
import type { HttpAnswer, HttpCall, HttpClient, Manager } from '../../src/runtime/index.js';
import type { Clock } from '../../src/support/clock.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { admitting } from '../admission.js';
import { aPool } from '../objects.js';

const namespace = 'default';

/** Programs of users that answer in this process, as time is virtual; those on sockets are in webhook.test.ts. */
export class Programs implements HttpClient {
  readonly calls: {
    readonly url: string;
    readonly body: { readonly pod: { readonly name: string }; readonly stage: string };
  }[] = [];
  answer: (call: HttpCall, number: number) => HttpAnswer = () => ({ code: 200, body: '{"verdict":"pass"}' });

  async send(call: HttpCall): Promise<HttpAnswer> {
    this.calls.push({ url: call.url, body: JSON.parse(call.body ?? '{}') });
    return this.answer(call, this.calls.length);
  }

  /** How often each container was told of, by the stage's name. */
  countsOf(stage: string): readonly number[] {
    const counts = new Map<string, number>();
    for (const { body } of this.calls.filter((call) => call.body.stage === stage))
      counts.set(body.pod.name, (counts.get(body.pod.name) ?? 0) + 1);
    return [...counts.values()];
  }
}

/** What answers in the place of those programs, and of programs in containers, which simulated ones cannot run. */
export interface Outside {
  readonly http?: HttpClient;
  readonly executor?: Executor;
}

export class Scene {
  readonly programs = new Programs();

  private constructor(
    readonly clock: VirtualClock,
    readonly world: EmbeddedWorld,
    private readonly outside: Outside,
  ) {}

  #operator: Manager | undefined;
  #starts = 0;

  static async open(
    profile: Partial<Profile> = {},
    outside: (clock: Clock) => Outside = () => ({}),
    store: Pick<EmbeddedClusterOptions, 'admit'> = admitting(),
  ): Promise<Scene> {
    const clock = new VirtualClock();
    const world = createEmbeddedWorld({
      store,
      clock,
      random: seededRandom('lines'),
      nodes: { count: 3, profile: { ...instant, ...profile } },
      collectedKinds: [Pod, ...penstockKinds],
    });
    await clock.settle(
      installCrds(world.cluster, clock).then(() => world.start()),
      minute,
    );
    const scene = new Scene(clock, world, outside(clock));
    await scene.operate();
    return scene;
  }

  /** Starts an operator; one that runs is ended without a goodbye. */
  async operate(): Promise<void> {
    this.#operator?.kill();
    const { clock, world, programs, outside } = this;
    this.#operator = createOperator({
      cluster: world.cluster,
      clock,
      random: seededRandom(`operator-${this.#starts++}`),
      logger: silentLogger,
      http: programs,
      ...outside,
    });
    await clock.settle(this.#operator.start(), minute);
  }

  close(): void {
    this.#operator?.kill();
  }

  async line(name: string, spec: object): Promise<void> {
    await this.world.cluster.create(ProductionLine, {
      metadata: { namespace, name },
      spec: productionLineSpec.parse(spec),
    });
    await this.clock.advance(second);
  }

  async change(name: string, spec: object): Promise<void> {
    await this.world.cluster.patch(ProductionLine, { namespace, name }, mergePatch({ spec }));
    await this.clock.advance(second);
  }

  async pool(line: string | undefined, own: Partial<ContainerPoolSpec> = {}): Promise<void> {
    const { spec } = aPool({ replicas: 3, ...(line !== undefined && { line: { name: line } }), ...own });
    await this.world.cluster.create(ContainerPool, { metadata: { namespace, name: 'pool' }, spec });
    await this.clock.advance(second);
  }

  async claim(name: string, count: number, own: Partial<ContainerClaimSpec> = {}): Promise<void> {
    const spec = { pool: { name: 'pool' }, items: [{ count }], whenEmpty: 'Wait' as const, ...own };
    await this.world.cluster.create(ContainerClaim, { metadata: { namespace, name }, spec });
    await this.clock.advance(second);
  }

  async release(name: string): Promise<void> {
    await this.world.cluster.remove(ContainerClaim, { namespace, name });
  }

  async poolStatus() {
    return (await this.world.cluster.get(ContainerPool, { namespace, name: 'pool' })).status;
  }

  async lineStatus(name: string) {
    return (await this.world.cluster.get(ProductionLine, { namespace, name })).status;
  }

  async claimStatus(name: string) {
    return (await this.world.cluster.get(ContainerClaim, { namespace, name })).status;
  }

  /** Of a claim, in one word each: `Delivered=True Delivered`. */
  async conditions(name: string): Promise<Readonly<Record<string, string>>> {
    const { conditions = [] } = (await this.claimStatus(name)) ?? {};
    return Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]));
  }

  async pods(state?: string): Promise<readonly Pod[]> {
    const { items } = await this.world.cluster.list(Pod, { namespace });
    return items.filter(
      ({ metadata }) =>
        metadata.deletionTimestamp === undefined && (state === undefined || metadata.labels?.[labels.state] === state),
    );
  }
}
