import { beforeAll, describe, expect, it } from 'vitest';
import { bugs } from './bugs.js';
import { compile, findOut } from './buggy-copy.js';

/** So many histories a bug may survive. */
const runs = 400;
/** Some take a minute of a quiet machine. */
const patience = 900_000;

describe('a copy of the code that', () => {
  let compiled: string;
  beforeAll(async () => {
    compiled = await compile('delivery');
  });

  it.each(bugs)(
    '$name is found out',
    async (bug) => {
      const said = await findOut(bug, 'delivery', compiled, runs);
      expect(said).toMatch(/^ {2}replay: npm run test:histories -- --seed \d+$/m);
      expect(said).toMatch(/ failed: \d+(, \d+)*$/m);
    },
    patience,
  );
});
