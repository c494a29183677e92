import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { pathOf } from '../control-plane/binaries.js';
import type { Answer, Case } from './case.js';

/**
 * The real kube-scheduler's plug-ins in a process of their own, `scheduler-oracle` of KUBEBUILDER_ASSETS: a case per line in, an
 * answer per line out, in order.
 */
export class Oracle {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void }[] = [];
  #ended: Error | undefined;

  /** `quiet`: what it writes beside its answers is not shown. */
  constructor(voice: 'loud' | 'quiet' = 'loud') {
    const errors = voice === 'loud' ? 'inherit' : 'ignore';
    this.#process = spawn(pathOf('scheduler-oracle'), [], { stdio: ['pipe', 'pipe', errors] });
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      const answer: Answer = JSON.parse(line);
      this.#waiting.shift()?.resolve(answer);
    });
    const end = (why: string) => {
      this.#ended ??= new Error(`scheduler-oracle ended: ${why}`);
      for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
    };
    this.#process.on('error', (error) => end(error.message));
    this.#process.on('close', (code, signal) => end(signal ?? `exit code ${code}`));
    // what it did not read is told by its end
    this.#process.stdin.on('error', () => undefined);
  }

  ask(question: Case): Promise<Answer> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    });
  }

  close(): void {
    this.#process.stdin.end();
  }
}
