import { describe, expect, it } from 'vitest';
import { minute, second } from '../support/time.js';
import { coldRoom } from './cold-starts.js';

describe('coldRoom', () => {
  const at = (seconds: number) => seconds * second;

  it.each([
    ['nothing was started', 3, [], 0, { count: 3 }],
    ['some were started', 3, [at(10)], 1, { count: 1 }],
    ['all are under way', 3, [], 3, { count: 0 }],
    ['all were started', 3, [at(20), at(10), at(30)], 0, { count: 0, againAt: at(10) + minute }],
    [
      'more were started, under a rule that has changed',
      2,
      [at(20), at(10), at(30)],
      0,
      { count: 0, againAt: at(20) + minute },
    ],
  ])('where %s', (_, perMinute, started, underWay, room) => {
    expect(coldRoom(perMinute, started, underWay)).toEqual(room);
  });
});
