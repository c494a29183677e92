import { Pod } from '../../../api/kubernetes.js';
import { type Draft, nameOf, type Ref } from '../../../api/meta/resource.js';
import { instant, SimulatedNodes } from '../../../embedded/nodes/index.js';
import { createScheduler } from '../../../operator/index.js';
import { type Scheduler, SimulatedSource, trackUse } from '../../../scheduler/index.js';
import { createScorePolicy, type ResourceColumn } from '../../../scheduling/index.js';
import type { Clock } from '../../../support/clock.js';
import { CodedError } from '../../../support/errors.js';
import { silentLogger } from '../../../support/log.js';
import type { Random } from '../../../support/random.js';
import { minute, second } from '../../../support/time.js';
import type { Place } from '../place.js';
import type { Undo } from '../undo.js';
import { type Names, nodeCount, reservedNode, residentsOf } from './workload.js';

/** The policies that place the same batch, in this order. */
export const compared = ['kube-default', 'balance'] as const;
export type Compared = (typeof compared)[number];

/** Shares of the processors of each node, in the order of the nodes. */
export type PerNode = readonly number[];

export interface EnvironmentOptions {
  readonly place: Place;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** Short, so that nobody has to wait until the figures of one batch have faded. */
const times = { interval: second / 2, window: second };
const patience = minute;

/** Simulated nodes with pods on them, and a scheduler that measures them, with a profile for each policy. */
export class Environment {
  readonly names: Names;
  readonly scheduler: Scheduler;
  readonly #options: EnvironmentOptions;
  readonly #nodes: SimulatedNodes;
  readonly #start: () => Promise<void>;
  readonly #stop: () => Promise<void>;
  readonly #measured: (node: string) => number | undefined;

  constructor(options: EnvironmentOptions) {
    const { place, clock, random } = options;
    this.#options = options;
    this.names = { namespace: place.namespace, simulation: `${place.name}-use` };
    this.#nodes = new SimulatedNodes({
      cluster: place.outside,
      clock,
      random: random.split('use'),
      count: nodeCount,
      name: this.names.simulation,
      node: reservedNode(this.names.simulation),
      // how long a start takes is not what this is about
      profile: instant,
    });
    const parts = { clock, random: random.split('scheduler'), logger: silentLogger };
    const profiles = compared.map((name) => ({
      schedulerName: this.schedulerName(name),
      policy: createScorePolicy(name),
    }));
    const { manager, scheduler } = createScheduler({
      ...parts,
      cluster: place.outside,
      profiles,
      watchesVolumes: false,
    });
    const source = new SimulatedSource(this.#nodes, clock, times.interval);
    const collector = trackUse(source, scheduler.cache, times, parts);
    this.scheduler = scheduler;
    this.#measured = (node) => collector.use(node)?.to;
    this.#start = async () => {
      await manager.start();
      collector.start();
    };
    this.#stop = async () => {
      await collector.stop();
      await manager.stop();
    };
  }

  schedulerName(policy: Compared): string {
    return `${this.names.simulation}-${policy}`;
  }

  /** Registers the nodes with their pods and begins to measure them. */
  async start(undo: Undo): Promise<void> {
    undo.push('removing the simulated nodes', () => this.#nodes.remove());
    await this.#nodes.start();
    await this.run(this.#nodes.names.flatMap((_, index) => residentsOf(this.names, index)));
    undo.push('stopping the scheduler', this.#stop);
    await this.#start();
    await this.measured();
  }

  /** Creates pods and waits until they run. Returns them as they were created. */
  async run(drafts: readonly Draft<Pod>[]): Promise<readonly Pod[]> {
    const { outside } = this.#options.place;
    const pods = await Promise.all(drafts.map((draft) => outside.create(Pod, draft)));
    const waiting = new Set(pods.map(nameOf));
    await this.#until(
      () => {
        for (const ref of waiting) if (this.#nodes.podUse(ref).cpu > 0) waiting.delete(ref);
        return waiting.size === 0;
      },
      () => `${waiting.size} of ${pods.length} containers did not start`,
    );
    return pods;
  }

  async remove(pods: readonly Pod[]): Promise<void> {
    const { outside } = this.#options.place;
    const refs: readonly Ref[] = pods.map(nameOf);
    await Promise.all(refs.map((ref) => outside.remove(Pod, ref, { gracePeriodSeconds: 0 })));
    await this.#until(
      () => refs.every((ref) => this.#nodes.podUse(ref).cpu === 0),
      () => 'the containers of the batch before did not go',
    );
  }

  /** Waits until what is known of all nodes was measured from now on. */
  async measured(): Promise<void> {
    const from = this.#options.clock.now() + times.window;
    await this.#until(
      () => this.#nodes.names.every((node) => (this.#measured(node) ?? 0) >= from),
      () => 'the nodes could not be measured',
    );
  }

  /** What pods have requested of each node, as the scheduler counts it. */
  requested(): PerNode {
    return this.#shares((_name, row, { requested }) => requested[row] ?? 0);
  }

  /** What runs on each node uses now. */
  used(): PerNode {
    return this.#shares((name) => this.#nodes.nodeUse(name).cpu);
  }

  #shares(cpuOf: (name: string, row: number, cpu: ResourceColumn) => number): PerNode {
    const { snapshot } = this.scheduler.cache;
    const cpu = snapshot.column('cpu');
    return this.#nodes.names.map((name) => {
      const row = snapshot.rowOf(name);
      return cpu && row !== undefined ? cpuOf(name, row, cpu) / (cpu.capacity[row] ?? 1) : 0;
    });
  }

  async #until(isSo: () => boolean, otherwise: () => string): Promise<void> {
    const { clock, signal } = this.#options;
    const deadline = clock.now() + patience;
    while (!isSo()) {
      if (clock.now() >= deadline) throw new CodedError('DEMO_DISTURBED', otherwise());
      await clock.sleep(50, signal);
    }
  }
}
