import type { PodDisruptionBudget } from '../../src/api/administration.js';
import type { PodSpec } from '../../src/api/kubernetes.js';
import { podInfo, type PodShape, podShape, Snapshot } from '../../src/scheduling/index.js';
import { DisruptionBudgets } from '../../src/scheduling/preemption/disruption-budgets.js';
import { weightedSum } from '../../src/scheduling/load/weighted-sum.js';
import { PreemptionAlgorithm } from '../../src/scheduling/preemption/preemption-algorithm.js';
import type { UseOfPods } from '../../src/scheduling/preemption/steadiness.js';
import { type Random, seededRandom } from '../../src/support/random.js';
import { print, printTable, rate, type Row } from '../measure.js';
import { planetlabFile, readMachines, slot, slots } from '../planetlab.js';
import { podOf, spreadByZone } from '../scheduler/objects.js';
import { tracesVariable } from '../traces.js';
import { Courses } from '../../src/simulation/experiments/preemption/courses.js';
import {
  preemptionDay,
  type PreemptionOutcome,
  type Rule,
} from '../../src/simulation/experiments/preemption/preemption-day.js';

const nodeCount = 5000;
const podsOfNode = 4;
const mebibyte = 2 ** 20;

interface Case {
  readonly what: string;
  readonly preemptors: number;
  readonly budgets: readonly PodDisruptionBudget[];
  readonly spec: Partial<PodSpec>;
  readonly byUse?: boolean;
  /** Whether no two ask for the same. */
  readonly differ?: boolean;
}

const budgetOf = (app: number): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: `app-${app}`, namespace: 'bench', uid: `b${app}`, resourceVersion: '1', creationTimestamp: '' },
  spec: { selector: { matchLabels: { app: `app-${app}` } } },
  status: { disruptionsAllowed: app % 2, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
});

const apps = 50;
const cases: readonly Case[] = [
  { what: '10,000 pods, no budgets', preemptors: 10_000, budgets: [], spec: {} },
  {
    what: '10,000 pods, half of all pods protected by a budget',
    preemptors: 10_000,
    budgets: Array.from({ length: apps / 2 }, (_, app) => budgetOf(app)),
    spec: {},
  },
  { what: '10,000 pods, victims by use', preemptors: 10_000, budgets: [], spec: {}, byUse: true },
  { what: '2,000 pods that all differ', preemptors: 2000, budgets: [], spec: {}, differ: true },
  { what: '100 pods that spread by zone', preemptors: 100, budgets: [], spec: spreadByZone },
];

/** Nodes of 4 cores, each full of four pods of 900m: kube-scheduler's own case of pre-emption, with priorities and start times that differ. */
function fullCluster(random: Random): Snapshot {
  const nodes = new Snapshot();
  const shapes = [0, 10, 20].map((priority) =>
    Array.from({ length: apps }, (_, app) =>
      podShape(podOf('p', { app: `app-${app}`, cpu: 900, memory: 500, spec: { priority } })),
    ),
  );
  for (let index = 0; index < nodeCount; index++) {
    const name = `node-${index}`;
    const labels = { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${index % 10}` };
    const row = nodes.setNode({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels },
      status: { allocatable: { cpu: '4', memory: `${32_768 * mebibyte}`, pods: '110' } },
    });
    for (let pod = 0; pod < podsOfNode; pod++) {
      const info = podInfo(
        podOf(`p${index}-${pod}`, { app: '', cpu: 0, memory: 0 }),
        0,
        random.pick(random.pick(shapes)),
      );
      nodes.place({ ...info, startTime: random.integer(0, 1_000_000) }, row);
    }
  }
  return nodes;
}

/** Decides for one pod after the other; victims go at once and the pod comes in their place. */
export function benchPreemption(): Promise<void> {
  print(
    `pre-emption: decisions on ${nodeCount} nodes with ${nodeCount * podsOfNode} pods (kube-scheduler's CI asks for 570 pods/s)`,
    cases.map((one) => decide(one)),
  );
  benchDay();
  return Promise.resolve();
}

const quarters = 4;
const byCpu = weightedSum({ cpu: 1 }, { deviations: 0 });

/** The default rule and ours on one trace: the same cluster, the same arrivals, the same course of every pod's use. */
function benchDay(): void {
  const file = planetlabFile(process.env[tracesVariable], tracesVariable);
  if (typeof file === 'string') return console.error(`bench preemption, a day of PlanetLab, is skipped: ${file}`);
  const machines = readMachines(file.path, Infinity).map(({ name, shares }) => ({
    name,
    cpu: Float64Array.from(shares),
  }));
  const runs = (['kube-default', 'by-use'] as const).map((rule) => timedDay(machines, rule));
  const row = (what: string, figure: (run: TimedDay) => string) => [what, ...runs.map(figure)];
  printTable(
    `pre-emption over a day of PlanetLab: ${nodeCount} nodes, ${nodeCount * podsOfNode} pods, 10,000 pods that pre-empt`,
    ['', 'kube-default', 'by use'],
    [
      row('decisions/s', ({ outcome, took }) => String(Math.round((outcome.decisions * 1000) / took))),
      row('victims', ({ outcome }) => String(outcome.victims.length)),
      row('sum of their priorities', ({ outcome }) =>
        String(outcome.victims.reduce((sum, { shape }) => sum + shape.priority, 0)),
      ),
      ...[0, 1, 2, 3].flatMap((quarter) => [
        row(`load, mean of hours ${6 * quarter} to ${6 * (quarter + 1)}`, ({ outcome }) =>
          outcome.loads.part(quarter, quarters).mean.toFixed(4),
        ),
        row('  its variance over time', ({ outcome }) =>
          outcome.loads.part(quarter, quarters).variance.toExponential(3),
        ),
      ]),
    ],
  );
}

interface TimedDay {
  readonly outcome: PreemptionOutcome;
  /** Milliseconds of all decisions. */
  readonly took: number;
}

function timedDay(machines: readonly { readonly name: string; readonly cpu: Float64Array }[], rule: Rule): TimedDay {
  let took = 0;
  const outcome = preemptionDay({
    nodes: fullCluster(seededRandom('preemption')),
    courses: new Courses({ machines, interval: slot, random: seededRandom('preemption/day'), resources: ['cpu'] }),
    load: byCpu,
    samples: slots,
    preemptor: podShape(podOf('q', { app: 'web', cpu: 900, memory: 500, spec: { priority: 1000 } })),
    preemptors: 10_000,
    rule,
    decide(decision) {
      const start = performance.now();
      const chosen = decision();
      took += performance.now() - start;
      return chosen;
    },
  });
  return { outcome, took };
}

function drawnUse(nodes: Snapshot, random: Random): UseOfPods {
  const uses = new Map(
    [...nodes.infos()].flatMap(({ pods }) =>
      pods.map(({ key }) => {
        const [mean, variance] = [{ cpu: 600 * random.uniform() }, { cpu: 90_000 * random.uniform() }];
        return [key, { mean, variance }] as const;
      }),
    ),
  );
  return { useOf: (key) => uses.get(key), load: weightedSum({ cpu: 0.5, memory: 0.5 }, { deviations: 0 }) };
}

function decide({ what, preemptors, budgets, spec, byUse = false, differ = false }: Case): Row {
  const random = seededRandom('preemption');
  const nodes = fullCluster(random);
  const algorithm = new PreemptionAlgorithm();
  const rules = { budgets: new DisruptionBudgets(budgets), ...(byUse && { use: drawnUse(nodes, random) }) };
  const shapeOf = (memory: number): PodShape =>
    podShape(podOf('q', { app: 'web', cpu: 1900, memory, spec: { priority: 1000, ...spec } }));
  const equal = shapeOf(500);
  const shapes = Array.from({ length: preemptors }, (_, index) => (differ ? shapeOf(500 + index) : equal));
  let victims = 0;
  let placed = 0;
  const start = performance.now();
  for (const [index, shape] of shapes.entries()) {
    const key = `bench/q${index}`;
    const chosen = algorithm.select({ key, shape, policy: undefined, nominatedNode: undefined }, nodes, rules);
    if (!chosen) continue;
    placed++;
    victims += chosen.victims.length;
    for (const victim of chosen.victims) nodes.remove(victim, chosen.row);
    nodes.place(
      { key, uid: key, shape, since: 0, startTime: undefined, terminating: false, preempted: false },
      chosen.row,
    );
  }
  const elapsed = performance.now() - start;
  return { what, figure: rate(preemptors, elapsed), against: `${placed} placed, ${victims} victims` };
}
