import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bugs } from './bugs.js';
import { buggyCopy, findOut } from './buggy-copy.js';

/** So many histories a bug may survive. */
const runs = 400;
/** Some take minutes of a machine that does something else beside. */
const patience = 900_000;

describe('a copy of the code that', () => {
  it.each(bugs)(
    '$name is found out',
    async (bug) => {
      const said = await findOut(bug, 'delivery', runs);
      expect(said).toMatch(/^ {2}replay: npm run test:histories -- --seed \d+$/m);
    },
    patience,
  );
});

it(
  'npm run test:histories ends with a failure, and says how to see it again',
  async () => {
    const bug = bugs.find(({ name }) => name === 'keeps what came back before it can be clean')!;
    await using copy = await buggyCopy(bug, 'delivery');
    const main = join(copy.folder, 'test', 'faults', 'main.js');
    const failure = await promisify(execFile)(process.execPath, [main, '--runs', String(runs), '--stop']).catch(
      ({ code, stdout }: { readonly code: number; readonly stdout: string }) => ({ code, stdout }),
    );
    expect(failure).toEqual({
      code: 1,
      stdout: expect.stringMatching(/^ {2}replay: npm run test:histories -- --seed \d+$/m),
    });
    expect(failure.stdout).toMatch(/ failed: \d+(, \d+)*$/m);
  },
  patience,
);
