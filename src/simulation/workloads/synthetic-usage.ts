import { z } from 'zod';
import type { Random } from '../../support/random.js';
import { minute } from '../../support/time.js';
import type { UsageTrace } from './usage-trace.js';

/**
 * How much cpu made-up machines use. Each has a level of its own, log-normal; around it a factor that is log-normal and depends a little on the
 * sample before; a day's season; and bursts. The defaults come close to PlanetLab's days (in brackets those of 3 March, 22 March and 20
 * April 2011): mean 0.112 (0.123, 0.093, 0.104), standard deviation of all samples 0.151 (0.171, 0.128, 0.152), of the machines' means
 * 0.122 (0.148, 0.101, 0.113), samples above 80 % 1.2 % (1.0, 0.4, 0.8), correlation of neighbouring samples 0.26 (0.08, 0.08, 0.05).
 */
export const syntheticUsageSettings = z.strictObject({
  samples: z.int().min(2).default(288).describe('samples of each machine, five minutes apart'),
  level: z.number().positive().default(0.06).describe("median of the machines' levels"),
  spread: z.number().min(0).default(1).describe("standard deviation of the logarithm of the machines' levels"),
  noise: z.number().min(0).default(0.5).describe('standard deviation of the logarithm of the factor around the level'),
  memory: z
    .number()
    .min(0)
    .max(0.99)
    .default(0.1)
    .describe('part of the logarithm that stays from one sample to the next'),
  season: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe('by what part use rises at two in the afternoon, and falls at night'),
  bursts: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('probability with which a burst begins in a sample: three times the use for up to half an hour'),
});

export type SyntheticUsageSettings = z.output<typeof syntheticUsageSettings>;

const burst = { factor: 3, longest: 6 };
/** Of a day, the hour of the most use. */
const peak = 14 / 24;
const samplesInDay = 288;

/** A machine has draws of its own: more machines do not change those before. */
export function syntheticUsage(
  count: number,
  random: Random,
  settings: Partial<SyntheticUsageSettings> = {},
): UsageTrace {
  const given = syntheticUsageSettings.parse(settings);
  return {
    source: `synthetic, ${count} machines`,
    notes: ['The use of machines is synthetic: cpu in the likeness of PlanetLab.'],
    interval: 5 * minute,
    machines: Array.from({ length: count }, (_, index) => ({
      name: `machine-${index}`,
      cpu: machineCpu(given, random.split(`machine-${index}`)),
    })),
  };
}

function machineCpu(given: SyntheticUsageSettings, random: Random): Float64Array {
  const level = random.logNormal(given.level, given.spread);
  let [logarithm, left] = [0, 0];
  return Float64Array.from({ length: given.samples }, (_, at) => {
    logarithm = given.memory * logarithm + given.noise * Math.log(random.logNormal(1, 1));
    if (left > 0) left--;
    else if (random.uniform() < given.bursts) left = random.integer(1, burst.longest);
    const season = 1 + given.season * Math.cos(2 * Math.PI * (at / samplesInDay - peak));
    return Math.min(1, level * season * Math.exp(logarithm) * (left > 0 ? burst.factor : 1));
  });
}
