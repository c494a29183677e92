/** Runs the command line in this process, with output that can be read afterwards. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '../../src/cli/io.js';
import { run } from '../../src/cli/program.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { connect } from '../../src/cluster/kubernetes/connect.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';

export interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Setting {
  /** Without it the kubeconfig decides, as in real life. */
  readonly cluster?: Cluster;
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly interrupted?: AbortSignal;
}

const clock = new WallClock();
let runs = 0;

export async function penstock(
  argv: readonly string[],
  { cluster, stdin = '', environment = {}, interrupted = new AbortController().signal }: Setting = {},
): Promise<Result> {
  const text = { stdout: '', stderr: '' };
  const collect = (stream: 'stdout' | 'stderr') => ({
    write: (written: string) => {
      text[stream] += written;
    },
  });
  const io: Io = {
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    stdin: async () => stdin,
    environment: { HOME: '/nonexistent', ...environment },
    clock,
    random: seededRandom(`cli/${runs++}`),
    interrupted,
    connect: async (options, logger) =>
      cluster
        ? { cluster, namespace: options.namespace ?? 'default', server: 'test', close: () => {} }
        : connect(options, { clock, logger }),
  };
  return { exitCode: await run(argv, io), ...text };
}

/** A folder for the files of one test file; `end` deletes it. */
export class Files {
  readonly #folder = mkdtempSync(join(tmpdir(), 'penstock-cli-'));

  /** Where a file of this name is, or would be. */
  pathOf(name: string): string {
    return join(this.#folder, name);
  }

  write(name: string, text: string): string {
    const path = this.pathOf(name);
    writeFileSync(path, text);
    return path;
  }

  end(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A kubeconfig in one line. */
export function kubeconfig(server: string, token: string, ca?: string): string {
  const authority = ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, ...authority } }],
    users: [{ name: 'ann', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'ann' } }],
  });
}
