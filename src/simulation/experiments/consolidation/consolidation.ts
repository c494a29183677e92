import { z } from 'zod';
import { CodedError, exitCodes } from '../../../support/errors.js';
import { seededRandom } from '../../../support/random.js';
import { second } from '../../../support/time.js';
import { consolidationHostTypes } from '../../engine/consolidation/host-types.js';
import { type ConsolidationFigures, simulateConsolidation } from '../../engine/consolidation/simulate-consolidation.js';
import { daysOfTrace, readUsageTrace } from '../../workloads/read-usage-trace.js';
import { syntheticUsage } from '../../workloads/synthetic-usage.js';
import type { UsageTrace } from '../../workloads/usage-trace.js';
import { experiment, type Point } from '../experiment.js';
import { traceParameters } from '../trace-input.js';
import { cloudsimFigures } from './cloudsim.js';
import { consolidationOf, consolidationPolicies, isCloudsimPolicy, isRandomPolicy } from './policies.js';
import { report } from './report.js';

const hostTypes = ['G4', 'G5'] as const;
/** Machines of the synthetic trace unless told otherwise: as many as PlanetLab's first day has. */
const syntheticMachines = 1052;
const everyDay = 'all';

const parameters = z.strictObject({
  trace: traceParameters.trace,
  day: z.string().min(1).optional().describe(`which day of a trace of several, or ${everyDay} (default: the first)`),
  skipBad: traceParameters.skipBad,
  hosts: z.int().min(1).max(100_000).default(800).describe('hosts'),
  vms: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe(`virtual machines (default: all of the trace, ${syntheticMachines} of a synthetic one)`),
  hostTypes: z
    .array(z.enum(hostTypes))
    .min(1)
    .default([...hostTypes])
    .describe('types of hosts, in turn'),
});

/** A day of a trace, whose name is `''` where there is only one. */
interface Day {
  readonly day: string;
  readonly trace: UsageTrace;
}

/** CloudSim's power-aware experiment: Beloglazov and Buyya, Concurrency and Computation 24(13), 2012. */
export const consolidation = experiment({
  name: 'consolidation',
  about:
    "machines are migrated between hosts so that few need to be on: energy, migrations and broken promises, by CloudSim's policies and the rebalancer",
  parameters,
  policies: consolidationPolicies,
  accepts: isCloudsimPolicy,
  seeds: 10,
  isRandom: isRandomPolicy,
  load: ({ trace, day, skipBad, vms }) => daysOf(trace, day, skipBad, vms),
  points: (_, days): readonly Point[] => (days.length > 1 ? days.map(({ day }) => ({ day })) : [{}]),
  notes: notesOf,
  run({ parameters: { hosts, hostTypes: types }, input: days, random }, { policy, at }) {
    const chosen = days.find(({ day }) => day === at['day']) ?? days[0];
    if (!chosen) throw new Error('a trace has at least one day');
    const { trace } = chosen;
    const interval = trace.interval / second;
    const figures = simulateConsolidation(
      {
        hosts: inTurn(types, hosts).map((type) => consolidationHostTypes[type]),
        shares: trace.machines.map(({ cpu }) => cpu),
        interval,
      },
      consolidationOf(policy, interval, random.split(policy)),
    );
    return { measures: { ...figures, ...besideCloudsim(figures, policy, { trace, hosts, types }) } };
  },
  report,
});

function notesOf(days: readonly Day[]): readonly string[] {
  const [first] = days;
  const notes = days.flatMap(({ trace }) => trace.notes);
  if (days.length === 1 && first) return [`Use of machines: ${first.trace.source}.`, ...notes];
  const counts = days.map(({ day, trace }) => `${day} ${trace.machines.length}`);
  return [`Use of machines: days of a trace, with so many machines: ${counts.join(', ')}.`, ...new Set(notes)];
}

const inTurn = <T>(items: readonly T[], count: number): readonly T[] =>
  Array.from({ length: Math.ceil(count / items.length) }, () => items)
    .flat()
    .slice(0, count);

async function daysOf(
  path: string | undefined,
  day: string | undefined,
  skipBad: boolean,
  vms: number | undefined,
): Promise<readonly Day[]> {
  if (path === undefined) {
    if (day !== undefined || skipBad) throw needsTrace(day === undefined ? '--skip-bad' : '--day');
    // the same for all seeds: these draw what policies do
    return [{ day: '', trace: syntheticUsage(vms ?? syntheticMachines, seededRandom('consolidation')) }];
  }
  const wanted = day === everyDay ? daysOfTrace(path) : [day];
  const days: Day[] = [];
  for (const one of wanted) {
    const trace = await readUsageTrace(path, { skipBad, day: one });
    days.push({ day: one ?? '', trace: firstMachines(trace, vms) });
  }
  return days;
}

function firstMachines(trace: UsageTrace, count = trace.machines.length): UsageTrace {
  if (trace.machines.length >= count)
    return trace.machines.length === count
      ? trace
      : { ...trace, source: `${trace.source}, the first ${count}`, machines: trace.machines.slice(0, count) };
  throw new CodedError(
    'TRACE_TOO_SMALL',
    `${trace.source}: ${count} machines are wanted`,
    'ask for fewer machines with --vms, or leave it out to take all',
    exitCodes.invalid,
  );
}

const needsTrace = (option: string): CodedError =>
  new CodedError('INVALID_PARAMETERS', `${option} needs a trace`, 'name one with --trace', exitCodes.usage);

/** What CloudSim itself came to on the same machines and hosts, where that is known, and how far this is from it. */
function besideCloudsim(
  { energyKwh, migrations }: ConsolidationFigures,
  policy: string,
  setup: { readonly trace: UsageTrace; readonly hosts: number; readonly types: readonly string[] },
): Record<string, number> {
  const known = cloudsimFigures(policy, setup);
  if (!known) return {};
  return {
    cloudsimEnergyKwh: known.energyKwh,
    cloudsimMigrations: known.migrations,
    energyDifference: energyKwh / known.energyKwh - 1,
    migrationsDifference: known.migrations === 0 ? migrations : migrations / known.migrations - 1,
  };
}
