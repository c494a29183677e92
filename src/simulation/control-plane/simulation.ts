/**
 * A whole cluster in virtual time: the embedded API server and its controllers, simulated nodes, and Penstock's operator, scheduler and
 * rebalancer as they run in production; only clock, chance and cluster are handed in. Time stands still while anything is left to do.
 */
import { CustomResourceDefinition } from '../../api/kubernetes.js';
import { customResourceDefinitions } from '../../api/crds.js';
import { ContainerClaim } from '../../api/container-claim.js';
import { nameOf } from '../../api/meta/resource.js';
import { NotFound } from '../../cluster/errors.js';
import { builtInControllerNames, collectedKinds, penstockKinds } from '../../embedded/controllers/index.js';
import { createEmbeddedWorld, type EmbeddedWorld } from '../../embedded/index.js';
import type { SimulatedNodesOptions } from '../../embedded/nodes/index.js';
import type { EmbeddedClusterOptions } from '../../embedded/store/cluster.js';
import { createOperator, createRebalancer, createScheduler } from '../../operator/index.js';
import type { RebalancerProfile } from '../../rebalancer/index.js';
import type { Manager } from '../../runtime/index.js';
import { type Profile, type SchedulerCache, SimulatedSource, trackUse } from '../../scheduler/index.js';
import { fingerprint } from '../../support/digest.js';
import { silentLogger } from '../../support/log.js';
import { type Random, seededRandom } from '../../support/random.js';
import { type Duration, hour, type Instant, second } from '../../support/time.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { type Delivery, DeliveryObserver } from './delivery-observer.js';
import type { Fault } from './faults.js';
import type { ScheduledClaim, Workload } from './workload.js';

export interface SimulationOptions {
  readonly seed: number | string;
  readonly nodes: Omit<SimulatedNodesOptions, 'cluster' | 'clock' | 'random' | 'logger'>;
  readonly workload?: Workload;
  /** Default: it runs. */
  readonly operator?: false;
  /** Default: that of the embedded cluster, `balance` by what pods request. */
  readonly scheduler?: { readonly profiles: readonly Profile[] };
  readonly rebalancer?: RebalancerProfile;
  readonly faults?: readonly Fault[];
  /** How long a call to the API server takes. Default: no time at all. */
  readonly latency?: EmbeddedClusterOptions['latency'];
  /** Whether to make the trace hash, which costs as much as everything else. */
  readonly traced?: boolean;
}

/** How often it is looked whether somebody has interrupted. */
const step: Duration = 10 * second;

/** How often the scheduler and the rebalancer read what nodes use, and what they look at. */
const useTimes = { interval: 15 * second, window: 60 * second };

export class Simulation {
  readonly clock = new VirtualClock();
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #world: EmbeddedWorld;
  readonly #observer: DeliveryObserver;
  readonly #end = new AbortController();
  readonly #managers: Manager[] = [];
  readonly #tracked: { stop(): Promise<unknown> }[] = [];
  #operator: Manager | undefined;
  #operators = 0;
  #following: Promise<void> | undefined;
  #stalledUntil: Instant = 0;
  #trace = '';

  private constructor(options: SimulationOptions) {
    this.#options = options;
    const { clock } = this;
    const random = seededRandom(options.seed);
    this.#random = random;
    const { latency } = options;
    const controllers = builtInControllerNames.filter((one) => one !== 'scheduler' || options.scheduler === undefined);
    this.#world = createEmbeddedWorld({
      clock,
      random: random.split('world'),
      nodes: options.nodes,
      controllers,
      collectedKinds: [...collectedKinds, ...penstockKinds],
      store: {
        frozen: false,
        latency: (draws, verb) => Math.max(latency?.(draws, verb) ?? 0, this.#stalledUntil - clock.now()),
        ...(options.traced === true && { observe: (change) => this.#record(change) }),
      },
    });
    this.#observer = new DeliveryObserver(this.#world.cluster, clock);
  }

  /** Resolves when everything runs and the workload's objects are made; its claims come from then on. */
  static async start(options: SimulationOptions): Promise<Simulation> {
    const simulation = new Simulation(options);
    await simulation.clock.settle(simulation.#start(), hour);
    return simulation;
  }

  get cluster() {
    return this.#world.cluster;
  }

  /** Claims so far, in the order in which they came. */
  get deliveries(): readonly Delivery[] {
    return this.#observer.deliveries;
  }

  /** How many claims are neither ready nor gone. */
  get waitingClaims(): number {
    return this.#observer.waiting;
  }

  /**
   * Of all writes so far, in their order, and when they were made: the same for the same options, on every machine.
   * @throws Error unless `traced`
   */
  get traceHash(): string {
    if (this.#options.traced === true) return this.#trace;
    throw new Error('the simulation is not traced');
  }

  /** Lets time pass. @throws the reason of `signal` */
  async run(duration: Duration, signal?: AbortSignal): Promise<void> {
    const end = this.clock.now() + duration;
    while (this.clock.now() < end) {
      signal?.throwIfAborted();
      await this.clock.advance(Math.min(step, end - this.clock.now()));
    }
  }

  /** Lets time pass until it holds; false when it did not within `limit`. */
  async runUntil(holds: () => boolean, limit: Duration, signal?: AbortSignal): Promise<boolean> {
    const end = this.clock.now() + limit;
    while (!holds()) {
      signal?.throwIfAborted();
      if (this.clock.now() >= end) return false;
      const next = Math.min(this.clock.now() + step, end);
      // time stands where the last timer fell due
      if (!(await this.clock.runUntil(holds, next - this.clock.now())))
        await this.clock.advance(next - this.clock.now());
    }
    return true;
  }

  /** Runs work that awaits only the cluster and the clock. */
  settle<T>(work: Promise<T>, limit: Duration = hour): Promise<T> {
    return this.clock.settle(work, limit);
  }

  async stop(): Promise<void> {
    this.#end.abort();
    const all = [this.#operator, ...this.#managers].filter((manager) => manager !== undefined);
    const ends = [...all.map((manager) => manager.stop()), ...this.#tracked.map((one) => one.stop())];
    await this.clock.settle(Promise.all([...ends, this.#following, this.#world.stop()]), hour);
  }

  async #start(): Promise<void> {
    const { cluster } = this;
    for (const definition of customResourceDefinitions) await cluster.create(CustomResourceDefinition, definition);
    await this.#world.start();
    this.#following = this.#observer.follow(this.#end.signal);
    await this.#startScheduler();
    await this.#startRebalancer();
    if (this.#options.operator !== false) await this.#startOperator();
    for (const one of this.#options.workload?.objects ?? []) await one.create(cluster);
    for (const claim of this.#options.workload?.claims ?? []) this.#schedule(claim);
    for (const fault of this.#options.faults ?? []) this.#scheduleFault(fault);
  }

  async #startOperator(): Promise<void> {
    const { cluster, clock } = this;
    const random = this.#random.split(`operator-${this.#operators++}`);
    this.#operator = createOperator({ cluster, clock, random, logger: silentLogger });
    await this.#operator.start();
  }

  async #startScheduler(): Promise<void> {
    if (!this.#options.scheduler) return;
    const { profiles } = this.#options.scheduler;
    const parts = { ...this.#parts('scheduler'), profiles, watchesVolumes: false, watchesBudgets: true };
    const { manager, scheduler } = createScheduler(parts);
    await this.#startMeasured(manager, scheduler.cache);
  }

  async #startRebalancer(): Promise<void> {
    if (!this.#options.rebalancer) return;
    const { manager, cache } = createRebalancer({
      ...this.#parts('rebalancer'),
      profile: this.#options.rebalancer,
      namespace: 'kube-system',
      watchesVolumes: false,
    });
    await this.#startMeasured(manager, cache);
  }

  #parts(name: string) {
    const { cluster, clock } = this;
    return { cluster, clock, random: this.#random.split(name), logger: silentLogger };
  }

  /** With what simulated nodes use as its source of use. */
  async #startMeasured(manager: Manager, cache: SchedulerCache): Promise<void> {
    this.#managers.push(manager);
    await manager.start();
    const source = new SimulatedSource(this.#world.nodes, this.clock, useTimes.interval);
    const collector = trackUse(source, cache, useTimes, this.#parts('use'));
    this.#tracked.push(collector);
    collector.start();
  }

  #schedule({ at, draft, heldFor }: ScheduledClaim): void {
    const { cluster, clock } = this;
    const run = async () => {
      const { namespace, name } = nameOf(await cluster.create(ContainerClaim, draft));
      if (heldFor === undefined) return;
      await clock.sleep(heldFor);
      await cluster.remove(ContainerClaim, { namespace, name }).catch(unlessGone);
    };
    clock.at(clock.now() + at, () => void run());
  }

  #scheduleFault(fault: Fault): void {
    const { clock } = this;
    clock.at(clock.now() + fault.at, () => this.#inject(fault));
  }

  #inject(fault: Fault): void {
    const { clock } = this;
    switch (fault.kind) {
      case 'node-loss': {
        const { nodes } = this.#world;
        const name = nodes.names[fault.node];
        if (name === undefined) throw new Error(`there is no node ${fault.node}`);
        nodes.lose(name);
        if (fault.lasts !== undefined) clock.at(clock.now() + fault.lasts, () => nodes.restore(name));
        return;
      }
      case 'operator-crash':
        this.#operator?.kill();
        this.#operator = undefined;
        clock.at(clock.now() + fault.lasts, () => void this.#startOperator());
        return;
      case 'api-stall':
        this.#stalledUntil = clock.now() + fault.lasts;
        return;
      case 'watch-loss':
        this.cluster.cutWatches();
    }
  }

  #record({ object, deleted }: { readonly object: unknown; readonly deleted: boolean }): void {
    this.#trace = fingerprint([this.#trace, this.clock.now(), deleted, object]);
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof NotFound)) throw error;
}
