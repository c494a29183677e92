import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, type Need, type Supply, totalOf } from './allocate.js';

const need = (count: number, ...bins: readonly number[]): Need => ({ item: 'a', count, bins });
const supply = (ready: readonly number[], room: Supply['room'] = []): Supply => ({
  ready,
  poolOf: ready.map((_, bin) => bin),
  room,
});

describe('allocate', () => {
  it('takes from the best bin first', () => {
    expect(allocate([need(3, 1, 0)], supply([5, 2]))).toEqual([
      { need: 0, bin: 1, count: 2 },
      { need: 0, bin: 0, count: 1 },
    ]);
  });

  it('lets an item that has a choice make way for one that has none', () => {
    const portions = allocate([need(1, 0, 1), need(1, 0, 2), need(1, 1)], supply([1, 1, 1]));
    expect(totalOf(portions)).toBe(3);
  });

  it('takes no more of a pool than there is room for, whatever its bins have', () => {
    const one = { ready: [5, 5, 5], poolOf: [0, 0, 1], room: [3] };
    expect(totalOf(allocate([need(9, 0, 1)], one))).toBe(3);
    expect(totalOf(allocate([need(2, 0), need(3, 1, 2)], one))).toBe(5);
  });

  const cases = fc.integer({ min: 1, max: 4 }).chain((bins) =>
    fc.record({
      needs: fc.array(
        fc.record({
          count: fc.integer({ min: 0, max: 3 }),
          bins: fc.shuffledSubarray([...Array(bins).keys()]),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      ready: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: bins, maxLength: bins }),
      poolOf: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: bins, maxLength: bins }),
      room: fc.array(fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }), { minLength: 2, maxLength: 2 }),
    }),
  );

  it('takes nothing that is not there, and as much as there is a way to take', () => {
    fc.assert(
      fc.property(cases, ({ needs, ...there }) => {
        const named = needs.map((one) => ({ item: 'a', ...one }));
        const portions = allocate(named, there);
        for (const [at, { count, bins }] of named.entries()) {
          const own = portions.filter(({ need: of }) => of === at);
          expect(totalOf(own)).toBeLessThanOrEqual(count);
          expect(own.every(({ bin }) => bins.includes(bin))).toBe(true);
        }
        for (const [bin, ready] of there.ready.entries())
          expect(totalOf(portions.filter((one) => one.bin === bin))).toBeLessThanOrEqual(ready);
        for (const [pool, room] of there.room.entries())
          expect(totalOf(portions.filter(({ bin }) => there.poolOf[bin] === pool))).toBeLessThanOrEqual(room ?? 99);
        expect(totalOf(portions)).toBe(most(named, there));
      }),
      { numRuns: 2000 },
    );
  });
});

/** By trying every way, one container after the other. */
function most(needs: readonly Need[], there: Supply): number {
  const left = needs.flatMap(({ count, bins }) => Array.from({ length: count }, () => bins));
  const known = new Map<string, number>();
  const from = (at: number, ready: readonly number[], room: readonly number[]): number => {
    const bins = left[at];
    if (!bins) return 0;
    const key = `${at}/${ready.join()}/${room.join()}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    let best = from(at + 1, ready, room);
    for (const bin of bins) {
      const pool = there.poolOf[bin] ?? 0;
      if ((ready[bin] ?? 0) === 0 || room[pool] === 0) continue;
      const after = [ready.with(bin, (ready[bin] ?? 0) - 1), room.with(pool, (room[pool] ?? 0) - 1)] as const;
      best = Math.max(best, 1 + from(at + 1, ...after));
    }
    known.set(key, best);
    return best;
  };
  return from(
    0,
    there.ready,
    there.room.map((room) => room ?? 99),
  );
}
