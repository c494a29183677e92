import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventQueue } from './event-queue.js';

describe('the event queue', () => {
  test('gives events by time, those of equal time in the order in which they were added', () => {
    const queue = new EventQueue(2);
    for (const [time, payload] of [
      [3, 1],
      [1, 2],
      [3, 3],
      [1, 4],
      [2, 5],
    ] as const)
      queue.push(time, 7, payload);
    expect(queue.nextTime).toBe(1);
    const order: number[] = [];
    while (queue.next()) order.push(queue.payload);
    expect(order).toEqual([2, 4, 5, 1, 3]);
    expect(queue.nextTime).toBe(Infinity);
  });

  test('refuses an event without a time', () => {
    expect(() => new EventQueue().push(Number.NaN, 0, 0)).toThrow('an event needs a time');
  });

  // a sorted list is the model: pushes and removals in any order
  test('agrees with a sorted list, however events are added and taken', () => {
    const step = fc.oneof(fc.record({ push: fc.integer({ min: 0, max: 20 }) }), fc.constant<{ push?: number }>({}));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new EventQueue(1);
        const model: { time: number; number: number }[] = [];
        const [came, expected]: (object | undefined)[][] = [[], []];
        for (const [number, { push }] of steps.entries())
          if (push === undefined) {
            expected?.push(model.shift());
            came?.push(queue.next() ? { time: queue.time, number: queue.payload } : undefined);
          } else {
            queue.push(push, 0, number);
            model.push({ time: push, number });
            model.sort((a, b) => a.time - b.time || a.number - b.number);
          }
        expect(came).toEqual(expected);
        expect(queue.size).toBe(model.length);
      }),
    );
  });
});
