import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { freePorts } from '../../test/control-plane/ports.js';
import { chartHeap, peakMemory } from '../process-use.js';

/** `penstock run` as a user runs it, with its election, in a process of its own, seen by its metrics. */
export class RunningOperator {
  /** The longest delays of the event loop between two looks, in milliseconds: 99 % quantile, and longest. */
  readonly lag = { p99: [] as number[], longest: 0 };
  #end = false;
  readonly #looking: Promise<void>;
  #busy = true;

  private constructor(
    private readonly process: ChildProcess,
    private readonly port: number,
  ) {
    this.#looking = this.#look();
  }

  static async start(kubeconfig: string): Promise<RunningOperator> {
    const [metrics = 0, health = 0] = await freePorts(2);
    const ports = ['--metrics-port', String(metrics), '--health-port', String(health)];
    const words = ['run', '--kubeconfig', kubeconfig, '--namespace', 'default', '--log-level', 'error', ...ports];
    const child = spawn(process.execPath, [chartHeap, resolve('dist/cli/main.js'), ...words], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return new RunningOperator(child, metrics);
  }

  /** MiB: the most that it had resident at once. */
  get peak(): number {
    return peakMemory(this.process.pid ?? 0);
  }

  /** Whether nothing waited or was worked on when it was looked at last. */
  get isQuiet(): boolean {
    return !this.#busy;
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#end = true;
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill(signal);
      await once(this.process, 'exit');
    }
    await this.#looking;
  }

  async #look(): Promise<void> {
    while (!this.#end) {
      await new Promise((tick) => setTimeout(tick, 500));
      const text = await fetch(`http://127.0.0.1:${this.port}/metrics`)
        .then((answer) => answer.text())
        .catch(() => undefined);
      if (text === undefined) continue;
      const sum = (name: string) =>
        [...text.matchAll(new RegExp(`^${name}(?:{[^}]*})? ([0-9.e+-]+)$`, 'gm'))].reduce(
          (all, [, value]) => all + Number(value),
          0,
        );
      this.lag.p99.push(1000 * sum('nodejs_eventloop_lag_p99_seconds'));
      this.lag.longest = Math.max(this.lag.longest, 1000 * sum('nodejs_eventloop_lag_max_seconds'));
      this.#busy =
        sum('leader_election_master_status') === 0 ||
        sum('workqueue_depth') + sum('controller_runtime_active_workers') > 0;
    }
  }
}
