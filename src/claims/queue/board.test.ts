import { expect, it } from 'vitest';
import { Board } from './board.js';

const share = (count: number) => [{ item: 'job', pool: 'default/pool', count }];

it('keeps what is granted while a claim is at work on something else', () => {
  const board = new Board();
  board.begin(1);
  board.join('default/claim', ['default/pool']);
  const before = board.entryOf('default/claim')?.shares ?? [];
  const [granted, told] = [share(250), { message: 'place 1 of 1', queue: { place: 1, length: 1 } }];
  board.post('default/claim', ['default/pool'], { shares: granted, told });
  // the reconcile that joined ends only now: it knows of none of this
  board.taken('default/claim', before);
  board.said('default/claim', 'waits');
  expect(board.entryOf('default/claim')).toEqual({ shares: granted, told });
  expect([...board.pendingAt('default/pool')]).toEqual(['default/claim']);
  board.taken('default/claim', granted);
  board.said('default/claim', told.message);
  expect(board.entryOf('default/claim')).toEqual({ shares: [], told: undefined });
  expect([...board.pendingAt('default/pool')]).toEqual([]);
});
