import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScorePolicy } from '../../scheduling/policies/index.js';
import { seededRandom } from '../../support/random.js';
import { byBatch, type Dispatcher, type JobClass, oneByOne, simulateSlots } from './slots.js';
import { shapeOf, snapshotOf } from './objects.js';
import { batchPolicy } from '../../../test/scheduling/snapshots.js';

const job = (cpu: number, chance: number, longest: number): JobClass => ({
  shape: shapeOf({ cpu }),
  arrivals: (_slot, random) => Number(random.uniform() < chance),
  duration: (random) => random.integer(1, longest),
});

const size = { cpu: 1000, pods: 10 };
const twoNodes = () => snapshotOf([{ capacity: size }, { capacity: size }]);

const dispatchers: Readonly<Record<string, (classes: readonly JobClass[]) => Dispatcher>> = {
  'one by one': (classes) => oneByOne(createScorePolicy('pack', { threshold: 1 }), classes),
  'in batches': (classes) => byBatch(batchPolicy('max-weight'), classes, seededRandom(2)),
};

describe.each(Object.entries(dispatchers))('jobs that are started %s', (_name, dispatcher) => {
  test('neither get lost nor come twice, and do not wait by more than was counted', () => {
    const kind = fc.record({
      cpu: fc.integer({ min: 100, max: 1000 }),
      chance: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(kind, { minLength: 1, maxLength: 3 }), fc.integer(), (kinds, seed) => {
        const classes = kinds.map(({ cpu, chance }) => job(cpu, chance, 5));
        const nodes = twoNodes();
        const result = simulateSlots({ classes, nodes, slots: 60, random: seededRandom(seed) }, dispatcher(classes));
        const running = [...nodes.infos()].reduce((sum, { pods }) => sum + pods.length, 0);
        const { arrived, started, completed, backlog, waited } = result;
        expect(started).toBe(completed + running);
        expect(backlog.at(-1)).toBe(arrived - started);
        for (const { row } of nodes.infos()) expect(nodes.basicColumn('cpu').requested[row]).toBeLessThanOrEqual(1000);
        // who waits at the end of a slot waits for a slot more: those that have started, and the others
        expect(waited).toBeLessThanOrEqual(backlog.reduce((sum, count) => sum + count, 0));
      }),
      { numRuns: 40 },
    );
  });
});

// by hand, on one node of 1000: a job of 600 for 2 slots in slots 0, 1 and 2. The first runs in slots 0 and 1, the second in 2 and 3, the
// third in 4 and 5: they wait for 0, 1 and 2 slots
test('a job waits until the node has room again', () => {
  const classes = [{ shape: shapeOf({ cpu: 600 }), arrivals: (slot: number) => Number(slot < 3), duration: () => 2 }];
  const nodes = snapshotOf([{ capacity: size }]);
  const dispatch = oneByOne(createScorePolicy('pack'), classes);
  expect(simulateSlots({ classes, nodes, slots: 7, random: seededRandom(1) }, dispatch)).toEqual({
    backlog: Int32Array.of(0, 1, 1, 1, 0, 0, 0),
    arrived: 3,
    started: 3,
    completed: 3,
    waited: 3,
  });
});

test('a job that fits passes one that came before it and does not', () => {
  const large = { shape: shapeOf({ cpu: 1000 }), arrivals: (slot: number) => Number(slot === 1), duration: () => 1 };
  const small = { shape: shapeOf({ cpu: 400 }), arrivals: (slot: number) => Number(slot !== 1), duration: () => 3 };
  const classes = [large, small];
  const nodes = snapshotOf([{ capacity: size }]);
  const dispatch = oneByOne(createScorePolicy('pack'), classes);
  const { backlog } = simulateSlots({ classes, nodes, slots: 3, random: seededRandom(1) }, dispatch);
  expect(backlog).toEqual(Int32Array.of(0, 1, 1));
  expect(nodes.info(0)?.pods.map(({ shape }) => shape.requests.cpu)).toEqual([400, 400]);
});
