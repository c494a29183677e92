import type { Pod } from '../../src/api/kubernetes.js';
import { planRebalance, rebalancerSettings, RebalanceState } from '../../src/rebalancer/index.js';
import { createScorePolicy } from '../../src/scheduling/policies/index.js';
import { DisruptionBudgets } from '../../src/scheduling/preemption/disruption-budgets.js';
import { podInfo, Snapshot } from '../../src/scheduling/index.js';
import { minute } from '../../src/support/time.js';
import { type Random, seededRandom } from '../../src/support/random.js';
import { nodeObject, podObject } from '../../src/simulation/engine/objects.js';
import { ms, print, type Row } from '../measure.js';
import { quantile } from '../../src/support/statistics.js';
import { load } from './day.js';

const nodeCount = 5000;
const podsPerNode = 10;
const gibibyte = 2 ** 30;
const cpu = 16_000;
const repeats = 5;

interface Case {
  readonly what: string;
  /** Nodes that use more than the threshold, and less than that of light nodes. */
  readonly hot: number;
  readonly light: number;
}

const cases: readonly Case[] = [
  { what: 'nothing hot, nothing light', hot: 0, light: 0 },
  { what: '500 light nodes, the lightest 5 are tried', hot: 0, light: 500 },
  { what: '50 hot nodes', hot: 50, light: 0 },
];

/** How long one plan takes of 5,000 nodes with 50,000 pods. */
export function benchLarge(): void {
  print(
    `rebalance: one plan of ${nodeCount} nodes with ${nodeCount * podsPerNode} pods, median and longest of ${repeats}`,
    cases.map((one) => measure(one)),
  );
}

function measure({ what, hot, light }: Case): Row {
  const { nodes, pods, uses } = largeCluster(seededRandom('rebalance'), { hot, light });
  const settings = rebalancerSettings.parse({});
  const policy = createScorePolicy('balance');
  const times: number[] = [];
  let moves = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const state = new RebalanceState();
    for (let sample = 1; sample <= settings.hot.samples; sample++) {
      for (const { row } of nodes.infos()) {
        const use = nodes.useOf(row);
        if (use) nodes.setUse(row, { ...use, from: use.to, to: use.to + minute });
      }
      state.observe(nodes, ['cpu', 'memory'], settings);
    }
    const begin = performance.now();
    const plan = planRebalance({
      nodes,
      use: { useOf: (key) => uses.get(key), load },
      podOf: (key) => pods.get(key),
      budgets: new DisruptionBudgets([]),
      stockOf: () => [],
      policy,
      waiting: [],
      settings,
      state,
      now: nodes.useOf(0)?.to ?? 0,
    });
    times.push(performance.now() - begin);
    moves = plan.moves.length;
  }
  return { what, figure: `${ms(quantile(times, 0.5))}, ${ms(Math.max(...times))}`, against: `${moves} moves` };
}

function largeCluster(random: Random, { hot, light }: Pick<Case, 'hot' | 'light'>) {
  const nodes = new Snapshot();
  const pods = new Map<string, Pod>();
  const uses = new Map<string, { readonly mean: Record<string, number>; readonly variance: Record<string, number> }>();
  for (let index = 0; index < nodeCount; index++) {
    const row = nodes.setNode(nodeObject(`node-${index}`, { cpu, memory: 64 * gibibyte, pods: 110 }));
    const share = index < hot ? 0.95 : index < hot + light ? 0.1 : 0.4 + 0.2 * random.uniform();
    const mean = { cpu: 0, memory: 0 };
    for (let number = 0; number < podsPerNode; number++) {
      const draft = podObject(`p${index}-${number}`, { cpu: random.integer(1, 10) * 100, memory: 2 * gibibyte });
      const name = `app-${random.integer(0, 999)}`;
      const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: name, controller: true };
      const pod: Pod = { ...draft, metadata: { ...draft.metadata, ownerReferences: [owner] } };
      const info = podInfo(pod, 0);
      const use = { cpu: (share * cpu) / podsPerNode, memory: (share * 32 * gibibyte) / podsPerNode };
      nodes.place(info, row);
      pods.set(info.key, pod);
      uses.set(info.key, { mean: use, variance: {} });
      mean.cpu += use.cpu;
      mean.memory += use.memory;
    }
    nodes.setUse(row, { from: minute, to: 2 * minute, mean });
  }
  return { nodes, pods, uses };
}
