import { describe, expect, test } from 'vitest';
import { linearPower } from '../power/power-model.js';
import { costOf, describePrices, priceSettings } from './cost.js';

const prices = priceSettings.parse({ core: 0.1, gibibyte: 0.02, links: { internal: 0, external: 0.8 } });

describe('the cost of a batch', () => {
  // by hand: 4 cores and 8 GiB are 0.4 + 0.16 an hour, half an hour of it 0.28; 1 core is 0.1 an hour, two hours of it 0.2;
  // 5 GB out are 4; energy: 150 W for half an hour
  const cost = costOf(
    [
      {
        tasks: 9,
        resources: { cpu: 4000, memory: 8 * 2 ** 30, pods: 9 },
        busy: 1800,
        transfers: [
          { bytes: 5e9, link: 'external' },
          { bytes: 9e9, link: 'internal' },
        ],
      },
      { tasks: 1, resources: { cpu: 1000 }, busy: 7200 },
    ],
    [{ power: linearPower(100, 200), utilization: 0.5, on: 1800 }],
    prices,
  );

  test('is what its execution and its transfers cost, and energy stands beside it', () => {
    expect(cost.execution).toBeCloseTo(0.48, 12);
    expect(cost.transfer).toBeCloseTo(4, 12);
    expect(cost.total).toBeCloseTo(4.48, 12);
    expect(cost.unit).toBeCloseTo(0.448, 12);
    expect(cost.kilowattHours).toBeCloseTo(0.075, 12);
    expect(cost.prices).toBe(prices);
  });

  test('takes as long as its longest part', () => {
    expect(cost.executionTime).toBe(7200);
  });

  test('of no tasks is nothing', () => {
    expect(costOf([], [], prices)).toMatchObject({ total: 0, unit: 0, executionTime: 0, kilowattHours: 0 });
  });

  test('cannot be told for a link without a price', () => {
    const part = { tasks: 1, resources: {}, busy: 0, transfers: [{ bytes: 1, link: 'moon' }] };
    expect(() => costOf([part], [], prices)).toThrow(
      'there is no price for the link moon (there are internal, external)',
    );
  });
});

test('prices are told in a line, defaults included', () => {
  expect(describePrices(priceSettings.parse({}))).toBe(
    'prices in yuan: per hour core 0.13, GiB 0.035, GB/s of disk 0.5, GB/s of network 0.5; per GB internal 0, external 0.8',
  );
});
