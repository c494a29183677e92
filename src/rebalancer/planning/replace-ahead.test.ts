import { expect, test } from 'vitest';
import { planned, movesOf } from '../../../test/rebalancer/plans.js';

const pods = [
  { name: 'stocked', cpu: 20 },
  { name: 'alone', cpu: 20 },
];
const stock = { stocked: ['n1'] };
const draining = { conditions: [{ type: 'DrainInProgress', status: 'True' }] };

test('What is on a node that is being drained is replaced ahead where stock has a match, and never evicted', () => {
  expect(movesOf(planned([{ pods, status: draining }, {}], { stock }))).toEqual([
    { pod: 'default/stocked', from: 'n0', to: 'n1', reason: 'NodeLeaving', means: 'replacement' },
  ]);
});

test('A node that is cordoned lets its pods end there', () => {
  expect(movesOf(planned([{ pods, spec: { unschedulable: true } }, {}], { stock }))).toEqual([]);
});

test('No more are replaced at once than the budgets allow', () => {
  const many = Array.from({ length: 4 }, (_, index) => ({ name: `p${index}`, cpu: 5, owner: 'web' }));
  const every = Object.fromEntries(many.map(({ name }) => [name, ['n1', 'n2']]));
  const plan = planned([{ pods: many, status: draining }, {}, {}], { stock: every });
  expect(plan.moves).toHaveLength(2);
  expect(plan.refusals.map(({ reason }) => reason)).toContain('OwnerBudget');
});
