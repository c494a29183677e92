/** What a ProductionLine may say, field by field. Its types, and the kind as such, are in production-line.ts. */
import { z } from 'zod';
import { conditions, count, duration } from './fields.js';
import { keptVersions, stageName } from './production-line.js';
import { type Rule, ruled } from './schema/rule.js';

const name = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be lower-case letters, digits and -, at most 63');

// a rule, no minimum: for a whole number the API server compares with the whole part of it, which is 0
const rate = ruled(z.number().max(10_000), {
  rule: 'self >= 0.01',
  message: 'must be 0.01 or more',
  check: (value) => value >= 0.01,
});

const stage = z.strictObject({
  stage: name.describe('Which stage: one of those that docs/reference/stages.md lists.'),
  name: name
    .optional()
    .describe('What it is called in messages, metrics and in what is noted on the container. Default: the stage.'),
  settings: z.looseObject({}).optional().describe('What the stage itself wants to know.'),
  concurrency: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('How many containers are in the stage at once, of all pools with this line together.'),
  rate: rate
    .optional()
    .describe('How many containers enter the stage in a second, of all pools with this line together.'),
  timeout: duration
    .optional()
    .describe(
      'How long a container may take to pass: in the chain produce from when it is ready, in deliver from its delivery.',
    ),
  retries: z
    .strictObject({
      count: z.int().min(0).max(100).default(3).describe('How many more tries a container has that failed.'),
      backoff: duration.default('1s').describe('The pause before the first of them; it doubles, up to 5m.'),
    })
    .optional()
    .describe('What a failure is worth before it counts. Without it the first one counts, unless the stage says more.'),
  onFailure: z
    .enum(['Retry', 'Discard', 'Quarantine', 'Abort'])
    .optional()
    .describe(
      'What becomes of a container that failed. Retry: it stays and is tried again. Discard: it is deleted, another takes its place. Quarantine: the same, but it is kept aside to be looked at. Abort: nothing more is tried, and pool or claim say why. Default: what the stage says.',
    ),
});

type Stages = readonly z.output<typeof stage>[];

const first = (wanted: string): Rule<Stages> => ({
  rule: `size(self) == 0 || self[0].stage == '${wanted}'`,
  message: `must begin with the stage ${wanted}`,
  check: (stages) => stages.length === 0 || stages[0]?.stage === wanted,
});

const last = (wanted: string): Rule<Stages> => ({
  rule: `size(self) == 0 || self[size(self) - 1].stage == '${wanted}'`,
  message: `must end with the stage ${wanted}`,
  check: (stages) => stages.length === 0 || stages.at(-1)?.stage === wanted,
});

const second = (wanted: string): Rule<Stages> => ({
  rule: `size(self) < 2 || self[1].stage == '${wanted}'`,
  message: `must have ${wanted} as the second stage: what was matched has to be handed over before anything is done to it`,
  check: (stages) => stages.length < 2 || stages[1]?.stage === wanted,
});

/** Of these there is one in a chain, or none. */
const onlyOnce = (...wanted: readonly string[]): Rule<Stages> => ({
  rule: `[${wanted.map((one) => `'${one}'`).join(', ')}].all(name, self.filter(s, s.stage == name).size() <= 1)`,
  message: `must not have any of ${wanted.join(', ')} twice`,
  reason: 'FieldValueDuplicate',
  check: (stages) => wanted.every((one) => stages.filter((entry) => entry.stage === one).length <= 1),
});

const distinct: Rule<Stages> = {
  rule: 'self.all(a, self.exists_one(b, (has(a.name) ? a.name : a.stage) == (has(b.name) ? b.name : b.stage)))',
  message: 'must have names that differ: give a stage that comes twice a name of its own',
  reason: 'FieldValueDuplicate',
  check: (stages) => new Set(stages.map(stageName)).size === stages.length,
};

const chain = (least: number, ...rules: readonly Rule<Stages>[]) =>
  ruled(z.array(stage).min(least).max(16), ...rules, distinct).optional();

export const productionLineSpec = z.strictObject({
  produce: chain(2, first('provision'), last('stock'), onlyOnce('provision', 'prepull', 'stock')).describe(
    'From nothing into stock: provision first, stock last. A container is not delivered before it has passed all. Default: provision, stock.',
  ),
  deliver: chain(
    2,
    first('match'),
    second('hand-over'),
    onlyOnce('match', 'hand-over', 'resize', 'configure', 'verify'),
  ).describe(
    "From stock to a claim: match, hand-over, then what is to happen with a container that is the claim's. Default: match, hand-over, resize, configure, verify.",
  ),
  reclaim: chain(1, last('retire'), onlyOnce('scrub', 'retire')).describe(
    'From a claim, or out of stock, back into stock or away: retire last. Without scrub nothing comes back. Default: scrub, retire.',
  ),
  quarantine: z
    .strictObject({
      most: z
        .int()
        .min(0)
        .max(100)
        .default(3)
        .describe('How many containers of a pool are kept aside; more are deleted.'),
      keepFor: duration.default('1h').describe('How long.'),
    })
    .prefault({})
    .describe(
      'What becomes of containers whose stage says Quarantine: they stay to be looked at, and nobody gets them.',
    ),
});

const accepted = z.strictObject({
  generation: count.describe('The generation of the line that this is.'),
  spec: z.looseObject({}).describe('As it was then.'),
});

export const productionLineStatus = z.strictObject({
  observedGeneration: count.optional().describe('The generation of the spec that was looked at.'),
  accepted: z
    .array(accepted)
    .max(keptVersions)
    .optional()
    .describe('The versions that were found good, the newest first: pools work by that one.'),
  conditions: conditions.optional().describe('Accepted: whether the present spec is one that can be worked by.'),
});
