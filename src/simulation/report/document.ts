import { z } from 'zod';
import type { Result } from '../run/result.js';

const scalar = z.union([z.number(), z.string(), z.boolean(), z.null()]);

/** TypeScript wants `interval` to be one of these too; the published schema says only what other columns hold. */
const column = z.union([scalar, z.record(z.string(), z.number())]);

/** What `--json` prints, and `result.json` holds. `docs/reference/experiment-result.schema.json` is made from it. */
export const resultDocument = z
  .object({
    experiment: z.string().describe('Name of the experiment.'),
    parameters: z.record(z.string(), z.unknown()).describe('All parameters, with defaults.'),
    seed: z.int().describe('The first seed; the others follow it.'),
    seeds: z.int().min(1).describe('How many seeds.'),
    version: z.string().describe('Version of Penstock.'),
    notes: z.array(z.string()).describe('What there is to know of the input.'),
    by: z.array(z.string()).describe('Names of what is swept: with the policy they tell rows apart.'),
    rows: z
      .array(
        z
          .object({
            policy: z.string(),
            seeds: z.int().min(1).describe('How many seeds the means are over.'),
            interval: z
              .record(z.string(), z.number())
              .optional()
              .describe('Half of the 95 % interval of each mean (Student t), where there are several seeds.'),
          })
          .catchall(column)
          .describe('A policy at a point of the sweep: figures are means over the seeds.'),
      )
      .describe('In the order of points and policies.'),
  })
  .describe('The result of an experiment: the same for the same parameters and seed on every machine.');

/** The JSON schema (draft 2020-12) of what `--json` prints. */
export function resultSchema(): object {
  return {
    title: 'Result of an experiment of Penstock',
    ...z.toJSONSchema(resultDocument, {
      target: 'draft-2020-12',
      io: 'output',
      override: ({ zodSchema, jsonSchema }) => {
        if (zodSchema !== column) return;
        delete jsonSchema.anyOf;
        Object.assign(jsonSchema, z.toJSONSchema(scalar, { target: 'draft-2020-12' }));
        delete jsonSchema.$schema;
      },
    }),
  };
}

export type ResultDocument = z.output<typeof resultDocument>;

export function documentOf({ request, notes, version, trials, rows }: Result): ResultDocument {
  const { experiment, parameters, seed, seeds } = request;
  const by = [...new Set(trials.flatMap(({ trial }) => Object.keys(trial.at)))];
  return resultDocument.parse({ experiment, parameters, seed, seeds, version, notes, by, rows });
}

/** @throws Error that says what is wrong with it */
export function parseDocument(value: unknown): ResultDocument {
  const { data, error } = resultDocument.safeParse(value);
  if (data) return data;
  throw new Error(error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}
