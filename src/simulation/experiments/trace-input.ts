/** The use of machines that host-level experiments are driven by: a trace that is named, or a synthetic one. */
import { z } from 'zod';
import { CodedError, exitCodes } from '../../support/errors.js';
import { type Random, seededRandom } from '../../support/random.js';
import { withDerivedResources } from '../workloads/derived-resources.js';
import { readUsageTrace } from '../workloads/read-usage-trace.js';
import { syntheticUsage } from '../workloads/synthetic-usage.js';
import type { UsageTrace } from '../workloads/usage-trace.js';

/** Parameters of experiments that are driven by the use of machines. */
export const traceParameters = {
  trace: z
    .string()
    .min(1)
    .optional()
    .describe('file or folder of a trace of the use of machines (default: a synthetic one)'),
  day: z.string().min(1).optional().describe('which day of a trace of several (default: the first)'),
  skipBad: z.boolean().default(false).describe('leave out what cannot be read of the trace, and count it'),
};

interface Given {
  readonly trace?: string | undefined;
  readonly day?: string | undefined;
  readonly skipBad: boolean;
}

/** @throws CodedError for a trace that cannot be read, and for options of a trace where there is none */
export async function loadTrace({ trace: path, day, skipBad }: Given): Promise<UsageTrace | undefined> {
  if (path !== undefined) return readUsageTrace(path, { skipBad, day });
  if (day === undefined && !skipBad) return undefined;
  throw new CodedError(
    'INVALID_PARAMETERS',
    `${day === undefined ? '--skip-bad' : '--day'} needs a trace`,
    'name one with --trace',
    exitCodes.usage,
  );
}

/** What there is to know of the input, for results: where it is from, and what of it is made up. */
export function traceNotes(loaded: UsageTrace | undefined): readonly string[] {
  const random = seededRandom('notes');
  const { notes } = withDerivedResources(loaded ?? syntheticUsage(1, random), random);
  return loaded ? [`Use of machines: ${loaded.source}.`, ...notes] : notes;
}

/** @throws CodedError `TRACE_TOO_SMALL` */
export function usageOf(loaded: UsageTrace | undefined, count: number, random: Random): UsageTrace {
  const trace = loaded ?? syntheticUsage(count, random.split('synthetic'));
  if (trace.machines.length < count)
    throw new CodedError(
      'TRACE_TOO_SMALL',
      `the trace has ${trace.machines.length} machines, ${count} are wanted`,
      'ask for fewer machines',
      exitCodes.invalid,
    );
  return withDerivedResources({ ...trace, machines: trace.machines.slice(0, count) }, random.split('derived'));
}
