import { describe, expect, test } from 'vitest';
import { capacityLimit, maximalConfigurations } from '../../bench/placement/capacity.js';
import { type PlacementCase, worthAnywhere, worthOn } from '../../bench/placement/cases.js';
import { ec2, overlapping } from '../../src/simulation/experiments/stability/job-mixes.js';
import { fewestNodes, leastGreatestLoad, mostWorth, placedBy } from '../../bench/placement/optimum.js';
import { loadSolver, lpText } from '../../bench/placement/program.js';

const solver = await loadSolver(60);

/** All four resources alike: the weights do not matter. */
const amounts = (each: number) => ({ cpu: each, memory: each, network: each, disk: each });

/** Two equal nodes of 10; two pods of 6, three of 4 and one of 3. */
const six: PlacementCase = {
  nodes: [
    { kind: 'n', capacity: amounts(10) },
    { kind: 'n', capacity: amounts(10) },
  ],
  classes: [
    { requests: amounts(6), pods: 2 },
    { requests: amounts(4), pods: 3 },
    { requests: amounts(3), pods: 1 },
  ],
};

describe('the optimum of a batch', () => {
  // by hand: each node is full with a 6 and a 4
  test('places the most that fits', () => {
    const solution = solver(mostWorth(six, worthOn));
    expect(solution.status).toBe('optimal');
    expect(solution.objective).toBeCloseTo(2, 6);
    expect(placedBy(six, solution)).toEqual([
      [1, 1, 0],
      [1, 1, 0],
    ]);
    expect(solver(mostWorth(six, worthAnywhere)).objective).toBeCloseTo(2, 6);
  });

  // by hand: a pod of 5 is worth a half on the node of 10, and a quarter on that of 20
  test('counts use by the capacity of each node, and what is placed by the mean of all', () => {
    const uneven: PlacementCase = {
      nodes: [
        { kind: 'small', capacity: amounts(10) },
        { kind: 'large', capacity: amounts(20) },
      ],
      classes: [{ requests: amounts(5), pods: 1 }],
    };
    expect(solver(mostWorth(uneven, worthOn)).objective).toBeCloseTo(0.5, 6);
    expect(solver(mostWorth(uneven, worthAnywhere)).objective).toBeCloseTo(1 / 3, 6);
  });

  // by hand: two nodes of 10 hold them as 6 + 4 and 4 + 3 + 3; on three nodes the best is 6, 4 + 3 and 4 + 3
  test('needs the fewest nodes, or loads the most loaded one the least', () => {
    const packed: PlacementCase = {
      nodes: [0, 1, 2].map(() => ({ kind: 'n', capacity: amounts(10) })),
      classes: [
        { requests: amounts(6), pods: 1 },
        { requests: amounts(4), pods: 2 },
        { requests: amounts(3), pods: 2 },
      ],
    };
    expect(solver(fewestNodes(packed)).objective).toBeCloseTo(2, 6);
    expect(solver(leastGreatestLoad(packed)).objective).toBeCloseTo(0.7, 6);
    const tooMuch = { ...packed, classes: [{ requests: amounts(6), pods: 4 }] };
    expect(solver(fewestNodes(tooMuch)).status).toBe('infeasible');
  });
});

test('a program is written in the LP format', () => {
  const text = lpText({
    sense: 'Maximize',
    objective: [
      { coefficient: 2, variable: 'x' },
      { coefficient: -0.5, variable: 'y' },
    ],
    constraints: [{ terms: [{ coefficient: 3, variable: 'x' }], relation: '<=', bound: 7 }],
    integers: new Map([['x', 5]]),
  });
  expect(text.split('\n')).toEqual([
    'Maximize',
    ' objective: + 2 x - 0.5 y',
    'Subject To',
    ' c0: + 3 x <= 7',
    'Bounds',
    ' 0 <= x <= 5',
    'General',
    ' x',
    'End',
  ]);
});

describe('the capacity limit', () => {
  // Maguluri, Srikant and Ying, INFOCOM 2012, example 1
  test('of three types of EC2 on a server of 30 GB, 30 units and 4000 GB is the load of the mean configuration', () => {
    const configurations = maximalConfigurations(ec2.requests, ec2.capacity);
    expect(configurations).toEqual([
      [0, 1, 1],
      [1, 0, 1],
      [2, 0, 0],
    ]);
    expect(capacityLimit(ec2.load, configurations, solver)).toBeCloseTo(1, 6);
    // by hand: two of the first type at once, and no other
    expect(capacityLimit([1, 0, 0], configurations, solver)).toBeCloseTo(2, 6);
  });

  // by hand: 4/3 of two halves and 1/10 of the whole make 2/3 + 1/10 = 23/30 of the node
  test('of halves of a node beside whole ones is the part of the node that they take', () => {
    const configurations = maximalConfigurations(overlapping.requests, overlapping.capacity);
    expect(configurations).toEqual([
      [0, 1],
      [2, 0],
    ]);
    expect(capacityLimit(overlapping.load, configurations, solver)).toBeCloseTo(30 / 23, 6);
  });
});
