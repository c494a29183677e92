import { describe, expect, it } from 'vitest';
import { second } from '../../support/time.js';
import { Crier } from './crier.js';

const said = (place: number, message = 'old') => ({ queue: { place, length: 100 }, message });
const now = (place: number) => ({ place, length: 100 });

describe('the crier', () => {
  const tell = (crier: Crier, at: number, before: ReturnType<typeof said> | undefined, place: number, name = 'c') => {
    crier.begin(at);
    return crier.tell(name, before, now(place), () => 'new') !== undefined;
  };

  it('lets a claim that has come say its place at once, however many come', () => {
    const crier = new Crier();
    crier.begin(0);
    const told = Array.from({ length: 500 }, (_, at) => crier.tell(`c${at}`, undefined, now(at + 1), () => 'new'));
    expect(told.every((one) => one?.message === 'new')).toBe(true);
  });

  it.each([
    ['at the front all that has changed', 4, 3, true],
    ['behind it nothing that has changed a little', 40, 30, false],
    ['behind it a place that has halved', 40, 20, true],
    ['behind it a place that has doubled', 20, 40, true],
  ])('tells %s', (_, before, place, told) => {
    expect(tell(new Crier(), 0, said(before), place)).toBe(told);
  });

  it('tells nothing that is said already', () => {
    expect(tell(new Crier(), 0, said(3, 'new'), 3)).toBe(false);
  });

  it('lets a claim speak again after five seconds, and says when', () => {
    const crier = new Crier();
    expect(tell(crier, 0, said(4), 3)).toBe(true);
    expect(tell(crier, 4 * second, said(3), 2)).toBe(false);
    expect(crier.nextAt()).toBe(5 * second);
    expect(tell(crier, 5 * second, said(3), 2)).toBe(true);
  });

  it('lets twenty speak within a second', () => {
    const crier = new Crier();
    const speakers = (at: number) => {
      crier.begin(at);
      return Array.from({ length: 100 }, (_, i) => crier.tell(`c${at}-${i}`, said(80), now(20), () => 'new')).filter(
        (told) => told !== undefined,
      ).length;
    };
    expect([speakers(0), speakers(second / 2), speakers(3 * second)]).toEqual([20, 10, 20]);
    expect(crier.nextAt()).toBe(4 * second);
  });
});
