import { expect, test } from 'vitest';
import { shapeOf, snapshotOf } from '../../simulation/engine/objects.js';
import { createScorePolicy } from '../policies/index.js';
import { explainPod, weighedInVain } from './explain-pod.js';

const pod = shapeOf({ cpu: 1000, memory: 100 });
const balance = createScorePolicy('balance', { load: { weights: { cpu: 0.4, network: 0.4, tpu: 0.2 } } });
const nodes = () =>
  snapshotOf([
    { capacity: { cpu: 10_000, memory: 1000, network: 100, pods: 9 } },
    { capacity: { cpu: 10_000, memory: 1000, pods: 9 } },
  ]);

test('An explanation names for each node what the policy weighs and the node has no capacity of', () => {
  const { nodes: explained } = explainPod(pod, nodes(), balance);
  const [first = '', second = ''] = [...nodes().infos()].map(({ name }) => name);
  expect(Object.fromEntries(explained.map(({ node, leftOut }) => [node, leftOut]))).toEqual({
    [first]: ['tpu'],
    [second]: ['network', 'tpu'],
  });
});

test('What no node has a capacity of is weighed in vain', () => {
  expect(weighedInVain(balance, nodes())).toEqual(['tpu']);
});

test('A pod that is larger than a node is told how large the node is', () => {
  const { nodes: explained } = explainPod(shapeOf({ cpu: 500_000 }), nodes(), balance);
  expect(explained.map(({ refusal }) => refusal?.remedy)).toEqual(
    explained.map(() => 'cpu: 500 requested, the whole node has 10'),
  );
});
