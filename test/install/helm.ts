import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import type { Resource } from '../../src/api/meta/resource.js';
import { pathOf } from '../control-plane/binaries.js';

/** Helm with a home of its own, so that it reads and leaves nothing elsewhere. */
export class Helm {
  readonly #home = mkdtempSync(join(tmpdir(), 'penstock-helm-'));

  constructor(private readonly kubeconfig?: string) {}

  /** Runs helm, and returns what it prints. Throws with its errors. */
  async run(...args: readonly string[]): Promise<string> {
    const env = {
      ...process.env,
      HELM_CACHE_HOME: join(this.#home, 'cache'),
      HELM_CONFIG_HOME: join(this.#home, 'config'),
      HELM_DATA_HOME: join(this.#home, 'data'),
      ...(this.kubeconfig !== undefined && { KUBECONFIG: this.kubeconfig }),
    };
    const { stdout } = await promisify(execFile)(pathOf('helm'), args, { env, maxBuffer: 64 * 2 ** 20 });
    return stdout;
  }

  end(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** The objects of a file with several. */
export const objectsOf = (text: string): readonly Resource[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Resource | null)
    .filter((object) => object !== null);
