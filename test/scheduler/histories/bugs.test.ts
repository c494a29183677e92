import { beforeAll, describe, expect, it } from 'vitest';
import { compile, findOut } from '../../faults/buggy-copy.js';
import { bugs } from './bugs.js';

/** So many histories a bug may survive. */
const runs = 400;
/** Some take minutes of a machine that does something else beside. */
const patience = 900_000;

describe('a copy of the scheduler that', () => {
  let compiled: string;
  beforeAll(async () => {
    compiled = await compile('scheduler');
  }, patience);

  it.each(bugs)(
    '$name is found out',
    async (bug) => {
      const said = await findOut(bug, 'scheduler', compiled, runs);
      expect(said).toMatch(/^ {2}replay: npm run test:histories -- scheduler --seed \d+$/m);
      expect(said).toMatch(/ failed: \d+(, \d+)*$/m);
    },
    patience,
  );
});
