import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const beside = join(process.env.KUBEBUILDER_ASSETS ?? '', 'kubectl');
const program = process.env.KUBEBUILDER_ASSETS && existsSync(beside) ? beside : 'kubectl';

/** Runs kubectl (of KUBEBUILDER_ASSETS, else of the PATH) on the cluster of KUBECONFIG, and returns what it prints. */
export async function kubectl(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 64 * 2 ** 20 });
  return stdout;
}
