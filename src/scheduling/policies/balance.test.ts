import { expect, test } from 'vitest';
import { everywhere, type GivenNode, shapeOf, snapshotOf } from '../../simulation/engine/objects.js';
import { createPolicy } from './index.js';

const weights = { cpu: 0.5, memory: 0.3, network: 0.2 };
const capacity = { cpu: 10_000, memory: 1000, network: 100 };
const pod = shapeOf({ cpu: 1000, memory: 100 }, { estimate: { network: 10 } });

function scores(name: string, settings: object, given: readonly GivenNode[]): readonly number[] {
  const nodes = snapshotOf(given);
  const out = new Float64Array(nodes.rows);
  const policy = createPolicy(name, settings);
  if (policy.kind === 'score') policy.score(pod, nodes, everywhere(nodes), out);
  return [...out];
}

const nodes: readonly GivenNode[] = [
  { capacity, use: { cpu: 2000, memory: 300, network: 20 } },
  // steady in cpu, and less used; unsteady below
  { capacity, use: { cpu: 1000, memory: 300, network: 20 } },
  { capacity, use: { cpu: 1000, memory: 300, network: 20 }, variance: { cpu: 4e6 } },
  // the least of all, but its network would be at 95 %
  { capacity, use: { cpu: 0, memory: 0, network: 85 } },
  // no network declared: cpu and memory weigh 0.625 and 0.375
  { capacity: { cpu: 10_000, memory: 1000 }, use: { cpu: 2000, memory: 300 } },
];

// by hand: Q* = 0.5·(U + z·σ + 1000)/10000 + 0.3·(U + 100)/1000 + 0.2·(U + 10)/100; a penalty of 1 + 0.9
test('balance ranks by the load after placement, deviations included, and what is over the threshold last', () => {
  const expected = [-0.33, -0.28, -0.38, -(0.05 + 0.03 + 0.19) - 1.9, -(0.625 * 0.3 + 0.375 * 0.4)];
  for (const [row, score] of scores('balance', { load: { weights } }, nodes).entries())
    expect(score).toBeCloseTo(expected[row]!, 12);
});

test('balance without deviations does not see that a node is unsteady', () => {
  const [, steady, unsteady] = scores('balance', { load: { weights }, deviations: 0 }, nodes);
  expect(unsteady).toBe(steady);
});

test('pack takes the greatest load that has nothing over the threshold', () => {
  const expected = [0.33, 0.28, 0.38, -(0.05 + 0.03 + 0.19) - 1.9, 0.625 * 0.3 + 0.375 * 0.4];
  for (const [row, score] of scores('pack', { load: { weights } }, nodes).entries())
    expect(score).toBeCloseTo(expected[row]!, 12);
});

test('with the volume as load model a node over the threshold comes last as well', () => {
  const found = scores('balance', { load: { model: 'volume' } }, nodes);
  expect(Math.min(...found)).toBe(found[3]);
});

test('a score is explained by resource, and by what is over the threshold', () => {
  const given = snapshotOf(nodes);
  const policy = createPolicy('balance', { load: { weights } });
  if (policy.kind !== 'score') throw new Error('balance scores');
  expect(policy.explain(pod, given, everywhere(given), 3)).toEqual([
    { name: 'cpu', value: -0.05, detail: '10 % used with the pod, weight 0.5' },
    { name: 'memory', value: -0.03, detail: '10 % used with the pod, weight 0.3' },
    { name: 'network', value: -0.19, detail: '95 % used with the pod, weight 0.2' },
    { name: 'threshold', value: -1.9, detail: 'network over 90 %' },
  ]);
});
