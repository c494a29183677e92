/** CloudSim's rules of hosts and machines, by figures that are computed by hand. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../support/random.js';
import { type Consolidation, dvfs } from './consolidation.js';
import { multipleCorrelations } from './correlation.js';
import { Host } from './host.js';
import { consolidationHostTypes } from './host-types.js';
import { machineSelection } from './machine-selection.js';
import { overloadDetection } from './overload-detection.js';
import { powerAware } from './power-aware.js';
import { simulateConsolidation } from './simulate-consolidation.js';
import {
  interquartileRange,
  localRegression,
  medianAbsoluteDeviation,
  median,
  robustLocalRegression,
} from './statistics.js';
import { VirtualMachine } from './virtual-machine.js';

const { G4, G5 } = consolidationHostTypes;
const interval = 300;
const [large, small] = [
  { mips: 2500, memory: 870 },
  { mips: 500, memory: 613 },
];
const flat = (share: number, samples = 288): Float64Array => new Float64Array(samples).fill(share);

function machine(share: number, type = large, remembered = 1): VirtualMachine {
  const made = new VirtualMachine(type, flat(share), interval);
  for (let index = 0; index < remembered; index++) made.remember(300);
  made.update(300);
  return made;
}

function host(type = G5, ...machines: readonly VirtualMachine[]): Host {
  const made = new Host(0, type);
  for (const one of machines) made.put(one);
  return made;
}

describe('statistics', () => {
  test('the median is the middle, or halfway between the two', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  test('the median absolute deviation', () => {
    // the median is 3, the distances are 2 1 0 1 97
    expect(medianAbsoluteDeviation(Float64Array.of(1, 2, 3, 4, 100))).toBe(1);
  });

  test('the interquartile range goes from item round(0.25 (n + 1)) to item round(0.75 (n + 1))', () => {
    // items 3 and 10 of 12
    expect(interquartileRange(Float64Array.from({ length: 12 }, (_, index) => index + 1))).toBe(7);
  });

  test('a regression tells a straight line, the newest value first', () => {
    const values = Float64Array.from({ length: 10 }, (_, index) => 0.1 * (10 - index) + 0.05);
    for (const fit of [localRegression, robustLocalRegression]) {
      expect(fit(values).slope).toBeCloseTo(0.1, 12);
      expect(fit(values).intercept).toBeCloseTo(0.05, 12);
    }
  });

  test('of two series either tells the other as well', () => {
    // r = 0.8 for these: Sxy = 8, Sxx = Syy = 10
    const [x, y] = [Float64Array.of(1, 2, 3, 4, 5), Float64Array.of(1, 3, 2, 5, 4)];
    expect(multipleCorrelations([x, y])?.map((one) => one.toFixed(12))).toEqual(['0.640000000000', '0.640000000000']);
  });

  test('what others make up is told wholly', () => {
    const [x, y] = [Float64Array.of(1, 0, 2, 5, 3, 1), Float64Array.of(0, 4, 1, 1, 2, 7)];
    const [, , sum] = multipleCorrelations([x, y, x.map((one, index) => one + 2 * y[index]!)]) ?? [];
    expect(sum).toBeCloseTo(1, 12);
  });

  test('of one series, of more than there are values, or beside a constant there is none', () => {
    expect(multipleCorrelations([Float64Array.of(1, 2)])).toBeUndefined();
    expect(multipleCorrelations([Float64Array.of(1, 2), Float64Array.of(2, 1), Float64Array.of(1, 1)])).toBeUndefined();
    expect(multipleCorrelations([Float64Array.of(1, 2, 4, 4), Float64Array.of(0, 0, 0, 0)])).toBeUndefined();
  });
});

describe('a host', () => {
  test('gives what is asked for where there is enough', () => {
    const made = host(G5, machine(0.5), machine(1, small));
    expect({ available: made.available, used: made.used }).toEqual({ available: 5320 - 1750, used: 1750 });
  });

  test('gives no machine more than a core', () => {
    expect(host(G4, machine(1)).available).toBe(3720 - 1860);
  });

  test('gives everyone the same part in whole MIPS where there is too little', () => {
    // 7,500 asked for of 5,320: 1773.33 each
    const made = host(G5, machine(1), machine(1), machine(1));
    expect({ available: made.available, used: made.used }).toEqual({ available: 0, used: 3 * 1773 });
  });

  test('a machine that leaves gets nine tenths, and costs a tenth where it goes', () => {
    const moving = machine(0.4);
    const [from, to] = [host(G5, moving), host(G5, moving)];
    to.incoming.add(moving);
    moving.isMigrating = true;
    for (const one of [from, to]) one.update(300);
    expect(from.available).toBe(5320 - 1000);
    expect(from.used).toBe(900);
    // as if it got all of it for nothing: 900 / 0.9
    expect(from.utilization).toBeCloseTo(1000 / 5320, 12);
    expect(to.available).toBe(5320 - 100);
    expect(to.used).toBeCloseTo(1000, 9);
    expect(to.utilization).toBeCloseTo(100 / 5320, 12);
  });

  test('has the history of the machines that are on it now', () => {
    const made = host(G5, machine(0.5, large, 3), machine(1, small, 3));
    expect([...made.history()]).toEqual(Array.from({ length: 3 }, () => 1250 / 5320 + 500 / 5320));
    expect(made.history(machine(0.2, small, 3))[0]).toBeCloseTo(1850 / 5320, 12);
  });

  test('of nothing remembered is one value long', () => {
    expect([...host(G5).history()]).toEqual([0]);
  });
});

describe('overload', () => {
  test('by a threshold', () => {
    const over = overloadDetection('thr', 0.8, interval);
    // 4,250 of 5,320 are 79.9 %, 4,500 are 84.6 %
    expect(over(host(G5, machine(1), machine(0.7)))).toBe(false);
    expect(over(host(G5, machine(1), machine(0.7)), machine(0.5, small))).toBe(true);
  });

  test.each(['iqr', 'mad', 'lr', 'lrr'] as const)(
    'by %s: a fixed threshold of 0.7 while little is remembered',
    (name) => {
      const over = overloadDetection(name, 1, interval);
      expect(over(host(G5, machine(1), machine(0.4)))).toBe(false);
      expect(over(host(G5, machine(1), machine(0.5)))).toBe(true);
    },
  );

  test.each(['iqr', 'mad'] as const)('by %s: what never varies may use all', (name) => {
    const over = overloadDetection(name, 2.5, interval);
    expect(over(host(G5, machine(1, large, 12), machine(1, large, 12)))).toBe(false);
  });

  test.each(['lr', 'lrr'] as const)('by %s: what is foretold, times the safety', (name) => {
    // steady at 84.6 %, so that 1.2 times that is over, and 1.1 times is not
    const steady = host(G5, machine(1, large, 10), machine(0.8, large, 10));
    expect(overloadDetection(name, 1.2, interval)(steady)).toBe(true);
    expect(overloadDetection(name, 1.1, interval)(steady)).toBe(false);
  });
});

test('which machine leaves', () => {
  const machines = [machine(0.2), machine(0.9, small), machine(0.1, { mips: 1000, memory: 1740 })];
  const random = seededRandom(1);
  expect(machineSelection('mmt', random)(machines)).toBe(machines[1]);
  expect(machineSelection('mu', random)(machines)).toBe(machines[2]);
  // too little is remembered to tell: as by memory
  expect(machineSelection('mc', random)(machines)).toBe(machines[1]);
  expect(machines).toContain(machineSelection('rs', random)(machines));
});

describe('a day', () => {
  const options = { hosts: [G5, G5], interval };

  test('of one machine that asks for half of its cpu', () => {
    const { energyKwh, hostShutdowns, slav } = simulateConsolidation({ ...options, shares: [flat(0.5)] }, dvfs);
    // 1,250 of 5,320 MIPS, between 101 W at 20 % and 105 W at 30 %, from 300.1 s to 86,100.1 s
    const watts = 101 + 40 * (1250 / 5320 - 0.2);
    expect(energyKwh).toBeCloseTo((watts * 85_800) / 3.6e6, 9);
    // the other host was never on
    expect({ hostShutdowns, slav }).toEqual({ hostShutdowns: 1, slav: 0 });
  });

  test('ends for a machine that asks for nothing any more', () => {
    const shares = Float64Array.from({ length: 288 }, (_, index) => (index < 100 ? 0.5 : 0));
    const { energyKwh, meanTimeBeforeShutdown } = simulateConsolidation(
      { ...options, hosts: [G5], shares: [shares] },
      dvfs,
    );
    // at 29,700.1 s it asks for a little still; then the host is off from 30,000.1 s on
    expect(meanTimeBeforeShutdown).toBeCloseTo(30_000.1, 6);
    expect(energyKwh).toBeGreaterThan(0.8);
    expect(energyKwh).toBeLessThan(0.9);
  });

  test('has a migration counted once it is over, with what it costs', () => {
    let hosts: readonly Host[] = [];
    const once: Consolidation = {
      place: (_, [first]) => first,
      plan(all) {
        const isFirst = hosts.length === 0;
        hosts = all;
        return isFirst ? [{ machine: all[0]!.machines[0]!, target: all[1]! }] : [];
      },
    };
    const figures = simulateConsolidation({ ...options, shares: [flat(0.5)] }, once);
    expect(figures.migrations).toBe(1);
    // 870 MB at 62.5 MB/s
    expect(figures.meanTimeBeforeMigration).toBeCloseTo(13.92, 6);
    // a tenth of what it asked for in 13.92 s of 85,800 s
    expect(figures.pdm).toBeCloseTo((0.1 * 13.92) / 85_800, 12);
    expect(hosts[0]?.machines).toEqual([]);
    expect(hosts[1]?.machines).toHaveLength(1);
  });

  test('machines for which there is no host are told', () => {
    const shares = Array.from({ length: 12 }, () => flat(0.1));
    // six ask for more than a core of G4 has; memory is there for two of 1,740 MB and one of 613 MB
    expect(simulateConsolidation({ ...options, hosts: [G4], shares }, dvfs).unplaced).toBe(9);
  });

  test('consolidation empties what is little used', () => {
    const shares = Array.from({ length: 8 }, () => flat(0.1));
    const thr = powerAware(overloadDetection('thr', 0.8, interval), machineSelection('mmt', seededRandom(1)));
    const hosts = Array.from({ length: 8 }, () => G5);
    const [with_, without] = [thr, dvfs].map((one) => simulateConsolidation({ hosts, interval, shares }, one));
    expect(with_!.energyKwh).toBeLessThan(without!.energyKwh);
    expect(with_!.migrations).toBeGreaterThan(0);
    // all fit on one host
    expect(with_!.energyKwh).toBeLessThan((105 * 86_400) / 3.6e6);
  });
});
