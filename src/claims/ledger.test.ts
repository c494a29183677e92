import { describe, expect, it } from 'vitest';
import { aClaim, delivered, ended, now } from '../../test/objects.js';
import { hour, second, timestamp } from '../support/time.js';
import { readLedger } from './ledger.js';

const claim = aClaim({ items: [{ name: 'a', count: 2 }, { count: 1 }] });
const names = (pods: readonly { readonly pod: { readonly metadata: { readonly name: string } } }[]) =>
  pods.map(({ pod }) => pod.metadata.name);

describe('readLedger', () => {
  it('numbers the containers through all items', () => {
    expect(readLedger(claim, [], now).missing.map(({ index, itemName }) => [index, itemName])).toEqual([
      [0, 'a'],
      [1, 'a'],
      [2, '1'],
    ]);
  });

  it('keeps of several with one number the one of the latest term, then of the lowest uid', () => {
    const pods = [
      delivered('old', claim, 0, { term: 1 }),
      delivered('new', claim, 0, { term: 2 }),
      delivered('b', claim, 1),
      delivered('a', claim, 1),
    ];
    for (const order of [pods, [...pods].reverse()]) {
      const ledger = readLedger(claim, order, now);
      expect(names(ledger.held)).toEqual(['new', 'a']);
      expect(names(ledger.surplus)).toEqual(['old', 'b']);
    }
  });

  it('does not count what is terminating, has ended, is of another claim or carries a number that the claim does not have', () => {
    const pods = [
      delivered('terminating', claim, 0, { metadata: { deletionTimestamp: 'x' } }),
      delivered('ended', claim, 0, { status: { phase: 'Failed' } }),
      delivered('foreign', aClaim({}, 'other'), 0),
      delivered('beyond', claim, 3),
    ];
    const ledger = readLedger(claim, pods, now);
    expect(ledger.held).toEqual([]);
    expect(ledger.spent.map(({ metadata }) => metadata.name)).toEqual(['ended', 'beyond']);
  });

  it('keeps the slot of a container whose work succeeded, whatever becomes of its pod', () => {
    const ledger = readLedger(claim, [ended('done', claim, 0, 0), delivered('on', claim, 1)], now);
    expect(ledger.succeeded.map(({ slot, pod }) => [slot.index, pod?.metadata.name])).toEqual([[0, 'done']]);
    expect(ledger.missing.map(({ index }) => index)).toEqual([2]);
    const recorded = { ...claim, status: { completedIndexes: '0' } } as typeof claim;
    const without = readLedger(recorded, [delivered('on', claim, 1)], now);
    expect(without.succeeded).toMatchObject([{ slot: { index: 0 } }]);
    expect(without.missing.map(({ index }) => index)).toEqual([2]);
  });

  it('wants no other container for work that is done', () => {
    const pods = [ended('done', claim, 0, 0), delivered('again', claim, 0)];
    expect(readLedger(claim, pods, now)).toMatchObject({
      held: [],
      surplus: [{ pod: { metadata: { name: 'again' } } }],
    });
  });

  it('lets work that failed wait, longer each time, and counts how often it has failed', () => {
    const once = [ended('first', claim, 0, 1, { at: now })];
    expect(readLedger(claim, once, now + 9 * second)).toMatchObject({
      backingOff: [{ slot: { index: 0, failures: 1 }, until: now + 10 * second }],
      failed: [{ pod: { metadata: { name: 'first' } }, ending: { exitCode: 1 } }],
    });
    expect(readLedger(claim, once, now + 10 * second).missing).toMatchObject([{ index: 0, failures: 1 }, {}, {}]);
    const twice = [...once, ended('second', claim, 0, 3, { at: now + 30 * second, failures: 1 })];
    expect(readLedger(claim, twice, now + 49 * second).backingOff).toMatchObject([{ until: now + 50 * second }]);
    expect(readLedger(claim, twice, now + 50 * second).missing).toMatchObject([{ index: 0, failures: 2 }, {}, {}]);
  });

  it('remembers failures whose pods somebody has deleted', () => {
    const retries = [{ index: 1, failures: 4, lastFailureAt: timestamp(now) }];
    const ledger = readLedger({ ...claim, status: { retries } } as unknown as typeof claim, [], now + hour);
    expect(ledger.missing).toMatchObject([{ index: 0 }, { index: 1, failures: 4 }, { index: 2 }]);
    expect(ledger.failures.get(1)?.count).toBe(4);
  });
});
