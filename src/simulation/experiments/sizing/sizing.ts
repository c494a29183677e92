import { z } from 'zod';
import { autoscaleWithin } from '../../../api/container-pool-schema.js';
import { CodedError, exitCodes } from '../../../support/errors.js';
import type { Random } from '../../../support/random.js';
import { second } from '../../../support/time.js';
import { experiment } from '../experiment.js';
import { lacksTrace, syntheticNames, traceNames, traceOf } from './arrival-traces.js';
import { contenders, hitRateOf, isContender, played, type SizingProblem } from './contenders.js';
import { report } from './report.js';

const parameters = z.strictObject({
  arrivals: z
    .array(z.enum(traceNames))
    .min(1)
    .optional()
    .describe(`arrivals to replay, of ${traceNames.join(', ')} (default: workdays,bursts, with --trace all)`),
  trace: z.string().min(1).optional().describe('folder with the public traces'),
  leadTime: z
    .number()
    .positive()
    .max(3600)
    .default(60)
    .describe('seconds from the start of a container until it is in stock'),
  hitRate: z
    .number()
    .min(0.5)
    .max(0.9999)
    .default(0.99)
    .describe('part of what is asked for that is to be found in stock'),
});

/** A trace is the same for all seeds; synthetic arrivals are drawn anew. */
export const sizing = experiment({
  name: 'sizing',
  about:
    'how well pools are sized: hit rate and idle stock over weeks of arrivals, beside published rules and hindsight',
  parameters,
  policies: Object.keys(contenders),
  seeds: 3,
  load: ({ arrivals, trace }) => {
    const names = arrivals ?? (trace === undefined ? syntheticNames : traceNames);
    for (const name of names) {
      const lack = lacksTrace(name, trace);
      if (lack !== undefined)
        throw new CodedError('TRACE_MISSING', `arrivals ${name}: ${lack}`, undefined, exitCodes.invalid);
    }
    return { names };
  },
  points: (_parameters, { names }) => names.map((arrivals) => ({ arrivals })),
  run({ parameters: { trace, leadTime, hitRate }, random }, { policy, at }) {
    const problem = problemOf(String(at['arrivals']), random, { trace, leadTime, hitRate });
    if (!isContender(policy)) throw new Error(`no policy ${policy}`);
    const outcome = played(problem, contenders[policy](problem));
    const reference = played(problem, contenders.static(problem));
    return {
      measures: {
        hitRate: hitRateOf(outcome),
        idleHours: outcome.idleHours,
        idleOfStatic: outcome.idleHours / reference.idleHours,
        started: outcome.started,
        asked: outcome.asked,
        // in this seed; in rows the part of the seeds
        kept: Number(hitRateOf(outcome) >= hitRate),
      },
    };
  },
  report,
});

export interface SizingSettings {
  readonly trace?: string | undefined;
  readonly leadTime: number;
  readonly hitRate: number;
}

export function problemOf(name: string, random: Random, { trace, leadTime, hitRate }: SizingSettings): SizingProblem {
  return {
    trace: traceOf(name, random.split(name), trace),
    lead: leadTime * second,
    hitRate,
    // what a user gets who states no more than this
    autoscale: { ...autoscaleWithin({ min: 0, max: 1000 }), leadTime: `${leadTime}s`, hitRate },
  };
}
