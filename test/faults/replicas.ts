import type { Cluster } from '../../src/cluster/cluster.js';
import type { Manager, ManagerOptions } from '../../src/runtime/index.js';
import type { Clock } from '../../src/support/clock.js';
import type { Logger } from '../../src/support/log.js';
import type { Random } from '../../src/support/random.js';
import { second } from '../../src/support/time.js';
import { FaultyCluster } from './faulty-cluster.js';
import type { Journal } from './journal.js';
import type { Mix } from './mix.js';
import { PausableClock } from './pausable-clock.js';
import type { Weather } from './weather.js';

export interface ReplicaParts {
  readonly name: string;
  /** Puts a process together: the operator, or the scheduler. */
  readonly launch: (options: ManagerOptions) => Manager;
  /** The Lease that replicas stand for election with. */
  readonly lease: string;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly weather: Weather;
  readonly journal: Journal;
  /** What a mutant's cluster does wrong. */
  readonly mutate: (cluster: Cluster) => Cluster;
}

/** One replica of the program under test, process after process: each may be stopped at any of its writes, and the next one comes. */
export class Replica {
  readonly #parts: ReplicaParts;
  readonly #clock: PausableClock;
  /** Of the run: a process that comes when its faults are over stands for election all the same. */
  readonly #operators: Mix['operators'];
  #process = 0;
  #isRetired = false;
  #running: { readonly manager: Manager; readonly connection: FaultyCluster } | undefined;

  constructor(parts: ReplicaParts) {
    this.#parts = parts;
    this.#clock = new PausableClock(parts.clock);
    this.#operators = parts.weather.mix.operators;
  }

  start(): void {
    if (this.#running || this.#isRetired) return;
    const { name, launch, lease, weather, logger, journal, mutate } = this.#parts;
    const { mix } = weather;
    const identity = `${name}.${++this.#process}`;
    const random = this.#parts.random.split(identity);
    const crash = random.split('crash');
    const connection: FaultyCluster = new FaultyCluster({
      cluster: mutate(journal.record(this.#parts.cluster, identity)),
      clock: this.#clock,
      weather,
      random: random.split('faults'),
      // every process but the first ones may live on: a run must also get somewhere
      ...(mix.crashWithin > 0 && crash.uniform() < 0.8
        ? { crashAt: { write: crash.integer(1, mix.crashWithin), moment: crash.pick(['before', 'after']) } }
        : {}),
      onCrash: () => this.#crash(connection, crash.exponential(3 * second)),
    });
    const manager = launch({
      cluster: connection,
      clock: this.#clock,
      random: random.split('operator'),
      logger: logger.child({ replica: identity }),
      ...(this.#operators === 'elected' ? { election: { namespace: 'kube-system', name: lease, identity } } : {}),
    });
    this.#running = { manager, connection };
    // killed before it had started: the next one starts
    manager.start().catch(() => undefined);
  }

  /** Nothing runs in the process for so long, but time goes on, and what it has sent is on its way. */
  pause(random: Random): void {
    this.#clock.pause(random.pick([1, 5, 12]) * second * (0.5 + random.uniform()));
  }

  #crash(connection: FaultyCluster, pause: number): void {
    if (this.#running?.connection !== connection) return;
    const { manager } = this.#running;
    this.#running = undefined;
    connection.die();
    manager.kill();
    this.#parts.clock.at(this.#parts.clock.now() + pause, () => this.start());
  }

  /** Ends the process; no other comes. */
  retire(): void {
    this.#isRetired = true;
    this.#running?.connection.die();
    this.#running?.manager.kill();
    this.#running = undefined;
  }
}
