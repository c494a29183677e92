import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { offer } from './offer.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs once, beside all test files: builds the command line when the first of them asks for it (`builtProgram`). */
export default async function setup(project: TestProject): Promise<() => void> {
  const program = await offer(async () => {
    await promisify(execFile)(process.execPath, ['bundle.js'], { cwd: root });
    return join(root, 'dist/cli/main.js');
  });
  project.provide('programBroker', program.url);
  return program.close;
}
