import { describe, expect, test } from 'vitest';
import { crowdedNodes, type GivenPod, preemptorOf } from '../../../test/scheduling/crowded-nodes.js';
import { weightedSum } from '../load/weighted-sum.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { DisruptionBudgets } from './disruption-budgets.js';
import { PreemptionAlgorithm, type PreemptionRules } from './preemption-algorithm.js';
import type { Preemptor } from './preemptor.js';
import type { UseOfPods } from './steadiness.js';

const noBudgets = { budgets: new DisruptionBudgets([]) };

const choice = (preemptor: Preemptor, nodes: Snapshot, rules: PreemptionRules = noBudgets) =>
  new PreemptionAlgorithm().select(preemptor, nodes, rules)?.victims.map(({ key }) => key.replace('default/', ''));

/** cpu alone is the load; the standard deviation of each pod's use by its name, beside a mean of 100. */
const useOf = (deviations: Readonly<Record<string, number>>): UseOfPods => ({
  load: weightedSum({ cpu: 1 }, { deviations: 0 }),
  useOf: (key) => ({
    mean: { cpu: 100 },
    variance: { cpu: (deviations[key.replace('default/', '')] ?? 0) ** 2 },
  }),
});

describe('stock', () => {
  const stock = (name: string, cpu: number, more: Partial<GivenPod> = {}): GivenPod => ({
    name,
    cpu,
    stock: true,
    start: 1,
    ...more,
  });
  const serving = (name: string, cpu: number, more: Partial<GivenPod> = {}): GivenPod => ({
    name,
    cpu,
    start: 9,
    ...more,
  });
  test.each([
    {
      what: 'goes before a pod of its priority that started later',
      wanted: 2000,
      pods: [[serving('a', 2000), stock('s', 2000)]],
      victims: ['s'],
    },
    {
      what: 'goes after a pod of a lower priority',
      wanted: 2000,
      pods: [[serving('a', 2000), stock('s', 2000, { priority: 5 })]],
      victims: ['a'],
    },
    {
      what: 'goes although it takes more containers of it',
      wanted: 4000,
      pods: [[serving('a', 4000)], [stock('s', 2000), stock('t', 2000)]],
      victims: ['s', 't'],
    },
    {
      what: 'goes where fewer containers of it do',
      wanted: 4000,
      pods: [[stock('s', 2000), stock('t', 2000)], [stock('v', 4000)]],
      victims: ['v'],
    },
  ])('$what', ({ wanted, pods, victims }) => {
    expect(choice(preemptorOf(wanted), crowdedNodes(...pods))).toEqual(victims);
    const everything = useOf(Object.fromEntries(pods.flat().map(({ name }, index) => [name, index])));
    expect(choice(preemptorOf(wanted), crowdedNodes(...pods), { ...noBudgets, use: everything })).toEqual(victims);
  });
});

describe('pods that can only go together', () => {
  const gang: Partial<GivenPod> = { app: 'gang' };
  const together = (nodes: Snapshot, priority = 0): PreemptionRules => ({
    ...noBudgets,
    groupOf: ({ shape }) =>
      shape.labels['app'] === 'gang'
        ? {
            key: 'gang',
            priority,
            pods: [...nodes.infos()].flatMap(({ pods }) => pods.filter((pod) => pod.shape.labels['app'] === 'gang')),
          }
        : undefined,
  });
  test.each([
    {
      what: 'go all, wherever they are, where one of them is in the way',
      pods: [[{ name: 'a', cpu: 4000, ...gang }], [{ name: 'b', cpu: 1000, ...gang }]],
      wanted: 3500,
      priority: 0,
      victims: ['a', 'b'],
    },
    {
      what: 'stay where another pod of their priority is enough',
      pods: [
        [
          { name: 'a', cpu: 2000, start: 1, ...gang },
          { name: 'c', cpu: 2000, start: 0 },
        ],
        [{ name: 'b', cpu: 4000, ...gang }],
      ],
      wanted: 2000,
      priority: 0,
      victims: ['c'],
    },
    {
      what: 'are as important as their group',
      pods: [[{ name: 'a', cpu: 4000, ...gang }], [{ name: 'b', cpu: 4000, ...gang }]],
      wanted: 1000,
      priority: 100,
      victims: undefined,
    },
  ])('$what', ({ pods, wanted, priority, victims }) => {
    const nodes = crowdedNodes(...pods);
    expect(choice(preemptorOf(wanted), nodes, together(nodes, priority))).toEqual(victims);
  });
});
