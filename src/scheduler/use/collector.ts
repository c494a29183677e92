import type { Node } from '../../api/kubernetes.js';
import type { Key } from '../../api/meta/resource.js';
import { backOffDelay, jittered, within } from '../../runtime/index.js';
import type { Clock } from '../../support/clock.js';
import { messageOf } from '../../support/errors.js';
import type { Logger } from '../../support/log.js';
import type { Random } from '../../support/random.js';
import { type Duration, type Instant, minute, second } from '../../support/time.js';
import type { PodUse } from './pod-window.js';
import type { UseReport, UseSource } from './use-source.js';
import { type OnUse, UseStore } from './use-store.js';
import type { WindowUse } from './window.js';

export interface UseCollectorOptions {
  readonly source: UseSource;
  /** The nodes that there are now. */
  readonly nodes: () => readonly Node[];
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly onUse?: OnUse;
  /** From one reading to the next, give or take a tenth. Default 15 s. */
  readonly interval?: Duration;
  /** What the figures are the mean of. Default 5 min. */
  readonly window?: Duration;
  /**
   * Figures that end longer ago are stale. Default three intervals and 30 s: kubelets and metrics-server renew theirs every 10 to
   * 15 s.
   */
  readonly maxAge?: Duration;
}

/** How the source does. */
export interface SourceStatus {
  readonly source: string;
  /** `starting`: nothing was read yet. `down`: the last reading gave nothing of any node. */
  readonly state: 'starting' | 'up' | 'down';
  /** Since when it is in this state. */
  readonly since: Instant;
  /** Why it is down. */
  readonly error?: string;
  readonly nodes: { readonly fresh: number; readonly stale: number };
}

/** What a reading came to. */
interface Tally {
  samples: number;
  failures: number;
  firstFailure: string | undefined;
}

/** The longest wait between readings of a source that is down. */
const mostPause: Duration = 2 * minute;

/** Reads a source again and again, and keeps what every node used over the last minutes. */
export class UseCollector {
  readonly #options: UseCollectorOptions;
  readonly #interval: Duration;
  readonly #store: UseStore;
  readonly #ending = new AbortController();
  #running: Promise<void> | undefined;
  #expiry: Disposable | undefined;
  #state: Pick<SourceStatus, 'state' | 'since' | 'error'>;
  #failedReadings = 0;

  constructor(options: UseCollectorOptions) {
    const { interval = 15 * second, window = 5 * minute, maxAge = 3 * interval + 30 * second } = options;
    this.#options = options;
    this.#interval = interval;
    const samples = 2 + Math.ceil((2 * window) / interval);
    this.#store = new UseStore({ window, maxAge, samples }, options.onUse ?? (() => {}));
    this.#state = { state: 'starting', since: options.clock.now() };
  }

  start(): void {
    this.#running ??= this.#run(this.#ending.signal);
  }

  /** Ends: what is known stays as it is. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
    this.#expiry?.[Symbol.dispose]();
  }

  /** What a node used over the window; `undefined` when nothing that still counts is known. */
  use(node: string): WindowUse | undefined {
    return this.#store.use(node);
  }

  /** What a pod of this node uses, where the source knows pods. */
  podUse(node: string, pod: Key): PodUse | undefined {
    return this.#store.podUse(node, pod);
  }

  /** Why nothing is known of a node, or what of it is missing; `undefined` when nothing is. */
  why(node: string): string | undefined {
    return this.#store.why(node, this.#options.clock.now(), this.#state.error);
  }

  status(): SourceStatus {
    return { source: this.#options.source.name, ...this.#state, nodes: this.#store.counts };
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    try {
      // replicas that start together do not read together
      await clock.sleep(random.uniform() * second, signal);
      while (!signal.aborted) {
        const began = clock.now();
        this.#conclude(await this.#read(signal));
        this.#expire();
        await clock.sleep(Math.max(0, began + this.#pause() - clock.now()), signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #pause(): Duration {
    const { random } = this.#options;
    if (this.#failedReadings === 0) return this.#interval * (0.9 + random.uniform() / 5);
    const max = Math.max(this.#interval, mostPause);
    return jittered(backOffDelay(this.#failedReadings, { base: this.#interval, max }), random);
  }

  /** Returns why nothing was read of any node; `undefined` when something was, or there is nothing new. */
  async #read(signal: AbortSignal): Promise<string | undefined> {
    const { source, clock } = this.#options;
    const nodes = this.#options.nodes();
    this.#store.keepOnly(nodes, clock.now());
    const tally: Tally = { samples: 0, failures: 0, firstFailure: undefined };
    // what an overdue reading says after all is not mixed with the next
    const ended = new AbortController();
    try {
      const report = this.#reportTo(tally, ended.signal);
      await within(clock, Math.max(this.#interval, 10 * second), signal, (inner) => source.read(nodes, report, inner));
    } catch (error) {
      signal.throwIfAborted();
      return tally.samples > 0 ? undefined : messageOf(error);
    } finally {
      ended.abort();
    }
    const all = nodes.length > 0 && tally.samples === 0 && tally.failures >= nodes.length;
    return all ? `no node could be read: ${tally.firstFailure}` : undefined;
  }

  #reportTo(tally: Tally, ended: AbortSignal): UseReport {
    return {
      sample: (sample) => {
        if (!ended.aborted && this.#store.add(sample, this.#options.clock.now())) tally.samples++;
      },
      failure: (node, why) => {
        if (ended.aborted || !this.#store.fail(node, why)) return;
        tally.failures++;
        tally.firstFailure ??= `${node}: ${why}`;
      },
    };
  }

  /** Says once when the source goes down, and once when it is back. */
  #conclude(error: string | undefined): void {
    const { source, logger, clock } = this.#options;
    const before = this.#state;
    const state = error === undefined ? 'up' : 'down';
    this.#failedReadings = error === undefined ? 0 : this.#failedReadings + 1;
    if (state === 'down' && before.state !== 'down')
      logger.warn({ source: source.name, error }, 'the use of nodes cannot be read: estimates stand for it');
    if (state === 'up' && before.state === 'down')
      logger.info({ source: source.name }, 'the use of nodes can be read again');
    const since = state === before.state ? before.since : clock.now();
    this.#state = { state, since, ...(error !== undefined && { error }) };
  }

  #expire(): void {
    const { clock } = this.#options;
    this.#expiry?.[Symbol.dispose]();
    const next = this.#store.expire(clock.now());
    this.#expiry = next === undefined ? undefined : clock.at(next, () => this.#expire());
  }
}
