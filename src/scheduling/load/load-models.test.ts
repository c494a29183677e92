import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeObject, snapshotOf } from '../../simulation/engine/objects.js';
import { createLoadModel, loadSettings } from './index.js';
import { volume } from './volume.js';
import { weightedSum } from './weighted-sum.js';
import { rankOrderWeights, weightObjections } from './weights.js';

const mean = { deviations: 0 };

describe('the weighted sum', () => {
  // by hand: 0.5·(1000 + 500)/2000 + 0.3·4/8 + 0.2·10/100
  const nodes = snapshotOf([
    { capacity: { cpu: 2000, memory: 8, network: 100 }, use: { cpu: 1000, memory: 4, network: 10 } },
  ]);
  const weights = { cpu: 0.5, memory: 0.3, network: 0.2 };

  test('is the weighted utilization with what is added', () => {
    const added = nodes.vector({ cpu: 500 });
    expect(weightedSum(weights, mean).load(nodes, 0)).toBeCloseTo(0.25 + 0.15 + 0.02, 12);
    expect(weightedSum(weights, mean).load(nodes, 0, added)).toBeCloseTo(0.375 + 0.15 + 0.02, 12);
  });

  test('leaves out a resource that a node has not, and lets the others count for more', () => {
    // by hand: cpu and memory share 0.8, so that they weigh 0.625 and 0.375
    const without = snapshotOf([{ capacity: { cpu: 2000, memory: 8 }, use: { cpu: 1000, memory: 2 } }]);
    const model = weightedSum(weights, mean);
    expect(model.load(without, 0)).toBeCloseTo(0.625 * 0.5 + 0.375 * 0.25, 12);
    expect(model.terms(without, 0).map(({ resource, weight }) => [resource, weight])).toEqual([
      ['cpu', 0.625],
      ['memory', 0.37499999999999994],
    ]);
  });

  test('is 0 on a node that has none of the resources', () => {
    expect(weightedSum({ gpu: 1 }, mean).load(nodes, 0)).toBe(0);
  });

  test('counts standard deviations beside the mean', () => {
    // by hand: (1000 + 2·√400)/2000
    const unsteady = snapshotOf([{ capacity: { cpu: 2000 }, use: { cpu: 1000 }, variance: { cpu: 400 } }]);
    expect(weightedSum({ cpu: 1 }, { deviations: 2 }).load(unsteady, 0)).toBeCloseTo(0.52, 12);
  });
});

describe('the volume', () => {
  const of = (cpu: number, memory: number, network: number) =>
    volume({ cpu: 1, memory: 1, network: 1 }, mean).load(
      snapshotOf([{ capacity: { cpu: 100, memory: 100, network: 100 }, use: { cpu, memory, network } }]),
      0,
    );

  // the first as the mission of the project states it for the load limit of 16; the others by hand
  test.each([
    ['one resource at 90 % and two at 20 %', [90, 20, 20], 15.625],
    ['an empty node', [0, 0, 0], 1],
    ['a full resource', [100, 0, 0], 200],
    ['a resource used twice over', [200, 0, 0], 10_200],
  ] as const)('of %s', (_what, [cpu, memory, network], expected) => {
    expect(of(cpu, memory, network)).toBeCloseTo(expected, 6);
  });

  test('could not reach 16 with weights that add up to 1', () => {
    const thirds = volume({ cpu: 1 / 3, memory: 1 / 3, network: 1 / 3 }, mean);
    expect(thirds.uniform(1)).toBeCloseTo(3.375, 6);
  });

  test('grows with every bit more, past full too', () => {
    const loads = Array.from({ length: 300 }, (_, percent) => of(percent, 20, 20));
    expect(loads.every((load, index) => index === 0 || load > loads[index - 1]!)).toBe(true);
  });
});

describe('weights', () => {
  // published: the centroid weights of four attributes, Barron and Barrett 1996
  test('of a ranking are its centroid', () => {
    const weights = Object.values(rankOrderWeights(['cpu', 'memory', 'network', 'disk']));
    expect(weights.map((weight) => Math.round(weight * 1e4) / 1e4)).toEqual([0.5208, 0.2708, 0.1458, 0.0625]);
  });

  test.each([
    [{ cpu: 0.5, memory: 0.5 }, 'one', []],
    [{ cpu: 0.5, memory: 0.4 }, 'one', ['the weights must add up to 1, they add up to 0.9']],
    [{ cpu: 0.5, memory: 0.4 }, 'any', []],
    [{ cpu: -1, memory: 2 }, 'one', ['the weight of cpu must be 0 or more, is -1']],
    [{ cpu: 0 }, 'any', ['at least one weight must be above 0']],
    [{ cpu: 0.5, memry: 0.5 }, 'one', ['there is no resource memry; did you mean memory?']],
    [{ cpu: 0.5, tape: 0.5 }, 'one', ['there is no resource tape (there are cpu, memory)']],
  ] as const)('%j are judged', (weights, sum, expected) => {
    expect(weightObjections(weights, { sum, resources: ['cpu', 'memory'] })).toEqual(expected);
  });

  test.each([
    [{}, []],
    [{ weights: { cpu: 0.7 } }, ['the weights must add up to 1, they add up to 0.7']],
    [{ weights: { cpu: 1 }, ranking: ['cpu'] }, ['must have weights or a ranking, not both']],
    [{ ranking: ['cpu', 'cpu'] }, ['must not rank a resource twice']],
    [{ model: 'volume', weights: { cpu: 2 } }, []],
  ])('in settings %j are judged', (settings, expected) => {
    const messages = loadSettings.safeParse(settings).error?.issues.map(({ message }) => message) ?? [];
    expect(messages).toEqual(expected);
  });
});

describe.each(['weighted-sum', 'volume'] as const)('%s', (name) => {
  const amounts = fc.record({ cpu: fc.nat(5000), memory: fc.nat(5000), network: fc.nat(500), disk: fc.nat(500) });
  const node = fc.record({ capacity: amounts, use: amounts, variance: amounts });

  test('says the same of one row as of all, whatever changed before, and its parts add up', () => {
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 8 }), amounts, node, (given, estimate, changed) => {
        const nodes = snapshotOf(given);
        const model = createLoadModel(loadSettings.parse({ model: name }), { deviations: 1 });
        const added = nodes.vector(estimate);
        const out = new Float64Array(nodes.rows);
        model.loads(nodes, added, out);
        nodes.setNode(nodeObject('n0', changed.capacity));
        nodes.setUse(0, { from: 0, to: 1, mean: changed.use, variance: changed.variance });
        model.loads(nodes, added, out);
        const anew = new Float64Array(nodes.rows);
        createLoadModel(loadSettings.parse({ model: name }), { deviations: 1 }).loads(nodes.copy(), added, anew);
        expect(out).toEqual(anew);
        for (let row = 0; row < nodes.rows; row++) {
          expect(model.load(nodes, row, added)).toBe(out[row]);
          const parts = model.terms(nodes, row, added).reduce((all, { part }) => all + part, model.uniform(0));
          expect(Math.abs(parts - out[row]!)).toBeLessThanOrEqual(1e-9 * Math.max(1, out[row]!));
        }
      }),
    );
  });
});
