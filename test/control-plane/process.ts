import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

let watched = false;
const running = new Set<Companion>();

/** A program that runs beside the tests and ends with them at the latest. */
export class Companion {
  #child: ChildProcess | undefined;

  constructor(
    readonly name: string,
    private readonly path: string,
    private readonly flags: readonly string[],
    readonly log: string,
  ) {}

  start(): void {
    const log = openSync(this.log, 'a');
    const child = spawn(this.path, this.flags, { stdio: ['ignore', log, log] });
    closeSync(log);
    child.on('error', () => {});
    this.#child = child;
    running.add(this);
    if (!watched) watchOver();
    watched = true;
  }

  get alive(): boolean {
    const child = this.#child;
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Throws when it was not started. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.name} does not run`);
    return pid;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.alive) this.#child?.kill(signal);
  }

  /** Sends `signal` and waits until the program has ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    running.delete(this);
    const child = this.#child;
    if (!child || !this.alive) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    // one that is stalled takes no other signal
    child.kill('SIGCONT');
    child.kill(signal);
    const insist = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(insist);
  }

  /** Waits until `ready` says so. Throws with the end of the log when the program ends or takes too long. */
  async until(ready: () => Promise<boolean>, limit: number): Promise<void> {
    const deadline = Date.now() + limit;
    for (;;) {
      if (!this.alive) throw new Error(`${this.name} ended at once:\n${this.#endOfLog()}`);
      if (await ready()) return;
      if (Date.now() > deadline) throw new Error(`${this.name} is not ready after ${limit} ms:\n${this.#endOfLog()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #endOfLog(): string {
    return readFileSync(this.log, 'utf8').split('\n').slice(-30).join('\n');
  }
}

/** Once: whatever ends this process ends the companions first. */
function watchOver(): void {
  process.on('exit', () => {
    for (const companion of running) {
      companion.signal('SIGKILL');
      try {
        rmSync(dirname(companion.log), { recursive: true, force: true, maxRetries: 3 });
      } catch {
        // it wrote once more while it died: a folder stays behind in the system's place for such
      }
    }
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
}
