import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Amounts } from '../resources/amounts.js';
import { everywhere, shapeOf, snapshotOf } from '../../simulation/engine/objects.js';
import { Room } from './room.js';

const nodes = snapshotOf([
  { capacity: { cpu: 1000, memory: 500, pods: 10 }, pods: [shapeOf({ cpu: 400, memory: 100 })] },
  { capacity: { cpu: 500, memory: 500, pods: 10 } },
]);
const asked: readonly Amounts[] = [{ cpu: 300 }, { cpu: 100, memory: 300 }];
const queues = asked.map((requests) => ({
  shape: shapeOf(requests),
  length: 10,
  feasible: everywhere(nodes),
}));

test('all rows together have room for as much as is free on them', () => {
  // by hand: 1100 of cpu and 900 of memory are free
  const room = new Room(queues, nodes);
  expect(room.hasRoomFor(Int32Array.of(3, 2))).toBe(true);
  expect(room.hasRoomFor(Int32Array.of(4, 0))).toBe(false);
  expect(room.hasRoomFor(Int32Array.of(0, 4))).toBe(false);
});

test('what was placed one by one always had room altogether', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ queue: fc.nat(1), row: fc.nat(1) }), { maxLength: 12 }), (wishes) => {
      const [room, placed] = [new Room(queues, nodes), Int32Array.of(0, 0)];
      const untouched = room.copy();
      for (const { queue, row } of wishes)
        if (room.fits(queue, row, 1) === 1) {
          room.take(queue, row, 1);
          placed[queue]! += 1;
        }
      expect(untouched.hasRoomFor(placed)).toBe(true);
    }),
  );
});
