import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  budget,
  budgetsOf,
  crowdedNodes,
  type GivenPod,
  podOf,
  preemptorOf,
} from '../../../test/scheduling/crowded-nodes.js';
import { explainNode, movableFilters } from '../filters/index.js';
import { weightedSum } from '../load/weighted-sum.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { type Candidate, criteriaOf, earliestStart } from './candidate.js';
import { DisruptionBudgets } from './disruption-budgets.js';
import { byPriority } from './importance.js';
import { PreemptionAlgorithm, type PreemptionRules } from './preemption-algorithm.js';
import type { Preemptor } from './preemptor.js';
import { selectVictims } from './select-victims.js';
import type { UseOfPods } from './steadiness.js';

const noBudgets = { budgets: new DisruptionBudgets([]) };

function choice(preemptor: Preemptor, nodes: Snapshot, rules: PreemptionRules = noBudgets) {
  const chosen = new PreemptionAlgorithm().select(preemptor, nodes, rules);
  return chosen && { node: nodes.info(chosen.row)?.name, victims: namesOf(chosen) };
}

const namesOf = ({ victims }: Candidate) => victims.map(({ key }) => key.replace('default/', ''));

/** cpu alone is the load; the standard deviation of each pod's use by its name, beside a mean of 100 unless given. */
const useOf = (
  deviations: Readonly<Record<string, number | undefined>>,
  means: Readonly<Record<string, number>> = {},
): UseOfPods => ({
  load: weightedSum({ cpu: 1 }, { deviations: 0 }),
  useOf: (key) => {
    const name = key.replace('default/', '');
    const deviation = deviations[name];
    return deviation === undefined
      ? undefined
      : { mean: { cpu: means[name] ?? 100 }, variance: { cpu: deviation ** 2 } };
  },
});

describe('on one node', () => {
  const three: readonly GivenPod[] = [
    { name: 'old', cpu: 1000, start: 1, app: 'a' },
    { name: 'young', cpu: 1000, start: 2, app: 'b' },
    { name: 'high', cpu: 1000, priority: 10, start: 3, app: 'c' },
  ];

  test.each([
    { what: 'the pod that started last goes first', wanted: 2000, allowed: {}, victims: ['young'] },
    { what: 'a lower priority goes before a later start', wanted: 3000, allowed: {}, victims: ['old', 'young'] },
    {
      what: 'all of lower priority go where all is asked for',
      wanted: 4000,
      allowed: {},
      victims: ['high', 'old', 'young'],
    },
    { what: 'a pod that a budget protects stays before others', wanted: 2000, allowed: { b: 0 }, victims: ['old'] },
    {
      what: 'a protected pod stays before one of higher priority',
      wanted: 3000,
      allowed: { a: 0 },
      victims: ['high', 'young'],
    },
    { what: 'a budget that allows an eviction protects nobody', wanted: 2000, allowed: { b: 1 }, victims: ['young'] },
    { what: 'more than the node has is not to be had', wanted: 4001, allowed: {}, victims: undefined },
  ])('$what', ({ wanted, allowed, victims }) => {
    const chosen = choice(preemptorOf(wanted), crowdedNodes(three), { budgets: budgetsOf(allowed) });
    expect(chosen?.victims).toEqual(victims);
  });

  test('Pods of the same priority are no victims', () => {
    expect(choice(preemptorOf(2000, 0), crowdedNodes(three))).toBeUndefined();
    expect(choice(preemptorOf(3000, 10), crowdedNodes(three))?.victims).toEqual(['old', 'young']);
  });

  test('An eviction that a budget has counted already is no violation', () => {
    const counted = budget('b', { disruptedPods: { young: '2026-01-01T00:00:00Z' } });
    const chosen = choice(preemptorOf(2000), crowdedNodes(three), { budgets: new DisruptionBudgets([counted]) });
    expect(chosen?.victims).toEqual(['young']);
  });

  test('Room that is promised to a nominated pod of higher priority is not given away', () => {
    const nodes = crowdedNodes(three);
    nodes.nominate(podOf({ name: 'before', cpu: 1000, priority: 1000 }), 'n0');
    expect(choice(preemptorOf(2000), nodes)?.victims).toEqual(['old', 'young']);
    nodes.nominate(podOf({ name: 'before', cpu: 1000, priority: 1 }), 'n0');
    expect(choice(preemptorOf(2000), nodes)?.victims).toEqual(['young']);
  });
});

describe('between nodes', () => {
  const full = (name: string, more: Partial<GivenPod> = {}): readonly GivenPod[] => [{ name, cpu: 4000, ...more }];
  const halves = (a: string, b: string, priority: number): readonly GivenPod[] =>
    [a, b].map((name, start) => ({ name, cpu: 2000, priority, start }));

  test.each([
    {
      what: 'that is taken on which no budget is violated',
      pods: [full('a', { app: 'a' }), full('b', { priority: 50 })],
      node: 'n1',
    },
    {
      what: 'of these, that with the lowest priority of victims',
      pods: [full('a', { priority: 20 }), full('b')],
      node: 'n1',
    },
    {
      what: 'then that with the smallest sum of priorities',
      pods: [halves('a', 'b', 5), full('c', { priority: 5 })],
      node: 'n1',
    },
    {
      what: 'then that whose victims started last',
      pods: [full('a', { start: 1 }), full('b', { start: 2 })],
      node: 'n1',
    },
    { what: 'then the first', pods: [full('a', { start: 1 }), full('b', { start: 1 })], node: 'n0' },
  ])('$what', ({ pods, node }) => {
    expect(choice(preemptorOf(3000), crowdedNodes(...pods), { budgets: budgetsOf({ a: 0 }) })?.node).toBe(node);
  });
});

test.each([
  { what: 'with preemptionPolicy Never', more: { policy: 'Never' }, preempted: false },
  { what: 'while a victim ends on its nominated node', more: { nominatedNode: 'n0' }, preempted: true },
])('A pod has no others make room for it $what', ({ more, preempted }) => {
  const nodes = crowdedNodes([]);
  nodes.place({ ...podOf({ name: 'victim', cpu: 4000 }), terminating: true, preempted }, 0);
  expect(choice(preemptorOf(1000), nodes)?.victims).toEqual(['victim']);
  expect(choice(preemptorOf(1000, 100, more), nodes)).toBeUndefined();
});

describe('with the use of pods', () => {
  test.each([
    {
      what: 'of equal priority the unsteady pod goes, though it started first',
      pods: [
        { name: 'old', cpu: 1500, start: 1 },
        { name: 'young', cpu: 1500, start: 2 },
      ],
      deviations: { old: 300, young: 10 },
      victims: ['old'],
    },
    {
      what: 'a steady pod of lower priority goes before an unsteady one of higher',
      pods: [
        { name: 'high', cpu: 1500, priority: 1 },
        { name: 'low', cpu: 1500 },
      ],
      deviations: { high: 300, low: 0 },
      victims: ['low'],
    },
    {
      what: 'no budget is violated for steadiness',
      pods: [
        { name: 'protected', cpu: 1500, app: 'a' },
        { name: 'free', cpu: 1500 },
      ],
      deviations: { protected: 300, free: 0 },
      victims: ['free'],
    },
    {
      what: 'no pod more goes for steadiness',
      pods: [
        { name: 'young', cpu: 1400, start: 3 },
        { name: 'one', cpu: 700, start: 1 },
        { name: 'two', cpu: 700, start: 2 },
      ],
      deviations: { young: 0, one: 300, two: 300 },
      victims: ['young'],
    },
    {
      what: 'start times decide where the use of one is not known',
      pods: [
        { name: 'old', cpu: 1500, start: 1 },
        { name: 'young', cpu: 1500, start: 2 },
      ],
      deviations: { old: 300 },
      victims: ['young'],
    },
  ])('$what', ({ pods, deviations, victims }) => {
    const use = useOf(deviations);
    // 2500 asked for of 4000: one of two pods of 1500 has to go, or that of 1400, or both of 700 beside it
    expect(choice(preemptorOf(2500), crowdedNodes(pods), { budgets: budgetsOf({ a: 0 }), use })?.victims).toEqual(
      victims,
    );
  });

  const two = [[{ name: 'a', cpu: 4000, start: 1 }], [{ name: 'b', cpu: 4000, start: 2 }]];

  test.each([
    { what: 'the node is taken that becomes steadier', use: useOf({ a: 200, b: 100 }), node: 'n0' },
    {
      what: 'of equally steady ones that which stays busier',
      use: useOf({ a: 5, b: 5 }, { a: 10, b: 900 }),
      node: 'n0',
    },
    { what: 'start times decide where all else is equal', use: useOf({ a: 5, b: 5 }), node: 'n1' },
    { what: 'start times decide between nodes of which one is not known', use: useOf({ a: 200 }), node: 'n1' },
  ])('$what', ({ use, node }) => {
    expect(choice(preemptorOf(3000), crowdedNodes(...two), { ...noBudgets, use })?.node).toBe(node);
  });
});

describe('on any nodes', () => {
  const arbitraryPod = fc.record({
    cpu: fc.integer({ min: 0, max: 2000 }),
    priority: fc.integer({ min: -1, max: 4 }),
    start: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
    app: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
    deviation: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined, freq: 8 }),
  });
  const arbitrary = fc
    .record({
      rows: fc.array(fc.array(arbitraryPod, { maxLength: 7 }), { minLength: 1, maxLength: 4 }),
      nominated: fc.array(fc.record({ row: fc.nat({ max: 3 }), pod: arbitraryPod }), { maxLength: 2 }),
      allowed: fc.record({ a: fc.nat({ max: 2 }), b: fc.nat({ max: 2 }) }, { requiredKeys: [] }),
      cpu: fc.integer({ min: 1, max: 4100 }),
      priority: fc.integer({ min: 0, max: 5 }),
    })
    .map(({ rows, nominated, allowed, cpu, priority }) => {
      const deviations: Record<string, number> = {};
      const given = rows.map((pods, row) =>
        pods.map(({ deviation, start, app, ...pod }, index): GivenPod => {
          const name = `p${row}-${index}`;
          if (deviation !== undefined) deviations[name] = deviation;
          return { ...pod, name, ...(start !== undefined && { start }), ...(app !== undefined && { app }) };
        }),
      );
      const nodes = crowdedNodes(...given);
      for (const [index, { row, pod }] of nominated.entries())
        nodes.nominate(podOf({ name: `w${index}`, cpu: pod.cpu, priority: pod.priority }), `n${row}`);
      return { nodes, budgets: budgetsOf(allowed), preemptor: preemptorOf(cpu, priority), use: useOf(deviations) };
    });

  test('what is computed in numbers is what the dry run with all filters gives', () => {
    fc.assert(
      fc.property(arbitrary, ({ nodes, budgets, preemptor }) => {
        const dryRun = { preemptor, nodes, budgets, filters: movableFilters(preemptor.shape, nodes) };
        const candidates = [...nodes.infos()].flatMap(({ row }) => selectVictims(dryRun, row, byPriority) ?? []);
        const best = [...new PreemptionAlgorithm().best(preemptor, nodes, { budgets })];
        expect(best).toEqual(bestOf(candidates));
      }),
    );
  });

  test('the pod fits without the victims, of which none is as important as it and none can be spared', () => {
    fc.assert(
      fc.property(arbitrary, fc.boolean(), ({ nodes, budgets, preemptor, use }, byUse) => {
        const chosen = new PreemptionAlgorithm().select(preemptor, nodes, { budgets, ...(byUse && { use }) });
        if (!chosen) return;
        const { row, victims } = chosen;
        const fits = () => explainNode(preemptor.shape, nodes, row, preemptor.key) === undefined;
        expect(fits()).toBe(false);
        for (const victim of victims) nodes.remove(victim, row);
        expect(fits()).toBe(true);
        for (const victim of victims) {
          expect(victim.shape.priority).toBeLessThan(preemptor.shape.priority);
          nodes.place(victim, row);
          expect(fits()).toBe(false);
          nodes.remove(victim, row);
        }
      }),
    );
  });

  test('use makes nothing worse by the criteria of kube-scheduler, and changes nothing where it is not known', () => {
    fc.assert(
      fc.property(arbitrary, ({ nodes, budgets, preemptor, use }) => {
        const plain = new PreemptionAlgorithm().select(preemptor, nodes, { budgets });
        const steady = new PreemptionAlgorithm().select(preemptor, nodes, { budgets, use });
        expect(steady === undefined).toBe(plain === undefined);
        expect(plain && steady && isWorse(criteriaOf(steady), criteriaOf(plain))).not.toBe(true);
        const unknown = { ...use, useOf: () => undefined };
        expect(new PreemptionAlgorithm().select(preemptor, nodes, { budgets, use: unknown })).toEqual(plain);
      }),
    );
  });

  test('what one choice has left behind does not touch the next', () => {
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 4 }), fc.boolean(), (clusters, byUse) => {
        const algorithm = new PreemptionAlgorithm();
        for (const { nodes, budgets, preemptor, use } of clusters)
          for (let again = 0; again < 4; again++) {
            const rules = { budgets, ...(byUse && { use }) };
            const fresh = new PreemptionAlgorithm().select(preemptor, nodes, rules);
            const chosen = algorithm.select(preemptor, nodes, rules);
            expect(chosen).toEqual(fresh);
            if (!chosen) break;
            for (const victim of chosen.victims) nodes.remove(victim, chosen.row);
            const there = podOf({ name: `q${again}`, cpu: 0, priority: 9 });
            if (again % 2) nodes.nominate(there, nodes.info(chosen.row)?.name ?? '');
            else nodes.place({ ...there, shape: preemptor.shape }, chosen.row);
          }
      }),
    );
  });
});

const costsOf = (candidate: Candidate) => [...criteriaOf(candidate), -earliestStart(candidate)];

function isWorse(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((cost, index) => cost !== b[index]);
  return at >= 0 && (a[at] ?? 0) > (b[at] ?? 0);
}

const bestOf = (candidates: readonly Candidate[]): readonly Candidate[] =>
  candidates.filter((one) => !candidates.some((other) => isWorse(costsOf(one), costsOf(other))));
