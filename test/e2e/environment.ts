/** What the environment supplies to the end-to-end suites: a cluster, and all else optional. CONTRIBUTING.md has the list. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A busybox that the nodes have or can pull. */
export const image = process.env.PENSTOCK_E2E_IMAGE ?? 'busybox:1.37-musl';

/** What the names of the suites' namespaces begin with. */
export const namespacePrefix = 'penstock-e2e-';

const variables = {
  /** Makes an image known to the nodes: the path of its archive is appended. */
  importImage: 'PENSTOCK_E2E_IMPORT_IMAGE',
  /** Runs `ctr` against the node's containerd, in the namespace k8s.io: its arguments are appended. */
  runtime: 'PENSTOCK_E2E_RUNTIME',
  stopKubelet: 'PENSTOCK_E2E_STOP_KUBELET',
  startKubelet: 'PENSTOCK_E2E_START_KUBELET',
  restartContainerd: 'PENSTOCK_E2E_RESTART_CONTAINERD',
  /** Ends the API server without a goodbye, starts it again, returns when it is ready. */
  killApiServer: 'PENSTOCK_E2E_KILL_API_SERVER',
  stallEtcd: 'PENSTOCK_E2E_STALL_ETCD',
  resumeEtcd: 'PENSTOCK_E2E_RESUME_ETCD',
} as const;

export type EnvironmentCommand = keyof typeof variables;

/** Runs a command of the environment with `args` appended, and returns what it prints. Throws with its errors. */
export async function supplied(command: EnvironmentCommand, args: readonly string[] = []): Promise<string> {
  const variable = variables[command];
  const line = process.env[variable];
  if (!line) throw new Error(`${variable} is not set; CONTRIBUTING.md says what it must be`);
  // a shell, since the variable may hold several words; the arguments stay as they are
  const { stdout } = await promisify(execFile)('sh', ['-c', `${line} "$@"`, variable, ...args], {
    maxBuffer: 64 * 2 ** 20,
  });
  return stdout;
}

/**
 * Whether a suite or test is to be skipped for want of a cluster or of these commands:
 * `describe.skipIf(lacks('kubelet faults', ['stopKubelet']))('…')`. Says so in one line.
 * With PENSTOCK_REQUIRE_CONTROL_PLANE=1 nothing is skipped: then what is missing is a failure.
 */
export function lacks(suite: string, commands: readonly EnvironmentCommand[] = []): boolean {
  const needed = ['KUBECONFIG', ...commands.map((command) => variables[command])];
  const missing = needed.filter((variable) => !process.env[variable]);
  if (missing.length === 0 || process.env.PENSTOCK_REQUIRE_CONTROL_PLANE === '1') return false;
  process.stderr.write(`skipped: ${suite} (not set: ${missing.join(', ')})\n`);
  return true;
}
