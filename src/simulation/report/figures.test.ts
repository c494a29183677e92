import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellText, figureText, intervalText, labelText } from './figures.js';

describe('a figure', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [19_850, '19,850'],
    [19_850.4, '19,850'],
    [1_234_567.89, '1,234,568'],
    [123.456, '123.5'],
    [0.5, '0.5'],
    [0.051_23, '0.05123'],
    [1 / 3, '0.3333'],
    [9.999_96, '10'],
    [-4.25, '-4.25'],
    [0.000_123_4, '0.0001234'],
    [1e-5, '1e-5'],
    [1.2345e-7, '1.235e-7'],
    [2e15, '2e+15'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('%d is written %s', (value, text) => {
    expect(figureText(value)).toBe(text);
  });

  test('has as many digits after the point as it is told', () => {
    expect(figureText(99.95, 1)).toBe('100.0');
    expect(figureText(-0.001, 2)).toBe('0.00');
    expect(figureText(1234.5, 2)).toBe('1,234.50');
  });

  test('is as close to the number as four digits are', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e18, max: 1e18, noNaN: true }), (value) => {
        const read = Number(figureText(value).replaceAll(',', ''));
        expect(Math.abs(read - value)).toBeLessThanOrEqual(Math.abs(value) * 5.1e-4);
      }),
    );
  });
});

test.each([
  [12.345, 0.42, '12.3 ± 0.4'],
  [12.345, 0.142, '12.35 ± 0.14'],
  [2072, 25.4, '2,072 ± 25'],
  [1028, 168, '1,028 ± 168'],
  [0.032, 0.5, '0.032 ± 0.500'],
  [0, 0.04, '0.00 ± 0.04'],
  [-0.02, 0.01, '-0.020 ± 0.010'],
  [5, 0, '5'],
  [5, Number.NaN, '5'],
  [Number.NaN, 1, '–'],
])('%d with half an interval of %d is written %s', (value, half, text) => {
  expect(intervalText(value, half)).toBe(text);
});

test('a cell is text whatever is in it', () => {
  expect([null, true, false, 'a', 3, { value: 3, half: 0.5 }].map((cell) => cellText(cell))).toEqual([
    '–',
    'yes',
    'no',
    'a',
    '3',
    '3.0 ± 0.5',
  ]);
  expect(cellText({ value: 3, half: 0.5 }, { digits: 2 })).toBe('3.00 ± 0.50');
});

test('a label has its unit', () => {
  expect(labelText({ label: 'energy', unit: 'kWh' })).toBe('energy (kWh)');
  expect(labelText({ label: 'imbalance' })).toBe('imbalance');
});
