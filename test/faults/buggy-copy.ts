/** A copy of the compiled code with a bug in it, and what the histories say of it. */
import { existsSync } from 'node:fs';
import { copyFile, cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { inject } from 'vitest';
import type { Bug } from './bugs.js';
import { runAll } from './crew.js';
import type { SuiteName } from './suite-name.js';

declare module 'vitest' {
  interface ProvidedContext {
    compiledBroker: string;
  }
}

/** A suite's copy of the code; it is right again when this is disposed of. */
export interface BuggyCopy extends AsyncDisposable {
  readonly folder: string;
}

/** The folder with the code as it is and the suites, compiled by the first who asks. */
export async function compiledCode(): Promise<string> {
  const response = await fetch(inject('compiledBroker'));
  const all = await response.text();
  if (!response.ok) throw new Error(all);
  return join(all, 'right');
}

/** Puts a bug into the suite's copy, which has one at a time. */
export async function buggyCopy(bug: Bug, suite: SuiteName): Promise<BuggyCopy> {
  const right = await compiledCode();
  const folder = resolve(right, '..', suite);
  if (!existsSync(folder)) await cp(right, folder, { recursive: true });
  const file = bug.file.replace(/\.ts$/, '.js');
  await writeFile(join(folder, file), await translated(bug));
  return { folder, [Symbol.asyncDispose]: () => copyFile(join(right, file), join(folder, file)) };
}

/** What the histories say of a program with this bug: one after the other from its first seed on, until one fails or `runs` have passed. */
export async function findOut(bug: Bug, suite: SuiteName, runs: number): Promise<string> {
  await using copy = await buggyCopy(bug, suite);
  const from = bug.from ?? 1;
  let seed = from;
  let found: string | undefined;
  await runAll({
    suite,
    // other suites have the other cores
    threads: 1,
    worker: pathToFileURL(join(copy.folder, 'test', 'faults', 'worker.js')),
    next: () => (found === undefined && seed < from + runs ? seed++ : undefined),
    done: (_, broken) => {
      found ??= broken;
    },
  });
  return found ?? `seeds ${from} to ${seed - 1} passed`;
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
