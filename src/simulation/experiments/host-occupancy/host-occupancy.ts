import { z } from 'zod';
import type { LoadModel } from '../../../scheduling/load/load-model.js';
import { CodedError, exitCodes } from '../../../support/errors.js';
import { hour } from '../../../support/time.js';
import type { Random } from '../../../support/random.js';
import { g5 } from '../../engine/cloudsim-types.js';
import { rankedLoad } from '../../engine/host-loads.js';
import type { MachineHosts } from '../../engine/machine-hosts.js';
import { UseOverTime } from '../../engine/use-over-time.js';
import type { UsageTrace } from '../../workloads/usage-trace.js';
import { experiment, type Outcome } from '../experiment.js';
import { policyOf } from '../policies.js';
import { arrangements, byMoves } from '../rearrange.js';
import { loadTrace, traceNotes, traceParameters, usageOf } from '../trace-input.js';
import { countsOf } from './counts.js';
import { capacitiesOf, machinesOn, placeAtRandom, placeBy, placeByMoves, type Setup } from './hosts.js';
import { type Occupancy, occupancyOf, type Window } from '../../engine/occupancy.js';
import { report } from './report.js';

const parameters = z.strictObject({
  ...traceParameters,
  hosts: z.int().min(1).max(10_000).default(200).describe('hosts, all of the larger type of CloudSim'),
  machines: z.int().min(4).max(10_000).default(500).describe('virtual machines: the first of the trace'),
  cpuRequested: z
    .number()
    .min(0)
    .max(1)
    .default(0.15)
    .describe('what a machine requests of its cpu, as a share of what it has'),
  memoryRequested: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('what a machine requests of its memory, as a share; 1: it is reserved in full, as in CloudSim'),
  learnHours: z
    .number()
    .positive()
    .max(1000)
    .default(6)
    .describe('hours at the beginning of the trace from which policies know what machines use; the rest is compared'),
  ranking: z
    .array(z.enum(['cpu', 'memory', 'network', 'disk']))
    .min(1)
    .default(['cpu', 'memory', 'network'])
    .refine((names) => new Set(names).size === names.length, { message: 'must not rank a resource twice' })
    .describe('resources by importance, the first the most: the weights of the load'),
  order: z
    .enum(['largest', 'random'])
    .default('largest')
    .describe('in which order policies are given the machines: by the load that they add, or by chance'),
});

type Parameters = z.output<typeof parameters>;

/** Fig. 2 of Xu and Chen: the occupancy of hosts under a day of PlanetLab, before and after. */
export const hostOccupancy = experiment({
  name: 'host-occupancy',
  about:
    'occupancy of hosts by the machines of a trace, placed at random and by each policy: counts of hosts, and imbalance',
  parameters,
  policies: arrangements,
  load: loadTrace,
  notes: traceNotes,
  run: ({ parameters: given, input, random }, { policy }) => compare(given, input, random, policy),
  report,
});

function compare(given: Parameters, input: UsageTrace | undefined, random: Random, name: string): Outcome {
  const trace = usageOf(input, given.machines, random.split('trace'));
  const use = new UseOverTime(trace.machines, capacitiesOf(given.machines));
  const learned = Math.round((given.learnHours * hour) / trace.interval);
  checkInput(given, use, learned);
  const window: Window = { from: learned, to: use.samples };
  const setup: Setup = {
    host: g5,
    hosts: given.hosts,
    requested: { cpu: given.cpuRequested, memory: given.memoryRequested },
    interval: trace.interval,
  };
  const load = rankedLoad(given.ranking);
  const fresh = () => machinesOn(setup, use, { from: 0, to: learned });
  const [before, after] = [fresh(), fresh()];
  const unplacedBefore = placeAtRandom(before, random.split('start'));
  const unplaced = arrange(name, after, { given, load, random });
  const occupied = (hosts: MachineHosts) => occupancyOf(hosts.nodes, hosts.rows, use, load, window);
  const [start, end] = [occupied(before), occupied(after)];
  return {
    measures: {
      ...figuresOf(before, start, 'Before'),
      ...figuresOf(after, end, 'After'),
      imbalanceBefore: start.imbalance,
      imbalance: end.imbalance,
      unplacedBefore,
      unplaced,
    },
    series: { ...seriesOf(start, 'Before'), ...seriesOf(end, 'After') },
  };
}

interface ArrangeOptions {
  readonly given: Parameters;
  readonly load: LoadModel;
  readonly random: Random;
}

/** Returns how many machines are left without a host. */
function arrange(name: string, hosts: MachineHosts, { given, load, random }: ArrangeOptions): number {
  if (name !== byMoves) return placeBy(policyOf(name, given.ranking), hosts, { order: given.order, load, random });
  // as before, at the same hosts
  placeAtRandom(hosts, random.split('start'));
  return placeByMoves(hosts, load, given.learnHours * hour);
}

function checkInput(given: Parameters, use: UseOverTime, learned: number): void {
  const { machines, hosts, memoryRequested } = given;
  if (learned < 1 || learned >= use.samples)
    throw invalid(
      `learnHours takes ${learned} of the ${use.samples} samples of the trace, and must leave some`,
      'set --learn-hours to another number',
    );
  const requested = memoryRequested * capacitiesOf(machines).reduce((sum, { memory = 0 }) => sum + memory, 0);
  const least = Math.ceil(requested / (g5.capacity.memory ?? 1));
  if (hosts < least)
    throw invalid(
      `${machines} machines request the memory of ${least} hosts, there are ${hosts}`,
      'set --hosts to more, --machines to fewer, or --memory-requested to a smaller share',
    );
}

const invalid = (message: string, hint: string): CodedError =>
  new CodedError('INVALID_PARAMETERS', `experiment host-occupancy: ${message}`, hint, exitCodes.invalid);

function figuresOf({ nodes }: MachineHosts, occupancy: Occupancy, when: 'Before' | 'After'): Record<string, number> {
  const counts = Object.entries(countsOf(nodes, occupancy.load)).map(([name, count]) => [`${name}${when}`, count]);
  const hosts = nodes.rows;
  const meanOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / hosts;
  const inUse = meanOf(Float64Array.from(occupancy.used)) * hosts;
  return {
    ...Object.fromEntries(counts),
    [`load${when}`]: inUse === 0 ? 0 : (meanOf(occupancy.load) * hosts) / inUse,
    [`cpu${when}`]: meanOf(occupancy.use.cpu),
    [`memory${when}`]: meanOf(occupancy.use.memory),
    [`network${when}`]: meanOf(occupancy.use.network),
    [`disk${when}`]: meanOf(occupancy.use.disk),
    [`imbalanceAtOnce${when}`]: occupancy.imbalanceAtOnce,
    [`overloaded${when}`]: occupancy.overloaded,
  };
}

/** Parts of the time in heat maps, at most. */
const mostParts = 24;

/** Host by host; in `map` the loads of each host in the parts of the time, one host after the other. */
function seriesOf({ use, load, loads }: Occupancy, when: 'Before' | 'After'): Record<string, readonly number[]> {
  const parts = Math.min(mostParts, loads.length);
  const at = (index: number) => Math.floor((index * loads.length) / parts);
  const map: number[] = [];
  for (const row of load.keys())
    for (let index = 0; index < parts; index++) {
      const part = loads.slice(at(index), at(index + 1));
      map.push(short(part.reduce((sum, one) => sum + (one[row] ?? 0), 0) / part.length));
    }
  return {
    [`cpu${when}`]: Array.from(use.cpu, short),
    [`memory${when}`]: Array.from(use.memory, short),
    [`network${when}`]: Array.from(use.network, short),
    [`load${when}`]: Array.from(load, short),
    [`map${when}`]: map,
  };
}

const short = (value: number): number => Number(value.toFixed(3));
