import {
  createScorePolicy,
  podInfo,
  type PodShape,
  podShape,
  ScheduleAlgorithm,
  type Snapshot,
} from '../../src/scheduling/index.js';
import { seededRandom } from '../../src/support/random.js';
import { print, type Row } from '../measure.js';
import { median } from '../../src/support/statistics.js';
import { bareDecisions } from './bare.js';
import { cacheMemory } from './memory.js';
import { apartByHost, clusterOf, differentShapes, podOf, spreadByZone, togetherByZone } from './objects.js';

const runs = 5;

interface Case {
  readonly what: string;
  readonly nodes: number;
  readonly shapes: () => readonly PodShape[];
  readonly against: (rate: number, bare: number) => string;
}

/** The same object for equal pods, as the scheduler's cache gives it. */
const equal = (count: number, app: string, spec = {}): readonly PodShape[] =>
  Array<PodShape>(count).fill(podShape(podOf('p', { app, cpu: 100, memory: 128, spec })));

const besideBare = (aim: number) => (rate: number, bare: number) =>
  `bare loop ${round(bare)}/s: ${(rate / bare).toFixed(2)} [≥ ${aim}/s]`;
const besideFloor = (floor: string) => () => `kube-scheduler's CI asks for ${floor} pods/s at 5,000 nodes`;

const cases: readonly Case[] = [
  {
    what: '5,000 nodes, all pods differ',
    nodes: 5000,
    shapes: () => differentShapes(20_000),
    against: besideBare(8000),
  },
  { what: '5,000 nodes, equal pods', nodes: 5000, shapes: () => equal(50_000, 'web'), against: besideBare(50_000) },
  {
    what: '20,000 nodes, all pods differ',
    nodes: 20_000,
    shapes: () => differentShapes(8000),
    against: besideBare(2000),
  },
  {
    what: '5,000 nodes, apart by host',
    nodes: 5000,
    shapes: () => equal(4000, 'apart', apartByHost),
    against: besideFloor('680–810 (basic)'),
  },
  {
    what: '5,000 nodes, together by zone',
    nodes: 5000,
    shapes: () => equal(4000, 'together', togetherByZone),
    against: besideFloor('35 (affinity)'),
  },
  {
    what: '5,000 nodes, spread by zone',
    nodes: 5000,
    shapes: () => equal(4000, 'spread', spreadByZone),
    against: besideFloor('460 (spread)'),
  },
];

/** How many decisions a second the algorithm makes, every node scored on four resources, each pod counted where it goes. */
export function benchScheduler(): void {
  print(
    `scheduler: decisions, policy balance, every node scored, median of ${runs} runs (and the range)`,
    cases.map(measured),
  );
  print('scheduler: memory', [
    {
      what: '20,000 nodes, 200,000 pods of 2,000 Deployments, cache without informers',
      figure: `${Math.round(cacheMemory(20_000, 200_000, 2000))} MB`,
      against: '[< 300 MB]',
    },
  ]);
}

function measured({ what, nodes, shapes: make, against }: Case): Row {
  const shapes = make();
  const rates: number[] = [];
  const bares: number[] = [];
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(run);
    const [bare, cluster] = [clusterOf(nodes, random), clusterOf(nodes, random)];
    bares.push(rateOf(shapes.length, () => bareDecisions(bare, shapes)));
    rates.push(decisions(cluster, shapes));
  }
  const rate = median(rates);
  const range = `${round(Math.min(...rates))}–${round(Math.max(...rates))}`;
  return { what, figure: `${round(rate)}/s (${range})`, against: against(rate, median(bares)) };
}

function decisions(snapshot: Snapshot, shapes: readonly PodShape[]): number {
  const algorithm = new ScheduleAlgorithm(createScorePolicy('balance'));
  const infos = shapes.map((shape, index) => podInfo(podOf(`p${index}`, { app: 'p', cpu: 1, memory: 1 }), 3, shape));
  return rateOf(shapes.length, () => {
    let placed = 0;
    for (const info of infos) {
      const row = algorithm.select(info.shape, snapshot, info.key);
      if (row < 0) continue;
      snapshot.place(info, row);
      placed++;
    }
    return placed;
  });
}

/** Pods a second; all must find a node. */
function rateOf(count: number, place: () => number): number {
  const start = performance.now();
  const placed = place();
  const milliseconds = performance.now() - start;
  if (placed !== count) throw new Error(`${placed} of ${count} pods were placed`);
  return (count * 1000) / milliseconds;
}

const round = (rate: number): string => (rate < 1000 ? String(Math.round(rate)) : `${(rate / 1000).toFixed(1)}k`);
