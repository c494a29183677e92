import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { latchScript } from '../../src/line/latch/script.js';
import { busybox } from './busybox.js';

const open = new Set<Container>();

afterEach(() => {
  for (const container of open) container.remove();
});

/** The folders that a latched container sees, and the latches run in them; removed with all it started after each test. */
export class Container {
  readonly base = mkdtempSync(join(tmpdir(), 'penstock-latch-'));
  readonly busybox = join(this.base, 'bin/busybox');
  readonly latch = join(this.base, 'bin/latch');
  readonly files = join(this.base, 'files');
  #swaps = 0;

  constructor() {
    open.add(this);
    for (const folder of ['bin', 'delivery', 'state', 'files', 'work', 'shm', 'cgroup', 'secret'])
      mkdirSync(join(this.base, folder));
    copyFileSync(busybox ?? '', this.busybox);
    chmodSync(this.busybox, 0o755);
    writeFileSync(this.latch, `${latchScript}\n`);
    writeFileSync(this.path('log'), '');
    this.deliver('');
  }

  path(...parts: readonly string[]): string {
    return join(this.base, ...parts);
  }

  read(...parts: readonly string[]): string {
    return readFileSync(this.path(...parts), 'utf8');
  }

  /** Shows `text` as the annotation, as the kubelet does: a new folder, and one rename of the link to it. */
  deliver(text: string): void {
    this.#swap('delivery', 'latch', text);
  }

  /** What a latch sees that has followed the link of the delivery's folder just before the kubelet removed that folder. */
  betweenDeliveries(): void {
    rmSync(this.path('delivery', readlinkSync(this.path('delivery', '..data'))), { recursive: true });
  }

  secret(text: string): void {
    this.#swap('secret', 'penstock-delivery', text);
  }

  #swap(volume: string, file: string, text: string): void {
    const version = `..${this.#swaps++}`;
    const data = this.path(volume, '..data');
    mkdirSync(this.path(volume, version));
    writeFileSync(this.path(volume, version, file), text);
    symlinkSync(version, `${data}_tmp`);
    const old = existsSync(data) ? readlinkSync(data) : undefined;
    renameSync(`${data}_tmp`, data);
    if (!existsSync(this.path(volume, file))) symlinkSync(`..data/${file}`, this.path(volume, file));
    if (old) rmSync(this.path(volume, old), { recursive: true, force: true });
  }

  exec(command: readonly string[], environment: NodeJS.ProcessEnv = {}): Run {
    return this.run(['exec', this.files, '--', ...command], environment);
  }

  /** Grace and scrub deadline in seconds. */
  supervise(command: readonly string[], { grace = 5, deadline = 20 } = {}): Run {
    const folders = [this.path('work'), this.path('log')];
    return this.run(['supervise', this.files, `${grace}`, `${deadline}`, ...folders, '--', ...command]);
  }

  run(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Run {
    return new Run(this.busybox, ['sh', this.latch, '--outside', this.base, ...args], environment, this.base);
  }

  /** Shell text as the program, run by the same busybox. */
  shell(script: string): readonly string[] {
    return [this.busybox, 'sh', '-c', script];
  }

  /** Whatever was started in it and still runs, by its working directory. */
  processes(): readonly number[] {
    return readdirSync('/proc')
      .filter((name) => /^[0-9]+$/.test(name) && workingDirectory(name) === this.base)
      .map(Number);
  }

  remove(): void {
    open.delete(this);
    for (const pid of this.processes()) kill(pid);
    rmSync(this.base, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // ended by itself since it was listed
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function workingDirectory(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    // gone meanwhile, a zombie, or another user's
    return undefined;
  }
}

/** A latch that runs, with what it wrote so far. */
export class Run {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  readonly #out: Buffer[] = [];
  readonly #err: Buffer[] = [];

  constructor(path: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd: string) {
    // a session of its own, as a container's first process has, and nothing inherited
    this.#child = spawn(path, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#out.push(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#err.push(chunk));
    this.#ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code, signal) => resolve(code ?? (signal ? -1 : 0)));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get output(): Buffer {
    return Buffer.concat(this.#out);
  }

  get errors(): string {
    return Buffer.concat(this.#err).toString();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The exit code; -1 when a signal ended it. */
  ended(): Promise<number> {
    return this.#ended;
  }
}

/** Waits until `holds`; throws, saying `what`, after half a minute. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not after 30 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
