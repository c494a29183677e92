import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../support/random.js';
import { comparedPolicies, policyOf } from '../experiments/policies.js';
import { MachineHosts } from './machine-hosts.js';
import { replicatedPod, snapshotOf } from './objects.js';
import { placeAnew } from './place-anew.js';

const ranking = ['cpu', 'memory', 'network'];

const machine = fc.record({
  cpu: fc.constantFrom(250, 500, 1000),
  memory: fc.constantFrom(100, 400),
  network: fc.integer({ min: 1, max: 300 }),
});

const hostsOf = (count: number, machines: readonly { cpu: number; memory: number; network: number }[]) =>
  new MachineHosts(
    snapshotOf(
      Array.from({ length: count }, () => ({ capacity: { cpu: 2000, memory: 1000, network: 1000, pods: 8 } })),
    ),
    machines.map(({ cpu, memory, network }, index) => ({
      pod: replicatedPod(`m${index}`, { cpu, memory }, { estimate: { network } }),
      use: () => ({ cpu, memory, network }),
    })),
    0,
  );

describe.each(comparedPolicies)('machines placed anew by %s', (name) => {
  test('are each on one host or on none, and no host is over what it has by requests', () => {
    fc.assert(
      fc.property(
        fc.array(machine, { maxLength: 25 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(),
        (machines, count, seed) => {
          const hosts = hostsOf(count, machines);
          const random = seededRandom(seed);
          for (let round = 0; round < 2; round++) {
            const left = placeAnew(hosts, policyOf(name, ranking), hosts.keys, random);
            const held = [...hosts.nodes.infos()].flatMap(({ row, pods }) =>
              pods.map(({ key }) => [key, row] as const),
            );
            expect(new Map(held).size).toBe(held.length);
            expect(held.length).toBe(machines.length - left);
            for (const [index, key] of hosts.keys.entries())
              expect(new Map(held).get(key) ?? -1).toBe(hosts.rows[index]);
            for (const column of hosts.nodes.columns)
              for (let row = 0; row < count; row++)
                expect(column.requested[row]!).toBeLessThanOrEqual(column.capacity[row]!);
            hosts.settle(1);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test('all find a host where there is room for any of them anywhere', () => {
    const machines = Array.from({ length: 12 }, () => ({ cpu: 250, memory: 100, network: 10 }));
    const hosts = hostsOf(6, machines);
    expect(placeAnew(hosts, policyOf(name, ranking), hosts.keys, seededRandom(1))).toBe(0);
  });
});

test('what machines use is measured with them, and what is expected of those that came later counts beside', () => {
  // by hand: two machines of 500 and 250; the second comes after the time that was measured
  const hosts = hostsOf(1, [
    { cpu: 500, memory: 100, network: 1 },
    { cpu: 250, memory: 100, network: 1 },
  ]);
  const [first = '', second = ''] = hosts.keys;
  hosts.put(first, 0);
  hosts.settle(60);
  const { use, measured } = hosts.nodes.basicColumn('cpu');
  expect([use[0], measured[0]]).toEqual([500, 500]);
  hosts.put(second, 0);
  expect([use[0], measured[0]]).toEqual([750, 500]);
  hosts.settle(60);
  expect([use[0], measured[0]]).toEqual([750, 750]);
  hosts.put(first, -1);
  hosts.settle(60);
  expect(use[0]).toBe(250);
});
