import { describe, expect, it } from 'vitest';
import { findOut } from '../../faults/buggy-copy.js';
import { bugs } from './bugs.js';

/** So many histories a bug may survive. */
const runs = 100;
/** Some take minutes of a machine that does something else beside. */
const patience = 900_000;

describe('a copy of the rebalancer that', () => {
  it.each(bugs)(
    '$name is found out',
    async (bug) => {
      const said = await findOut(bug, 'rebalancer', runs);
      expect(said).toMatch(/^ {2}replay: npm run test:histories -- rebalancer --seed \d+$/m);
    },
    patience,
  );
});
