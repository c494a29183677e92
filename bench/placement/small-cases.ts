import { seededRandom } from '../../src/support/random.js';
import { printTable } from '../measure.js';
import { mean } from '../../src/support/statistics.js';
import { drawCase, type PlacementCase, scarcest, worthAnywhere, worthOn } from './cases.js';
import { fewestNodes, leastGreatestLoad, mostWorth, placedBy, type Worth } from './optimum.js';
import { placeBatch, type Placed } from './place-batch.js';
import { comparedPolicies } from './policies.js';
import { type Program, provenWithin, type Solver } from './program.js';

interface Objective {
  readonly name: string;
  readonly about: string;
  readonly sense: Program['sense'];
  readonly cases: 'crowded' | 'roomy';
  program(placement: PlacementCase): Program;
  value(placement: PlacementCase, placed: Placed): number;
}

const totalWorth =
  (worth: Worth) =>
  (placement: PlacementCase, placed: Placed): number =>
    placed.reduce((sum, onNode, node) => sum + loadBy(worth, placement, onNode, node), 0);

const loadBy = (worth: Worth, placement: PlacementCase, onNode: readonly number[], node: number): number =>
  onNode.reduce((sum, count, job) => sum + count * worth(placement, job, node), 0);

const objectives: readonly Objective[] = [
  {
    name: 'use',
    about: 'maximise Σ_j Q_j, the use of each node by its own capacity: formula (5) summed over nodes',
    sense: 'Maximize',
    cases: 'crowded',
    program: (placement) => mostWorth(placement, worthOn),
    value: totalWorth(worthOn),
  },
  {
    name: 'value placed',
    about: 'maximise Σ v over the pods placed, v = Σ_r w_r·a_r/C̄_r with the mean capacity C̄_r',
    sense: 'Maximize',
    cases: 'crowded',
    program: (placement) => mostWorth(placement, worthAnywhere),
    value: totalWorth(worthAnywhere),
  },
  {
    name: 'nodes used',
    about: 'minimise the nodes with pods, all placed',
    sense: 'Minimize',
    cases: 'roomy',
    program: fewestNodes,
    value: (_placement, placed) => placed.filter((onNode) => onNode.some((count) => count > 0)).length,
  },
  {
    name: 'greatest load',
    about: 'minimise max_j Q*_j, all placed',
    sense: 'Minimize',
    cases: 'roomy',
    program: leastGreatestLoad,
    value: (placement, placed) => Math.max(...placed.map((onNode, node) => loadBy(worthOn, placement, onNode, node))),
  },
];

const settings = { crowded: { demand: 1.15, size: 1 }, roomy: { demand: 0.55, size: 0.6 } } as const;
const casesOfEach = 30;

interface DrawnCase {
  readonly seed: string;
  readonly placement: PlacementCase;
}

/** In roomy ones all pods have room, in crowded ones more is asked for of some resource than there is. */
function drawnCases(kind: 'crowded' | 'roomy', solver: Solver): readonly DrawnCase[] {
  const cases: DrawnCase[] = [];
  for (let number = 1; cases.length < casesOfEach; number++) {
    const seed = `${kind} ${number}`;
    const placement = drawCase(seededRandom(seed), settings[kind]);
    const counts = kind === 'crowded' ? scarcest(placement) > 1 : solver(fewestNodes(placement)).status === 'optimal';
    if (counts) cases.push({ seed, placement });
  }
  return cases;
}

export interface PolicyGap {
  readonly policy: string;
  /** By how much worse than the optimum, as a part of it. */
  readonly meanGap: number;
  readonly worstGap: number;
  /** In what part of the cases it is the optimum. */
  readonly optimalShare: number;
  /** Cases that count: proven ones in which it placed all pods, if the objective asks for that. */
  readonly cases: number;
}

export interface ObjectiveGaps {
  readonly objective: string;
  readonly about: string;
  readonly seeds: readonly string[];
  /** Cases whose optimum was proven in time. */
  readonly proven: number;
  readonly policies: readonly PolicyGap[];
}

export function smallCases(solver: Solver): readonly ObjectiveGaps[] {
  const cases = { crowded: drawnCases('crowded', solver), roomy: drawnCases('roomy', solver) };
  const policies = comparedPolicies.map(({ name, create }) => {
    const all = new Map<string, Placed>();
    for (const { seed, placement } of [...cases.crowded, ...cases.roomy])
      all.set(seed, placeBatch(placement, create(), seededRandom(seed).split('policy')));
    return { name, all };
  });
  return objectives.map((objective) => {
    const chosen = cases[objective.cases];
    const proven = chosen.flatMap((one) => {
      const optimum = optimumOf(objective, one.placement, solver);
      return optimum === undefined ? [] : [{ ...one, optimum }];
    });
    const gapsOf = (all: ReadonlyMap<string, Placed>) =>
      proven.flatMap(({ seed, placement, optimum }) => {
        const placed = all.get(seed) ?? [];
        if (objective.cases === 'roomy' && !placesAll(placement, placed)) return [];
        return [gapOf(objective, objective.value(placement, placed), optimum)];
      });
    return {
      objective: objective.name,
      about: objective.about,
      seeds: chosen.map(({ seed }) => seed),
      proven: proven.length,
      policies: policies.map(({ name, all }) => summaryOf(name, gapsOf(all))),
    };
  });
}

/** Of the solution with whole numbers of pods, by the same arithmetic as that of the policies; `undefined`: not proven. */
function optimumOf(objective: Objective, placement: PlacementCase, solver: Solver): number | undefined {
  const solution = solver(objective.program(placement));
  if (solution.status !== 'optimal') return undefined;
  return objective.value(placement, placedBy(placement, solution));
}

const gapOf = ({ sense }: Objective, value: number, optimum: number): number =>
  (sense === 'Maximize' ? optimum - value : value - optimum) / optimum;

function placesAll({ classes }: PlacementCase, placed: Placed): boolean {
  return classes.every(({ pods }, job) => placed.reduce((sum, onNode) => sum + (onNode[job] ?? 0), 0) === pods);
}

const summaryOf = (policy: string, gaps: readonly number[]): PolicyGap => ({
  policy,
  meanGap: mean(gaps),
  worstGap: Math.max(...gaps),
  // what is proven is proven within this; a policy may be better by as much
  optimalShare: gaps.filter((gap) => gap <= 2 * provenWithin).length / gaps.length,
  cases: gaps.length,
});

const percent = (share: number): string => (Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '–');

export function printSmallCases(objectives: readonly ObjectiveGaps[]): void {
  for (const { objective, about, seeds, proven, policies } of objectives)
    printTable(
      `placement, small cases, ${objective}: ${about}; ${proven} of ${seeds.length} optima proven by HiGHS, seeds ${seeds[0]} to ${seeds.at(-1)}`,
      ['policy', 'mean gap', 'worst', 'optimal', 'cases'],
      policies.map(({ policy, meanGap, worstGap, optimalShare, cases }) => [
        policy,
        percent(meanGap),
        percent(worstGap),
        percent(optimalShare),
        `${cases}`,
      ]),
    );
}
