import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DemandHistory, day, daysKept, slot, slotOf } from './history.js';
import { bounds, encodeDays, outdated, type RecordData, readRecord } from './record.js';

const begin = Date.UTC(2026, 0, 5) + 7 * slot;
const first = slotOf(begin);

const historyOf = (counts: readonly (readonly [place: number, count: number])[]) => {
  const history = new DemandHistory(begin);
  for (const [place, count] of counts) history.add(begin + place * slot, count);
  return history;
};

it('writes gaps and counts, a line per day', () => {
  const history = historyOf([
    [0, 1],
    [1, 40],
    [40, 2],
    [2880, 3],
  ]);
  const monday = Math.floor(first / 2880);
  expect(encodeDays(history, first, first + 2881)).toEqual({
    [`day-${monday}`]: '7,0*14,12*2',
    [`day-${monday + 1}`]: '7*3',
  });
});

it('reads what it wrote', () => {
  const entries = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 * 2880 }), fc.integer({ min: 1, max: 5000 })));
  fc.assert(
    fc.property(entries, (counts) => {
      const history = historyOf(counts);
      const until = first + 21 * 2880;
      const read = readRecord({ ...encodeDays(history, first, until), ...bounds(history, until) });
      expect(read?.until).toBe(until);
      expect(read?.history.first).toBe(first);
      const written = history.slots(first, until);
      expect(read?.history.slots(first, until).every((count, place) => count === written[place])).toBe(true);
    }),
    { numRuns: 30 },
  );
});

it('leaves out what came later than it is told', () => {
  const history = historyOf([
    [3, 1],
    [9, 1],
  ]);
  expect(Object.values(encodeDays(history, first, first + 5))).toEqual(['a']);
});

it('stays below what a ConfigMap holds, however busy the pool', () => {
  const history = new DemandHistory(begin);
  for (let place = 0; place < daysKept * 2880; place++) history.add(begin + place * slot, 0xffff);
  const size = Object.values(encodeDays(history, first, first + daysKept * 2880)).join('').length;
  expect(size).toBeLessThan(700_000);
});

it('names the days that are too old', () => {
  const today = Math.floor(first / 2880);
  const data = { since: '1', [`day-${today - 30}`]: '1', [`day-${today - 29}`]: '1', [`day-${today - 28}`]: '1' };
  expect(outdated(data, today * 2880 + 5)).toEqual([`day-${today - 30}`, `day-${today - 29}`, `day-${today - 28}`]);
  expect(outdated(data, today * 2880)).toEqual([`day-${today - 30}`, `day-${today - 29}`]);
});

describe('what is no record', () => {
  it.each<RecordData>([
    {},
    { since: '5' },
    { since: 'x', until: '9' },
    { since: '9', until: '5' },
    { since: '1.5', until: '9' },
  ])('%j', (data) => expect(readRecord(data)).toBeUndefined());
  it('is read as far as it can be', () => {
    const text = { since: String(first), until: String(first + day / slot) };
    expect(
      readRecord({ ...text, [`day-${Math.floor(first / 2880)}`]: '7,??,1' })?.history.slots(first, first + 3),
    ).toEqual(Uint16Array.from([1, 0, 0]));
  });
});
