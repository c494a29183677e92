import { expect, test } from 'vitest';
import type { PodDisruptionBudget } from '../../api/administration.js';
import {
  ClusterModel,
  type GivenNode,
  type GivenPod,
  replicaSet,
  start,
} from '../../../test/rebalancer/cluster-model.js';
import { movesOf, planned, refusalOf } from '../../../test/rebalancer/plans.js';
import { planRebalance } from './plan-rebalance.js';
import { hour, minute, timestamp } from '../../support/time.js';

/** 95 % of the cpu of n0: with the small pod gone 75 % is left. */
const hotPods: readonly GivenPod[] = [
  { name: 'large', cpu: 50 },
  { name: 'middle', cpu: 25 },
  { name: 'small', cpu: 20 },
];
const hotCluster: readonly GivenNode[] = [{ pods: hotPods }, { pods: [{ name: 'other', cpu: 40 }] }];

const changed = (pod: string, change: Partial<GivenPod>): readonly GivenNode[] =>
  hotCluster.map((node) => ({
    ...node,
    pods: (node.pods ?? []).map((given) => (given.name === pod ? { ...given, ...change } : given)),
  }));

test('a hot node is relieved of the smallest pod that brings it under the target', () => {
  const plan = planned(hotCluster);
  expect(plan.hot).toEqual([{ node: 'n0', resource: 'cpu', utilization: 0.95 }]);
  expect(plan.moves).toHaveLength(1);
  const [move] = plan.moves;
  expect(move).toMatchObject({
    pod: { key: 'default/small', uid: 'small' },
    owner: { kind: 'ReplicaSet', name: 'small' },
    from: 'n0',
    to: 'n1',
    reason: 'NodeHot',
    resource: 'cpu',
    means: 'eviction',
  });
  // 15 % over the target for 1,800 s; the pod is 10 % of the load (cpu weighs a half) for 30 s, and one disruption of 30
  expect(move?.gain).toBeCloseTo(270, 9);
  expect(move?.cost).toBeCloseTo(33, 9);
  // (95, 40) % of cpu and no memory: loads 0.475 and 0.2; after it 0.375 and 0.3
  expect(move?.loads.from.before).toBeCloseTo(0.475, 9);
  expect(move?.loads.from.after).toBeCloseTo(0.375, 9);
  expect(move?.loads.to.before).toBeCloseTo(0.2, 9);
  expect(move?.loads.to.after).toBeCloseTo(0.3, 9);
  expect(plan.imbalance.before).toBeCloseTo(0.1375, 9);
  expect(plan.imbalance.after).toBeCloseTo(0.0375, 9);
});

test('a container of the stock goes before the node that the scheduler would choose', () => {
  const nodes = [...hotCluster, { pods: [{ name: 'third', cpu: 50 }] }];
  const plan = planned(nodes, { stock: { small: ['n2'] } });
  expect(plan.moves).toMatchObject([{ to: 'n2', means: 'replacement', replacement: 'default/stock-n2-0' }]);
});

test.each([
  { what: 'fewer samples are over the threshold than asked for', samples: 2, hot: 0 },
  { what: 'enough are', samples: 3, hot: 1 },
])('a node is hot or not, when $what', ({ samples, hot }) => {
  const cluster = new ClusterModel(hotCluster);
  cluster.observe(samples);
  expect(cluster.plan().hot).toHaveLength(hot);
});

test('the same measurement does not count twice', () => {
  const cluster = new ClusterModel(hotCluster);
  cluster.observe(1);
  for (let again = 0; again < 5; again++)
    cluster.state.observe(cluster.snapshot(), ['cpu', 'memory'], cluster.settings);
  expect(cluster.plan().hot).toEqual([]);
});

const controlled = (name: string) => ({ ownerReferences: [replicaSet(name)] });
const ownedBy = (kind: string) => ({ ownerReferences: [{ ...replicaSet('small'), kind }] });
const annotated = (annotations: Record<string, string>) => ({ metadata: { ...controlled('small'), annotations } });
const withVolume = (volume: object, annotations: Record<string, string> = {}) => ({
  ...annotated(annotations),
  spec: { volumes: [{ name: 'data', ...volume }] },
});

test.each([
  ['DaemonSetPod', { metadata: ownedBy('DaemonSet') }],
  ['StaticPod', { metadata: { ownerReferences: [{ ...replicaSet('n0'), kind: 'Node' }] } }],
  ['StaticPod', annotated({ 'kubernetes.io/config.mirror': 'hash' })],
  ['NoController', { metadata: { ownerReferences: [] } }],
  ['LocalStorage', withVolume({ emptyDir: {} })],
  ['LocalStorage', withVolume({ hostPath: { path: '/data' } })],
  ['NotSafeToEvict', annotated({ 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' })],
  ['DoNotDisrupt', annotated({ 'karpenter.sh/do-not-disrupt': 'true' })],
  ['PodGroupMember', { spec: { schedulingGroup: { podGroupName: 'gang' } } }],
  ['SystemCritical', { priority: 2_000_000_000 }],
  ['UseUnknown', { measured: false }],
] as const)('a pod stays where it is on a hot node: %s, %j', (reason, change) => {
  const plan = planned(changed('small', change).map((node, index) => (index === 0 ? onlySmallGoes(node) : node)));
  expect(plan.moves).toEqual([]);
  expect(refusalOf(plan, 'default/small')).toBe(reason);
});

const onlySmallGoes = (node: GivenNode): GivenNode => ({
  ...node,
  pods: (node.pods ?? []).map((pod) => (pod.name === 'small' ? pod : { ...pod, priority: 2_000_000_000 })),
});

test.each([
  ['emptyDir in memory', withVolume({ emptyDir: { medium: 'Memory' } })],
  [
    'a volume that is listed as safe',
    withVolume({ emptyDir: {} }, { 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': 'logs,data' }),
  ],
  [
    'an annotation that says it is safe to evict',
    withVolume({ emptyDir: {} }, { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' }),
  ],
] as const)('a pod goes with %s', (_what, change) => {
  expect(movesOf(planned(changed('small', change)))).toMatchObject([{ pod: 'default/small' }]);
});

test.each<
  Readonly<{ stock: Record<string, readonly string[]>; moves: readonly string[]; refused: string | undefined }>
>([
  { stock: {}, moves: [], refused: 'NoTarget' },
  { stock: { small: ['n1'] }, moves: ['replacement'], refused: undefined },
])('a pod that Penstock has delivered is replaced, never evicted: stock $stock', ({ stock, moves, refused }) => {
  const marks = {
    annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' },
    labels: { 'penstock.dev/claim': 'c' },
  };
  const nodes = changed('small', { metadata: { ...controlled('small'), ...marks } }).map((node, index) =>
    index === 0 ? onlySmallGoes(node) : node,
  );
  const plan = planned(nodes, { stock });
  expect(plan.moves.map(({ means }) => means)).toEqual(moves);
  expect(refusalOf(plan, 'default/small')).toBe(refused);
});

const budget = (disruptionsAllowed: number): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'b', namespace: 'default', uid: 'b', resourceVersion: '1', creationTimestamp: '' },
  spec: { selector: { matchLabels: { app: 'a' } } },
  status: { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
});

test.each<Readonly<{ allowed: number; stock: Record<string, readonly string[]>; means: readonly string[] }>>([
  { allowed: 0, stock: {}, means: [] },
  { allowed: 1, stock: {}, means: ['eviction'] },
  { allowed: 0, stock: { small: ['n1'] }, means: ['replacement'] },
])('a disruption budget that allows $allowed, with stock $stock, lets $means happen', ({ allowed, stock, means }) => {
  const nodes = changed('small', { metadata: { ...controlled('small'), labels: { app: 'a' } } }).map((node, index) =>
    index === 0 ? onlySmallGoes(node) : node,
  );
  const plan = planned(nodes, { budgets: [budget(allowed)], stock });
  expect(plan.moves.map((move) => move.means)).toEqual(means);
  expect(refusalOf(plan, 'default/small')).toBe(means.length === 0 ? 'DisruptionBudget' : undefined);
});

test('of pods that bring the same the least important goes', () => {
  const pods = [10, 0, 5].map((priority) => ({ name: `p${priority}`, cpu: 32, priority }));
  expect(movesOf(planned([{ pods }, {}]))).toMatchObject([{ pod: 'default/p0' }]);
});

test('a scheduler that would put the successor back on the node is not given the chance', () => {
  // MostAllocated takes the fullest node that has room by requests, whatever is used
  const pods = hotPods.map((pod) => ({ ...pod, requests: 10 }));
  const plan = planned([{ pods }, {}], { policy: 'most-allocated' });
  expect(plan.moves).toEqual([]);
  expect(refusalOf(plan, 'default/small')).toBe('SchedulerReturnsIt');
  expect(refusalOf(plan, 'n0')).toBe('StillOverTarget');
});

test('a pod does not go to a node that one of the same owner was moved off within the window', () => {
  const cluster = new ClusterModel(changed('small', { owner: 'web' }));
  cluster.observe();
  cluster.state.begin(
    {
      pod: { key: 'default/before', uid: 'before', resourceVersion: '1' },
      owner: replicaSet('web'),
      from: 'n1',
      to: 'n0',
      reason: 'NodeUnderutilized',
      means: 'eviction',
      gain: 0,
      cost: 0,
      loads: { from: { before: 0, after: 0 }, to: { before: 0, after: 0 } },
      imbalance: { before: 0, after: 0 },
    },
    cluster.now,
    cluster.settings,
  );
  expect(movesOf(cluster.plan())).not.toContainEqual(expect.objectContaining({ pod: 'default/small' }));
  cluster.now += hour;
  cluster.observe();
  expect(movesOf(cluster.plan())).toMatchObject([{ pod: 'default/small', to: 'n1' }]);
});

test.each([
  ['perHour', { perHour: 1 }, 1],
  ['perNode', { perNode: 1 }, 1],
  ['none that binds', {}, 2],
] as const)('a node that needs two moves gets as many as the budgets allow: %s', (_what, budgets, count) => {
  // 120 %: two of 20 % have to go
  const pods = Array.from({ length: 6 }, (_, index) => ({ name: `p${index}`, cpu: 20 }));
  expect(planned([{ pods }, {}, {}], { settings: { budgets } }).moves).toHaveLength(count);
});

test('no two pods of one owner are moved at once beyond its budget', () => {
  const pods = Array.from({ length: 6 }, (_, index) => ({ name: `p${index}`, cpu: 20, owner: 'web' }));
  const plan = planned([{ pods }, {}, {}], { settings: { budgets: { perOwner: 1 } } });
  expect(plan.moves).toHaveLength(1);
  expect(plan.refusals.map(({ reason }) => reason)).toContain('OwnerBudget');
});

test('a pod that was asked to go counts as gone, and its node is not relieved twice', () => {
  const request = JSON.stringify({ requester: 'x', requestedAt: timestamp(start), reason: 'r', node: 'n1' });
  const plan = planned(changed('small', annotated({ 'penstock.dev/eviction-request': request })));
  expect(plan.hot).toHaveLength(1);
  expect(plan.moves).toEqual([]);
});

test('a move that does not pay is not made', () => {
  const plan = planned(hotCluster, { settings: { payoff: { disruption: 300 } } });
  expect(plan.moves).toEqual([]);
  expect(refusalOf(plan, 'default/small')).toBe('DoesNotPay');
});

test('a plan leaves the snapshot that it is made of as it was', () => {
  const cluster = new ClusterModel(hotCluster);
  cluster.observe();
  const view = cluster.view();
  const [position, nodePosition] = [view.nodes.changes.position, view.nodes.nodeChanges.position];
  expect(planRebalance(view).moves).toHaveLength(1);
  expect([view.nodes.changes.position, view.nodes.nodeChanges.position]).toEqual([position, nodePosition]);
});

test('a node whose use was measured too long ago is not hot', () => {
  const cluster = new ClusterModel(hotCluster);
  cluster.observe();
  const view = cluster.view();
  const plan = planRebalance({ ...view, now: view.now + 6 * minute });
  expect(plan.hot).toEqual([]);
  expect(refusalOf(plan, 'n0')).toBe('NotMeasured');
});
