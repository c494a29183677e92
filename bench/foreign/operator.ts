import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts } from '../../test/control-plane/ports.js';
import { Companion } from '../../test/control-plane/process.js';
import { chartHeap, cpuSeconds, peakMemory, residentMemory } from '../process-use.js';

/** `penstock run` as it is built, for all namespaces, in a process of its own. */
export class MeasuredOperator {
  private constructor(
    private readonly companion: Companion,
    private readonly folder: string,
    private readonly began: number,
    /** From the start of its process until it says that it is ready, in milliseconds. */
    readonly readyAfter: number,
  ) {}

  static async start(kubeconfig: string): Promise<MeasuredOperator> {
    const folder = mkdtempSync(join(tmpdir(), 'penstock-bench-'));
    const [health = 0] = await freePorts(1);
    const flags = ['--kubeconfig', kubeconfig, '--health-port', String(health), '--metrics-port', '0'];
    const snapshots = ['--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${folder}`];
    const command = [...snapshots, chartHeap, resolve('dist/cli/main.js'), 'run', ...flags];
    const companion = new Companion('penstock run', process.execPath, command, join(folder, 'operator.log'));
    const began = performance.now();
    companion.start();
    await companion.until(() => isReady(health), 600_000);
    return new MeasuredOperator(companion, folder, began, performance.now() - began);
  }

  /** Until it has read the pods of others, from `since`, in milliseconds. */
  async hasReadTheRest(since = this.began): Promise<number> {
    await this.companion.until(
      async () => readFileSync(this.companion.log, 'utf8').includes('has read the objects without the label'),
      600_000,
    );
    return performance.now() - since;
  }

  /** MiB. */
  get memory(): { readonly now: number; readonly peak: number } {
    const { pid } = this.companion;
    return { now: residentMemory(pid), peak: peakMemory(pid) };
  }

  /** Share of one core over so many milliseconds. */
  async cpuShare(time: number): Promise<number> {
    const { pid } = this.companion;
    const [before, at] = [cpuSeconds(pid), performance.now()];
    await new Promise((done) => setTimeout(done, time));
    return ((cpuSeconds(pid) - before) * 1000) / (performance.now() - at);
  }

  /** Everything that it holds, as text, after a collection of what it does not hold. */
  async heapSnapshot(): Promise<Buffer> {
    this.companion.signal('SIGUSR2');
    const file = () => readdirSync(this.folder).find((name) => name.endsWith('.heapsnapshot'));
    const text = () => readFileSync(join(this.folder, file() ?? ''));
    // the end of its JSON
    await this.companion.until(
      async () => file() !== undefined && text().subarray(-8).toString().trimEnd().endsWith(']}'),
      120_000,
    );
    return text();
  }

  async stop(): Promise<void> {
    await this.companion.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function isReady(port: number): Promise<boolean> {
  return new Promise((done) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/readyz', timeout: 1000 }, (response) => {
      response.resume();
      done(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => done(false));
  });
}
