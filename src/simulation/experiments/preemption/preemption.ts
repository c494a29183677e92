import { z } from 'zod';
import { rankedLoad } from '../../engine/host-loads.js';
import { experiment } from '../experiment.js';
import { loadTrace, traceNotes, traceParameters, usageOf } from '../trace-input.js';
import { Courses } from './courses.js';
import { fullCluster, podsOfNode, preemptorShape } from './full-cluster.js';
import { preemptionDay, type Rule } from './preemption-day.js';
import { report } from './report.js';

const parameters = z
  .strictObject({
    ...traceParameters,
    nodes: z.int().min(1).max(5000).default(100).describe('nodes, each full of four pods'),
    preemptors: z
      .int()
      .min(1)
      .max(10_000)
      .default(100)
      .describe('pods of high priority that come over the day; two others have to make room for each'),
  })
  .refine(({ nodes, preemptors }) => preemptors <= mostOf(nodes), {
    error: ({ input }) => `must be at most two for each node, ${mostOf(nodesIn(input))}: then all others are gone`,
    path: ['preemptors'],
  });

/** A node's four pods make room for two. */
const mostOf = (nodes: number): number => (nodes * podsOfNode) / 2;

const nodesIn = (input: unknown): number =>
  typeof input === 'object' && input !== null && 'nodes' in input ? Number(input.nodes) : 0;

/** Resources by importance. */
const resources = ['cpu', 'memory', 'network'] as const;
/** Variance is that within quarters of the day: what changes from one to the next is not what makes a node unsteady. */
const quarters = 4;

const rules: readonly Rule[] = ['by-use', 'kube-default', 'no-preemption'];

/** Fig. 4 of Xu and Chen: pods of high priority pre-empt others on full nodes, for a day. */
export const preemption = experiment({
  name: 'preemption',
  about:
    'pods of high priority on full nodes, for a day: load and its variance when victims are chosen by use, by the default rule, or not at all',
  parameters,
  policies: rules,
  load: loadTrace,
  notes: traceNotes,
  run({ parameters: { nodes, preemptors }, input, random }, { policy }) {
    const trace = usageOf(input, nodes * podsOfNode, random.split('trace'));
    const cluster = fullCluster(nodes, random.split('cluster'));
    const samples = trace.machines[0]?.cpu.length ?? 0;
    const { machines, interval } = trace;
    const { decisions, waiting, victims, violations, loads } = preemptionDay({
      nodes: cluster.nodes,
      courses: new Courses({ machines, interval, random: random.split('courses'), resources }),
      load: rankedLoad(resources),
      samples,
      preemptor: preemptorShape(),
      preemptors,
      rule: rules.find((rule) => rule === policy) ?? 'no-preemption',
      budgets: (gone) => cluster.budgets(gone),
    });
    return {
      measures: {
        load: loads.mean,
        loadVariance: loads.varianceWithin(quarters),
        victims: victims.length,
        victimPriorities: victims.reduce((sum, { shape }) => sum + shape.priority, 0),
        violations,
        placed: decisions - waiting,
        waiting,
      },
      series: { load: loads.means.map(short), deviation: loads.deviations.map(short) },
    };
  },
  report,
});

const short = (value: number): number => Number(value.toFixed(5));
