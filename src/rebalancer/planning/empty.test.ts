import { expect, test } from 'vitest';
import {
  ClusterModel,
  type GivenNode,
  type ModelOptions,
  replicaSet,
  start,
} from '../../../test/rebalancer/cluster-model.js';
import { movesOf, planned, refusalOf } from '../../../test/rebalancer/plans.js';
import { shapeOf } from '../../simulation/engine/objects.js';
import { hour, timestamp } from '../../support/time.js';
import { planRebalance } from './plan-rebalance.js';

/** Hot: 95 % of the cpu. */
const hotPods = [
  { name: 'large', cpu: 50 },
  { name: 'middle', cpu: 25 },
  { name: 'small', cpu: 20 },
];

/** n0 uses 20 % of a cpu, n1 and n2 half of theirs. */
const lightCluster: readonly GivenNode[] = [
  {
    pods: [
      { name: 'a', cpu: 15 },
      { name: 'b', cpu: 5 },
    ],
  },
  { pods: [{ name: 'c', cpu: 50 }] },
  { pods: [{ name: 'd', cpu: 50 }] },
];

test('a lightly used node is emptied as a whole, and reported', () => {
  const plan = planned(lightCluster);
  expect(movesOf(plan)).toEqual([
    { pod: 'default/a', from: 'n0', to: 'n1', reason: 'NodeUnderutilized', means: 'eviction' },
    { pod: 'default/b', from: 'n0', to: 'n2', reason: 'NodeUnderutilized', means: 'eviction' },
  ]);
  expect(plan.stoppable).toEqual([{ node: 'n0', leaving: ['default/a', 'default/b'] }]);
  // loads 0.1, 0.25, 0.25 before; 0.325 and 0.275 after, without n0
  expect(plan.imbalance.before).toBeCloseTo(Math.sqrt(2) * 0.05, 9);
  expect(plan.imbalance.after).toBeCloseTo(0.025, 9);
  // 90 % of a node for 1,800 s, in two parts
  expect(plan.moves[0]?.gain).toBeCloseTo(810, 9);
});

test('a node with DaemonSet pods alone is reported at once', () => {
  const agent = {
    name: 'agent',
    cpu: 5,
    metadata: { ownerReferences: [{ ...replicaSet('agent'), kind: 'DaemonSet' }] },
  };
  const plan = planned([{ pods: [agent] }, { pods: [{ name: 'c', cpu: 50 }] }]);
  expect(plan.moves).toEqual([]);
  expect(plan.stoppable).toEqual([{ node: 'n0', leaving: [] }]);
});

const first = (change: GivenNode): readonly GivenNode[] =>
  lightCluster.map((node, index) => (index === 0 ? { ...node, ...change } : node));
const condition = { type: 'Ready', status: 'False', lastHeartbeatTime: '', lastTransitionTime: '' };
const taint = { key: 'k', effect: 'NoSchedule', timeAdded: timestamp(start) };

test.each<[string, readonly GivenNode[]]>([
  ['NodeLeaving', first({ spec: { unschedulable: true } })],
  ['NodeNotReady', first({ status: { conditions: [condition] } })],
  ['ControlPlane', first({ metadata: { labels: { 'node-role.kubernetes.io/control-plane': '' } } })],
  ['FreshTaint', first({ spec: { taints: [taint] } })],
  [
    'ScaleDownDisabled',
    first({ metadata: { annotations: { 'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true' } } }),
  ],
  ['DoNotDisrupt', first({ metadata: { annotations: { 'karpenter.sh/do-not-disrupt': 'true' } } })],
  ['TooYoung', first({ metadata: { creationTimestamp: timestamp(start) } })],
  ['NotMeasured', first({ measured: false })],
  ['PodStays', first({ pods: [{ name: 'a', cpu: 20, metadata: { ownerReferences: [] } }] })],
])('a node is not emptied: %s', (reason, nodes) => {
  const plan = planned(nodes);
  expect(movesOf(plan).filter(({ from }) => from === 'n0')).toEqual([]);
  expect(plan.stoppable).toEqual([]);
  expect(refusalOf(plan, 'n0')).toBe(reason);
});

test('a node whose pods do not all fit elsewhere under the target keeps them all, and says which do not', () => {
  const full = [
    {
      pods: [
        { name: 'a', cpu: 10 },
        { name: 'b', cpu: 15 },
      ],
    },
    { pods: [{ name: 'c', cpu: 60 }] },
  ];
  const plan = planned(full);
  expect(plan.moves).toEqual([]);
  expect(refusalOf(plan, 'default/a')).toBe('TargetTooFull');
  expect(refusalOf(plan, 'n0')).toBe('PodStays');
});

test('a node is not emptied while a pod waits that only it could take', () => {
  const waiting = [shapeOf({ cpu: 900 })];
  const plan = planned(lightCluster, { waiting });
  expect(plan.moves).toEqual([]);
  expect(refusalOf(plan, 'n0')).toBe('PodsWait');
});

function emptied(options?: ModelOptions): ClusterModel {
  const cluster = new ClusterModel(lightCluster, options);
  cluster.observe();
  cluster.apply(cluster.plan());
  cluster.now += 2 * hour;
  cluster.observe();
  return cluster;
}

test('a report stands as long as nothing needs the node', () => {
  const plan = emptied().plan();
  expect(plan).toMatchObject({ moves: [], needed: [], stoppable: [{ node: 'n0', leaving: [] }] });
});

test('a report is withdrawn when a pod waits that fits on no node in use', () => {
  const cluster = emptied();
  const plan = cluster.plan();
  expect(plan.needed).toEqual([]);
  const waiting = { ...cluster.view(), waiting: [shapeOf({ cpu: 900 })] };
  expect(planRebalance(waiting)).toMatchObject({ stoppable: [], needed: [{ node: 'n0', reason: 'PodsWait' }] });
});

test('a report is withdrawn when a pod has come to the node', () => {
  const cluster = new ClusterModel(lightCluster);
  cluster.observe();
  cluster.state.report([{ node: 'n0' }]);
  expect(cluster.plan().needed).toMatchObject([{ node: 'n0', reason: 'InUseAgain' }]);
});

test('a report is withdrawn when a hot node finds room nowhere else', () => {
  const nodes = [{}, { pods: hotPods }, { pods: [{ name: 'c', cpu: 75 }] }];
  const cluster = new ClusterModel(nodes);
  cluster.observe();
  cluster.state.report([{ node: 'n0' }]);
  const plan = cluster.plan();
  expect(plan.needed).toMatchObject([{ node: 'n0', reason: 'NodeHot' }]);
  expect(movesOf(plan)).toMatchObject([{ pod: 'default/small', from: 'n1', to: 'n0' }]);
  expect(plan.stoppable).toEqual([]);
});

test('no node is emptied while a hot one waits for relief', () => {
  // the hot node's pods request more than any other has left
  const large = hotPods.map((pod) => ({ ...pod, requests: 33 }));
  const nodes = [
    { pods: large },
    { pods: [{ name: 'full', cpu: 50, requests: 90 }] },
    { pods: [{ name: 'a', cpu: 5, requests: 80 }] },
    { pods: [{ name: 'b', cpu: 6, requests: 10 }] },
  ];
  const cluster = new ClusterModel(nodes, { settings: { budgets: { perHour: 0 } } });
  cluster.observe();
  const plan = cluster.plan();
  expect(plan.moves).toEqual([]);
  expect(refusalOf(plan, 'n3')).toBe('HotNodesFirst');
});

test('the last node in use is not reported, however empty', () => {
  const plan = planned([{}, {}]);
  expect(plan.stoppable).toEqual([{ node: 'n0', leaving: [] }]);
  expect(refusalOf(plan, 'n1')).toBe('LastInUse');
});

test('what a waiting pod adds is no imbalance of the moves', () => {
  const plan = planned([{ pods: [{ name: 'c', cpu: 50 }] }, { pods: [{ name: 'd', cpu: 50 }] }], {
    waiting: [shapeOf({ cpu: 400 })],
  });
  expect(plan.moves).toEqual([]);
  expect(plan.imbalance.before).toBe(plan.imbalance.after);
});
