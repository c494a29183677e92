/** A copy of the compiled code with a bug in it, and what the histories say of it. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import type { Bug } from './bugs.js';
import type { SuiteName } from './suite-name.js';

const execute = promisify(execFile);
/** Below the project, so that its dependencies are found from there. */
const folderOf = (suite: SuiteName) => join('build', 'buggy', suite);

/** Compiles code and suite once; the copies are made of this. Returns where it is. */
export async function compile(suite: SuiteName): Promise<string> {
  const folder = folderOf(suite);
  const compiled = join(folder, 'right');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
  // types are checked elsewhere
  await execute(process.execPath, [tsc, '-p', 'tsconfig.tools.json', '--noCheck', '--outDir', compiled]);
  return compiled;
}

/** What the suite prints of a program with this bug, from its first seed on, until it has found it or `runs` have passed. */
export async function findOut(bug: Bug, suite: SuiteName, compiled: string, runs: number): Promise<string> {
  const copy = join(folderOf(suite), 'wrong');
  await rm(copy, { recursive: true, force: true });
  await cp(compiled, copy, { recursive: true });
  await writeFile(join(copy, bug.file.replace(/\.ts$/, '.js')), await translated(bug));
  const main = join(copy, 'test', 'faults', 'main.js');
  try {
    const { stdout } = await execute(
      process.execPath,
      [main, suite, '--seed', String(bug.from ?? 1), '--runs', String(runs), '--stop'],
      {
        maxBuffer: 64 * 2 ** 20,
      },
    );
    return stdout;
  } catch (error) {
    // it ends with 1 where a promise was broken
    if (error instanceof Error && 'stdout' in error && 'code' in error && error.code === 1) return String(error.stdout);
    throw error;
  }
}

async function translated({ file, right, wrong }: Bug): Promise<string> {
  const source = await readFile(file, 'utf8');
  const parts = source.split(right);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places with: ${right}`);
  const { outputText } = ts.transpileModule(parts.join(wrong), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  return outputText;
}
