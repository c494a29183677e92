import fc from 'fast-check';
import { expect, test } from 'vitest';
import { extentOf, shareOf, ticksOf } from './extent.js';

test('an axis ends at round numbers around its values', () => {
  const extent = extentOf({ label: 'x' }, [0.13, 0.87], 5);
  expect(ticksOf(extent)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
});

test('ends that are given are kept', () => {
  expect(extentOf({ label: 'x', min: 0, max: 95 }, [20, 30], 5)).toMatchObject({ min: 0, max: 95 });
});

test('a logarithmic axis goes by powers of ten, and zeros are not on it', () => {
  const extent = extentOf({ label: 'x', scale: 'log' }, [0, -3, 0.02, 700], 10);
  expect(ticksOf(extent)).toEqual([0.01, 0.1, 1, 10, 100, 1000]);
  expect([shareOf(extent, 0), shareOf(extent, 0.01), shareOf(extent, 1000)]).toEqual([undefined, 0, 1]);
});

test('a logarithmic axis of nothing above zero is linear', () => {
  expect(extentOf({ label: 'x', scale: 'log' }, [0, -3], 5).scale).toBe('linear');
});

test('an axis of any values has few ticks, and all of the values on it', () => {
  const value = fc.double({ min: -1e200, max: 1e200, noNaN: true });
  fc.assert(
    fc.property(fc.array(value), fc.constantFrom('linear' as const, 'log' as const), (values, scale) => {
      const extent = extentOf({ label: 'x', scale }, values, 5);
      const ticks = ticksOf(extent);
      expect(ticks.length).toBeLessThanOrEqual(14);
      expect([...ticks, extent.min, extent.max].every(Number.isFinite)).toBe(true);
      const shown = values.filter((one) => extent.scale === 'linear' || one > 1e-249);
      expect(shown.every((one) => shareOf(extent, one) !== undefined)).toBe(true);
    }),
  );
});
