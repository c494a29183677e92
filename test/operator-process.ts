/** `penstock run` as a process of its own, which can be killed. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Companion } from './control-plane/process.js';

export interface OperatorProcessOptions {
  /** The built command line: dist/cli/main.js. */
  readonly program: string;
  readonly kubeconfig: string;
  /** It looks after this one only, and keeps its Lease there. */
  readonly namespace: string;
  /** More flags of `penstock run`. */
  readonly flags?: readonly string[];
}

export class OperatorProcess {
  readonly #companion: Companion;

  private constructor({ program, kubeconfig, namespace, flags = [] }: OperatorProcessOptions) {
    const log = join(mkdtempSync(join(tmpdir(), 'penstock-operator-')), 'operator.log');
    const scope = ['--kubeconfig', kubeconfig, '--namespace', namespace, '--namespaces', namespace];
    const ports = ['--metrics-port', '0', '--health-port', '0'];
    this.#companion = new Companion(
      'penstock run',
      process.execPath,
      [program, 'run', ...scope, ...ports, ...flags],
      log,
    );
  }

  /** Starts one and waits until it is at work, or stands by for whoever holds the Lease. */
  static async start(options: OperatorProcessOptions): Promise<OperatorProcess> {
    const operator = new OperatorProcess(options);
    operator.#companion.start();
    await operator.#companion.until(async () => operator.log().includes('the operator starts'), 60_000);
    return operator;
  }

  /** What it has logged so far, JSON lines. */
  log(): string {
    return readFileSync(this.#companion.log, 'utf8');
  }

  get alive(): boolean {
    return this.#companion.alive;
  }

  /** SIGKILL: no goodbye, the Lease stays held. */
  async kill(): Promise<void> {
    await this.#companion.stop('SIGKILL');
  }

  /** SIGTERM, as a kubelet ends it. Its log goes with it. */
  async stop(): Promise<void> {
    await this.#companion.stop();
    rmSync(dirname(this.#companion.log), { recursive: true, force: true });
  }
}
