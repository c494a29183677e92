import { expect, test } from 'vitest';
import { ClusterModel, replicaSet, start } from '../../../test/rebalancer/cluster-model.js';
import { movesOf, planned } from '../../../test/rebalancer/plans.js';
import { minute, timestamp } from '../../support/time.js';
import { planRebalance } from './plan-rebalance.js';

/** 95 % of the cpu of n0; without the small one 75 %. */
const hot = [
  { name: 'large', cpu: 50 },
  { name: 'middle', cpu: 25 },
  { name: 'small', cpu: 20 },
];
const metadata = { ownerReferences: [replicaSet('small')] };

test('a pod that terminates counts as gone', () => {
  const leaving = { ...metadata, deletionTimestamp: timestamp(start) };
  const plan = planned([{ pods: hot.map((pod) => (pod.name === 'small' ? { ...pod, metadata: leaving } : pod)) }, {}]);
  expect(plan.hot).toHaveLength(1);
  expect(plan.moves).toEqual([]);
});

test('a move that has begun counts as made for some minutes, whether or not the pod shows it', () => {
  const cluster = new ClusterModel([{ pods: hot }, {}]);
  cluster.observe();
  const [move] = cluster.plan().moves;
  expect(move?.pod.uid).toBe('small');
  if (move) cluster.state.begin(move, cluster.now, cluster.settings);
  expect(cluster.plan().moves).toEqual([]);
  cluster.now += 6 * minute;
  cluster.observe();
  expect(movesOf(cluster.plan())).toMatchObject([{ pod: 'default/small' }]);
});

test('an owner that has not replaced a pod is asked again after an hour', () => {
  const stays = { annotations: { 'karpenter.sh/do-not-disrupt': 'true' } };
  const pods = hot.map((pod) =>
    pod.name === 'small' ? pod : { ...pod, metadata: { ownerReferences: [replicaSet(pod.name)], ...stays } },
  );
  const cluster = new ClusterModel([{ pods }, {}], { stock: { small: ['n1'] } });
  cluster.observe();
  const [move] = cluster.plan().moves;
  expect(move).toMatchObject({ pod: { uid: 'small' }, means: 'replacement' });
  if (move) cluster.state.begin(move, cluster.now, cluster.settings);
  cluster.now += 50 * minute;
  cluster.observe();
  const plan = cluster.plan();
  expect(movesOf(plan)).not.toContainEqual(expect.objectContaining({ pod: 'default/small' }));
  expect(plan.refusals).toContainEqual(
    expect.objectContaining({ subject: { kind: 'Pod', key: 'default/small' }, reason: 'NotReplaced' }),
  );
  cluster.now += 6 * minute;
  cluster.observe();
  expect(movesOf(cluster.plan())).toMatchObject([{ pod: 'default/small', means: 'replacement' }]);
});

test('one container of the stock is not given to two pods of a plan', () => {
  const pods = Array.from({ length: 6 }, (_, index) => ({ name: `p${index}`, cpu: 20 }));
  const stock = Object.fromEntries(pods.map(({ name }) => [name, ['n1']]));
  const plan = planned([{ pods }, {}, {}], { stock });
  expect(plan.moves.map(({ means }) => means).sort()).toEqual(['eviction', 'replacement']);
});

test('a pod whose spec names its node is moved to another', () => {
  const pods = hot.map((pod) => ({ ...pod, spec: { nodeName: 'n0' } }));
  expect(movesOf(planned([{ pods }, {}]))).toMatchObject([{ pod: 'default/small', to: 'n1' }]);
});

test('the samples of a node that is gone do not count for the one that has its row', () => {
  const cluster = new ClusterModel([{ pods: hot }, {}]);
  cluster.observe();
  const view = cluster.view();
  view.nodes.removeNode('n0');
  const after = new ClusterModel([{}, { pods: hot }]).view();
  const other = after.nodes.info(1)!.node;
  const row = view.nodes.setNode({ ...other, metadata: { ...other.metadata, name: 'n2', uid: 'n2' } });
  view.nodes.setUse(row, { from: cluster.now, to: cluster.now + minute, mean: { cpu: 950, memory: 0 } });
  cluster.state.observe(view.nodes, ['cpu', 'memory'], cluster.settings);
  expect(row).toBe(0);
  expect(planRebalance({ ...view, now: cluster.now + minute }).hot).toEqual([]);
});

test('a node that is relieved is judged by what was measured since, not by a window that reaches back', () => {
  const cluster = new ClusterModel([{ pods: hot }, {}]);
  cluster.observe();
  const { nodes, settings, state } = cluster.view();
  const [move] = cluster.plan().moves;
  if (move) state.begin(move, cluster.now, settings);
  nodes.remove({ key: 'default/small' }, 0);
  const observeAt = (to: number) => {
    nodes.setUse(0, { from: to - 5 * minute, to, mean: { cpu: 950, memory: 0 } });
    state.observe(nodes, ['cpu', 'memory'], settings);
    return state.hotRows('cpu', settings)[0];
  };
  const within = Array.from({ length: 5 }, (_, sample) => observeAt(cluster.now + sample * minute));
  expect(within).toEqual([0, 0, 0, 0, 0]);
  const after = Array.from({ length: 3 }, (_, sample) => observeAt(cluster.now + (6 + sample) * minute));
  expect(after).toEqual([0, 0, 1]);
});

test('a move that was not made after all is planned again at once', () => {
  const cluster = new ClusterModel([{ pods: hot }, {}]);
  cluster.observe();
  const [move] = cluster.plan().moves;
  expect(move?.pod.uid).toBe('small');
  if (!move) return;
  cluster.state.begin(move, cluster.now, cluster.settings);
  cluster.state.cancel(move);
  cluster.observe(1);
  expect(movesOf(cluster.plan())).toMatchObject([{ pod: 'default/small' }]);
  expect(cluster.state.begunSince(0)).toEqual([]);
});
