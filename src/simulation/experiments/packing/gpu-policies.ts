/** The policies of the openb experiment: ours, and those that its publication compares with, from their published scores. */
import { bestFitCards, cardDemand } from '../../../scheduling/gpu/card-fit.js';
import { card, cardColumns, gpuMilli } from '../../../scheduling/gpu/cards.js';
import { FragmentationGrowth, typicalOf, typicalPods } from '../../../scheduling/gpu/fragmentation.js';
import type { PodShape } from '../../../scheduling/pod-shape.js';
import { createScorePolicy } from '../../../scheduling/policies/index.js';
import type { ScorePolicy } from '../../../scheduling/policies/policy.js';
import type { ResourceColumn } from '../../../scheduling/snapshot/columns.js';
import type { Snapshot } from '../../../scheduling/snapshot/snapshot.js';
import type { Random } from '../../../support/random.js';
import { shuffled } from '../../engine/shuffled.js';

/** Which cards a pod takes on the row that was chosen for it; it has room there. */
export type CardChooser = (pod: PodShape, nodes: Snapshot, row: number) => readonly number[] | undefined;

export interface GpuPolicy {
  readonly name: string;
  /** The published mean of GPUs allocated in %, where there is one. */
  readonly published?: number;
  readonly create: (
    pods: readonly PodShape[],
    random: Random,
  ) => { readonly policy: ScorePolicy; readonly cards: CardChooser };
}

/** What is left of cpu and GPUs is taken as a part of the largest node's, as published. */
const [largestCpu, largestGpu] = [128_000, 8 * card];

const ofOurs = (policy: string, settings: object = {}, name = policy): GpuPolicy => ({
  name,
  create: () => ({ policy: createScorePolicy(policy, settings), cards: bestFitCards }),
});

const cpuAndGpu = { load: { weights: { cpu: 0.5, [gpuMilli]: 0.5 } }, threshold: 1 };

export const gpuPolicies: readonly GpuPolicy[] = [
  {
    name: 'random',
    published: 87.47,
    create: (_pods, random) => ({
      policy: tiesByChance(
        byScores('random', () => () => 0),
        random,
      ),
      cards: randomCards(random.split('cards')),
    }),
  },
  {
    name: 'dot-product',
    published: 90.85,
    create: (_pods, random) => ({
      policy: tiesByChance(byScores('dot-product', dotProduct), random),
      cards: bestFitCards,
    }),
  },
  {
    name: 'best-fit',
    published: 93.08,
    create: (_pods, random) => ({ policy: tiesByChance(byScores('best-fit', leastLeft), random), cards: bestFitCards }),
  },
  { name: 'fgd', published: 95.39, create: (pods) => fgd(pods) },
  {
    name: 'fgd-random-ties',
    published: 95.39,
    create(pods, random) {
      const { policy, cards } = fgd(pods);
      return { policy: tiesByChance(policy, random), cards };
    },
  },
  ofOurs('most-allocated'),
  ofOurs('pack'),
  ofOurs('pack', cpuAndGpu, 'pack-cpu-gpu'),
  ofOurs('balance'),
  ofOurs('balance', cpuAndGpu, 'balance-cpu-gpu'),
  ofOurs('kube-default'),
];

/** Its typical pods are those of the trace. */
function fgd(pods: readonly PodShape[]): { readonly policy: ScorePolicy; readonly cards: CardChooser } {
  const typical = typicalOf(pods);
  const kinds = typicalPods(typical);
  return {
    policy: createScorePolicy('fgd', { typical }),
    cards: (pod, nodes, row) => new FragmentationGrowth(pod, nodes, kinds).cards(row),
  };
}

/** The published scores are whole numbers: of equal ones chance decides, as in the published experiment, not the number of pods. */
function tiesByChance(policy: ScorePolicy, random: Random): ScorePolicy {
  const chance = random.split('ties');
  return {
    ...policy,
    score(pod, nodes, feasible, out) {
      policy.score(pod, nodes, feasible, out);
      for (let row = 0; row < nodes.rows; row++)
        if (feasible[row] === 1) out[row] = Math.floor(out[row]!) + chance.uniform();
    },
    rescore: (pod, nodes, row) => Math.floor(policy.rescore(pod, nodes, row)) + chance.uniform(),
  };
}

/** The score of each row, a whole number. */
type Scores = (pod: PodShape, nodes: Snapshot) => (row: number) => number;

const byScores = (name: string, scores: Scores): ScorePolicy => ({
  kind: 'score',
  name,
  score(pod, nodes, feasible, out) {
    const of = scores(pod, nodes);
    for (let row = 0; row < nodes.rows; row++) if (feasible[row] === 1) out[row] = of(row);
  },
  rescore: (pod, nodes, row) => scores(pod, nodes)(row),
  // what chance adds to equal scores is drawn anew for each pod
  isLocal: () => false,
  explain: (pod, nodes, _feasible, row) => [{ name, value: scores(pod, nodes)(row) }],
});

const free = (column: ResourceColumn | undefined, row: number): number =>
  column ? column.capacity[row]! - column.requested[row]! : 0;

/** ⌊100·(1 − (c·c'/C² + g·g'/G²)/2)⌋ of what is free of cpu and GPUs, and asked for: the least dot product first. */
const dotProduct: Scores = ({ requests }, nodes) => {
  const [cpu, gpu] = [nodes.column('cpu'), nodes.column(gpuMilli)];
  const cpuPart = (requests.cpu ?? 0) / largestCpu ** 2;
  const gpuPart = (requests[gpuMilli] ?? 0) / largestGpu ** 2;
  return (row) => Math.floor(100 * (1 - (free(cpu, row) * cpuPart + free(gpu, row) * gpuPart) / 2));
};

/** ⌊100·(1 − ((c − c')/C + (g − g')/G)/2)⌋: the least left first. */
const leastLeft: Scores = ({ requests }, nodes) => {
  const [cpu, gpu] = [nodes.column('cpu'), nodes.column(gpuMilli)];
  const [ofCpu, ofGpu] = [requests.cpu ?? 0, requests[gpuMilli] ?? 0];
  return (row) =>
    Math.floor(100 * (1 - ((free(cpu, row) - ofCpu) / largestCpu + (free(gpu, row) - ofGpu) / largestGpu) / 2));
};

const randomCards =
  (random: Random): CardChooser =>
  (pod, nodes, row) => {
    const { each, count } = cardDemand(pod);
    const fitting = [...cardColumns(nodes).keys()].filter(
      (at) => count > 0 && free(cardColumns(nodes)[at], row) >= each,
    );
    return fitting.length < count ? undefined : shuffled(fitting, random).slice(0, count);
  };
