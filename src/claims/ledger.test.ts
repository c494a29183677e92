import { describe, expect, it } from 'vitest';
import { aClaim, delivered } from '../../test/objects.js';
import { readLedger } from './ledger.js';

const claim = aClaim({ items: [{ name: 'a', count: 2 }, { count: 1 }] });
const names = (pods: readonly { readonly pod: { readonly metadata: { readonly name: string } } }[]) =>
  pods.map(({ pod }) => pod.metadata.name);

describe('readLedger', () => {
  it('numbers the containers through all items', () => {
    expect(readLedger(claim, []).missing.map(({ index, itemName }) => [index, itemName])).toEqual([
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
      const ledger = readLedger(claim, order);
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
    const ledger = readLedger(claim, pods);
    expect(ledger.held).toEqual([]);
    expect(ledger.spent.map(({ metadata }) => metadata.name)).toEqual(['ended', 'beyond']);
  });
});
