import { describe, expect, it } from 'vitest';
import { timestamp } from '../support/time.js';
import { virtualEpoch } from '../support/virtual-clock.js';
import { findCondition, isTrue, setCondition } from './conditions.js';

const later = virtualEpoch + 60_000;
const ready = { type: 'Ready', status: 'True', reason: 'AllReady', message: '3 of 3', observedGeneration: 1 } as const;

describe('conditions', () => {
  const first = setCondition(undefined, ready, virtualEpoch);

  it('adds one, stamped', () => {
    expect(first).toEqual([{ ...ready, lastTransitionTime: timestamp(virtualEpoch) }]);
    expect(isTrue(first, 'Ready')).toBe(true);
    expect(isTrue(first, 'Available')).toBe(false);
    expect(isTrue(undefined, 'Ready')).toBe(false);
  });

  it('returns the same array when nothing changes', () => {
    expect(setCondition(first, { ...ready }, later)).toBe(first);
  });

  it.each([{ reason: 'Other' }, { message: 'another' }, { observedGeneration: 2 }])(
    'keeps the time of the last transition when only %o changes',
    (change) => {
      const second = setCondition(first, { ...ready, ...change }, later);
      expect(second).toEqual([{ ...ready, ...change, lastTransitionTime: timestamp(virtualEpoch) }]);
    },
  );

  it('sets the time when the status changes, and keeps the others and their order', () => {
    const two = setCondition(first, { type: 'Degraded', status: 'False', reason: 'Fine', message: '' }, later);
    const changed = setCondition(two, { ...ready, status: 'False' }, later);
    expect(changed.map(({ type }) => type)).toEqual(['Ready', 'Degraded']);
    expect(findCondition(changed, 'Ready')?.lastTransitionTime).toBe(timestamp(later));
    expect(changed[1]).toBe(two[1]);
    expect(two[0]).toBe(first[0]);
  });
});
