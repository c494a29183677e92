import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../support/random.js';
import { comparedPolicies, policyOf } from '../experiments/policies.js';
import { shapeOf, snapshotOf } from './objects.js';
import { byBatch, type Dispatcher, type JobClass, oneByOne, simulateSlots } from './slots.js';

const ranking = ['cpu', 'memory'];
const capacity = { cpu: 1000, memory: 1000, pods: 6 };

describe.each(comparedPolicies)('jobs in time slots under %s', (name) => {
  test('are neither lost nor doubled, and no node is over what it has', () => {
    const problem = fc.record({
      classes: fc.array(
        fc.record({
          cpu: fc.integer({ min: 50, max: 900 }),
          memory: fc.integer({ min: 50, max: 900 }),
          slots: fc.double({ min: 0.25, max: 5, noNaN: true }),
          most: fc.integer({ min: 0, max: 2 }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      nodes: fc.integer({ min: 1, max: 4 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(problem, ({ classes: drawn, nodes: count, seed }) => {
        const classes = drawn.map(
          ({ cpu, memory, slots, most }): JobClass => ({
            shape: shapeOf({ cpu, memory }),
            arrivals: (_slot, random) => random.integer(0, most),
            duration: () => slots,
          }),
        );
        const nodes = snapshotOf(Array.from({ length: count }, () => ({ capacity })));
        const policy = policyOf(name, ranking);
        const inner: Dispatcher =
          policy.kind === 'score' ? oneByOne(policy, classes) : byBatch(policy, classes, seededRandom(seed));
        let worst = 0;
        const watched: Dispatcher = (waiting, snapshot) => {
          inner(waiting, snapshot);
          for (const { capacity: has, requested } of snapshot.columns)
            for (let row = 0; row < snapshot.rows; row++) worst = Math.max(worst, requested[row]! - has[row]!);
        };
        let observed = 0;
        const result = simulateSlots(
          { classes, nodes, slots: 20, random: seededRandom(seed), started: () => observed++ },
          watched,
        );
        expect(worst).toBe(0);
        expect(result.arrived - result.started).toBe(result.backlog.at(-1));
        expect(observed).toBe(result.started);
        const running = [...nodes.infos()].reduce((sum, { pods }) => sum + pods.length, 0);
        expect(result.completed + running).toBe(result.started);
      }),
      { numRuns: 20 },
    );
  });
});

test('a job that ends within a slot makes room from the next one on', () => {
  // by hand: a job of a whole node for 1.5 slots comes in slot 0, another in slot 1: it starts in slot 2
  const classes: readonly JobClass[] = [
    { shape: shapeOf({ cpu: 1000 }), arrivals: (slot) => (slot < 2 ? 1 : 0), duration: () => 1.5 },
  ];
  const starts: number[][] = [];
  const result = simulateSlots(
    {
      classes,
      nodes: snapshotOf([{ capacity }]),
      slots: 4,
      random: seededRandom(1),
      started: (_job, _row, from, to) => starts.push([from, to]),
    },
    oneByOne(policyOf('pack', ['cpu']) as Parameters<typeof oneByOne>[0], classes),
  );
  expect(starts).toEqual([
    [0, 1.5],
    [2, 3.5],
  ]);
  expect([...result.backlog]).toEqual([0, 1, 0, 0]);
  expect(result.waited).toBe(1);
});
