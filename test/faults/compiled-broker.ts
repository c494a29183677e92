import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { offer } from '../offer.js';

/** Below the project, so that its dependencies are found from there. */
const folder = join('build', 'buggy');

/** Runs once, beside all test files: compiles the code and the suites of histories when the first of them asks for it (`buggyCopy`). */
export default async function setup(project: TestProject): Promise<() => void> {
  const compiled = await offer(async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
    const output = ['--outDir', join(folder, 'right'), '--sourceMap', 'false'];
    // types are checked elsewhere
    await promisify(execFile)(process.execPath, [tsc, '-p', 'tsconfig.tools.json', '--noCheck', ...output]);
    return folder;
  });
  project.provide('compiledBroker', compiled.url);
  return compiled.close;
}
