import fc from 'fast-check';
import { expect, test } from 'vitest';
import { argmax } from './argmax.js';
import { Ranking } from './ranking.js';

const score = fc.integer({ min: -3, max: 3 });
const tie = fc.nat(2);
const change = fc.record({ row: fc.nat(30), tie, score: fc.option(score, { nil: undefined }) });

test('a ranking names the row that a look at all rows names, after any changes', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(score, fc.boolean(), tie), { maxLength: 30 }), fc.array(change), (start, changes) => {
      const scores = Float64Array.from(start, ([value]) => value);
      const feasible = Uint8Array.from(start, ([, is]) => Number(is));
      const ties = Float64Array.from(start, ([, , value]) => value);
      const ranking = new Ranking(scores, ties, feasible, start.length);
      expect(ranking.best).toBe(argmax(scores, ties, feasible, start.length));
      for (const { row, score: value, tie: now } of changes.filter((one) => one.row < start.length)) {
        feasible[row] = value === undefined ? 0 : 1;
        if (value === undefined) ranking.delete(row);
        else ranking.set(row, (scores[row] = value), (ties[row] = now));
        expect(ranking.best).toBe(argmax(scores, ties, feasible, start.length));
      }
    }),
  );
});
