import { describe, expect, it } from 'vitest';
import { aClaim, aPool, delivered, stocked } from '../../test/objects.js';
import { annotations } from '../api/names.js';
import { fail, pass, retry } from '../line/stage.js';
import type { DeliverWork } from '../line/work.js';
import { isLoneRefusal, isWorthwhile, lostIn, outcomeOf, type Pass, spoilt } from './outcome.js';

const claim = aClaim();
const toClaim = { [annotations.claimUid]: claim.metadata.uid };
const work = (itemName: string): DeliverWork => ({
  claim,
  slot: { index: 0, itemName, item: { count: 1 } },
  pod: stocked(itemName),
  origin: 'stock',
});
const plan: Pass['plan'] = {
  standing: { phase: 'delivering' },
  take: [],
  cold: [],
  move: [],
  retire: [],
  replace: [],
  evict: [],
  expiresAt: undefined,
  wakeAt: undefined,
};
const outcome = (verdicts: Pass['verdicts']) =>
  outcomeOf({ plan, verdicts, reclaimed: [], taken: verdicts.length, cold: { made: 0 } });

describe('outcomeOf', () => {
  it('is content when all have passed or come along', () => {
    const mine = { ...work('a'), pod: stocked('a', { metadata: { annotations: toClaim } }) };
    expect(outcome([pass(mine), retry(mine, 'not yet', 50), retry(mine, 'not yet', 20)])).toEqual({
      plan,
      short: false,
      stuck: false,
      filled: 3,
      retryAfter: 20,
      refusals: [],
      turnedDown: 0,
    });
  });

  it('does not count a container that has yet to be handed over, as its turn has not come', () => {
    expect(outcome([retry(work('a'), 'it waits for its turn', 50)])).toMatchObject({ filled: 0, retryAfter: 50 });
  });

  it('plans for another in the place of one that had to go only when that has gone', () => {
    const verdicts = [fail(work('a'), 'no', 'replace')];
    const way = { pod: work('a').pod, why: 'no' };
    const going = { plan, verdicts, taken: 1, cold: { made: 0 } };
    expect(isWorthwhile(outcomeOf({ ...going, reclaimed: [retry(way, 'not yet')] }))).toBe(false);
    expect(isWorthwhile(outcomeOf({ ...going, reclaimed: [pass(way)] }))).toBe(true);
  });

  it('plans once more for what others took', () => {
    expect(outcome([pass(work('a')), fail(work('a'), 'taken', 'another')])).toMatchObject({
      short: true,
      stuck: false,
      filled: 1,
    });
  });

  it('does not plan once more at once where others are taking all that is left', () => {
    const slots = [{ slot: work('a').slot, pool: aPool() }];
    const stuck = outcomeOf({
      plan: { ...plan, take: slots },
      verdicts: [],
      reclaimed: [],
      taken: 0,
      cold: { made: 0 },
    });
    expect(isWorthwhile(stuck)).toBe(false);
    expect(stuck.short).toBe(true);
    expect(isWorthwhile(outcome([fail(work('a'), 'taken', 'another')]))).toBe(true);
  });

  it('stops where the server refuses the claim as such', () => {
    const refused = fail(work('a'), 'annotation too long', 'abort');
    expect(outcome([refused, refused])).toMatchObject({ refusal: 'annotation too long', turnedDown: 2, filled: 0 });
    const held = { ...work('a'), pod: delivered('p', claim, 0) };
    expect(outcome([pass(work('a')), fail(held, 'exceeded quota', 'abort')]).refusal).toBe('exceeded quota');
  });

  it('goes on where the server refuses one container, and lets another of the same item go', () => {
    const refusal = { pod: 'p', stage: 'hand-over', deletes: false, message: 'denied', isNew: true };
    const later = { verdict: 'retry', why: 'denied', work: work('a'), refusal } as const;
    for (const refused of [fail(work('a'), 'denied', 'abort'), later]) {
      const told = outcome([refused, pass(work('a'))]);
      expect([told.refusal, isWorthwhile(told), told.filled]).toEqual([undefined, true, 1]);
      expect(lostIn([refused, pass(work('a'))])).toHaveLength(1);
      expect(isLoneRefusal(outcome([refused]))).toBe(true);
      expect(outcome([refused, pass(work('b'))]).refusal).toBe('denied');
    }
  });

  it('stops when all containers of an item are spoilt, and goes on when one was not', () => {
    const spoiltOne = fail(work('big'), 'no node has 1000 cores', 'discard');
    expect(outcome([pass(work('a')), spoiltOne, spoiltOne]).refusal).toBe('item big: no node has 1000 cores');
    expect(outcome([pass(work('big')), spoiltOne]).refusal).toBeUndefined();
  });
});

describe('spoilt', () => {
  it('names the containers that are ours and of no use', () => {
    const verdicts = [fail(work('a'), 'spoilt', 'discard'), fail(work('b'), 'taken', 'another'), pass(work('c'))];
    expect(spoilt(verdicts).map(({ pod }) => pod.metadata.name)).toEqual(['a']);
  });
});
