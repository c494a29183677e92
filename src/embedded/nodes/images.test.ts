import { expect, test } from 'vitest';
import { seededRandom } from '../../support/random.js';
import { Images } from './images.js';

const profile = { bytesPerSecond: 50e6, parallel: 2, sizes: { small: 50e6, big: 500e6 }, otherwise: 200e6, sigma: 0 };
const images = () => new Images(profile, seededRandom(1));

test('a pull takes size over bandwidth, once', () => {
  const node = images();
  expect(node.pull('small', 0)).toBe(1000);
  expect(node.pull('small', 400)).toBe(1000);
  expect(node.pull('small', 5000)).toBe(5000);
  expect(node.pull('unheard-of', 5000)).toBe(9000);
});

test('no more pulls run at once than allowed; the next begins when one ends', () => {
  const node = images();
  expect(['big', 'small', 'a', 'b'].map((image) => node.pull(image, 0))).toEqual([10_000, 1000, 5000, 9000]);
});

test('what is there already takes no time', () => {
  const node = images();
  node.add('big');
  expect(node.pull('big', 7)).toBe(7);
});
