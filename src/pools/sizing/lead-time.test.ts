import { describe, expect, it } from 'vitest';
import { now, stocked } from '../../../test/objects.js';
import type { Pod } from '../../api/kubernetes.js';
import { second, timestamp } from '../../support/time.js';
import { measureLead, presumedLead, steadyLead } from './lead-time.js';

const readyAfter = (seconds: number, restartCount = 0): Pod =>
  stocked(`after-${seconds}`, {
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: timestamp(now + seconds * second) }],
      containerStatuses: [{ name: 'main', image: 'i', imageID: 'i', ready: true, restartCount }],
    },
  });

describe('the lead time', () => {
  it('is the time in which nine of ten were ready', () => {
    const pods = Array.from({ length: 10 }, (_, i) => readyAfter(i + 1));
    expect(measureLead(pods)).toBe(9 * second);
  });
  it('leaves out what is not ready, and what has restarted', () => {
    const starting = stocked('starting', { status: { phase: 'Pending' } });
    expect(measureLead([starting, readyAfter(500, 2), readyAfter(4)])).toBe(4 * second);
  });
  it('is not known without any', () => expect(measureLead([])).toBeUndefined());
  it('is at least a second: timestamps have no more', () => expect(measureLead([readyAfter(0)])).toBe(second));

  it.each([
    ['the first measure', 41, undefined, 41],
    ['nearly the same', 41, 40, 40],
    ['something else', 60, 40, 60],
    ['two seconds of five are noise', 3, 5, 5],
    ['nothing in stock', undefined, 40, 40],
  ])('%s', (_, measured, before, expected) => {
    const of = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * second);
    expect(steadyLead(of(measured), of(before))).toBe(expected * second);
  });
  it('is presumed where nothing was measured yet', () => expect(steadyLead(undefined, undefined)).toBe(presumedLead));
});
