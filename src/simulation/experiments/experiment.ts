import type { z } from 'zod';
import { nearest } from '../../api/schema/suggestion.js';
import { wordsOf } from '../../api/schema/wording.js';
import { fieldOf } from '../../api/validation.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import type { Random } from '../../support/random.js';
import { seededRandom } from '../../support/random.js';
import type { Result } from '../run/result.js';
import type { Report } from '../report/report.js';

/** Where a run stands in a sweep: `{ tasks: 1000 }`. Empty where nothing is swept. */
export type Point = Readonly<Record<string, number | string>>;

/** One run: a policy, at a point, with a seed. Runs do not depend on one another, so that they may run anywhere and in any order. */
export interface Trial {
  readonly policy: string;
  readonly at: Point;
  readonly seed: number;
}

/** What came out of a trial. The same for the same parameters and trial, on every machine: no times of the machine in it. */
export interface Outcome {
  /** Figures of which the mean over the seeds makes sense. A figure that there is none of is left out. */
  readonly measures: Readonly<Record<string, number>>;
  /** What is the same for all seeds, or text: the first seed's is shown. */
  readonly facts?: Readonly<Record<string, string | boolean | null>>;
  /** Curves and distributions for charts. They go into reports, not into rows. */
  readonly series?: Readonly<Record<string, readonly number[]>>;
}

/** An experiment whose parameters have been read and whose traces are loaded. */
export interface Opened {
  /** As given, with defaults: part of every result. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly points: readonly Point[];
  /** What the result must say of the input: where a trace came from, how much of it was skipped. */
  readonly notes: readonly string[];
  /** Whether trials disturb one another, as on a real cluster: then they run one at a time. */
  readonly sequential: boolean;
  /** @param signal ends it early, with the signal's reason */
  run(trial: Trial, signal?: AbortSignal): Outcome | Promise<Outcome>;
}

/** One command: policies side by side on the same input. */
export interface Experiment {
  readonly name: string;
  /** What it shows, in a sentence. */
  readonly about: string;
  readonly parameters: z.ZodObject;
  /** All that can be compared; `defaults` of them are unless others are named. */
  readonly policies: readonly string[];
  readonly defaults: readonly string[];
  /** Whether there is a policy of this name that `policies` does not list: the same ones with other parameters. */
  readonly accepts: (policy: string) => boolean;
  /** How many seeds are run unless told otherwise: 1 for what does not depend on chance. */
  readonly seeds: number;
  /** Whether chance has a part in what comes out for a policy; where it has none, the first seed stands for all. */
  readonly isRandom: (policy: string) => boolean;
  /** Whether a policy has anything to do at this point; those that have not are left out. */
  readonly applies: (policy: string, at: Point) => boolean;
  /** @throws CodedError `INVALID_PARAMETERS`, and what the traces' readers throw */
  open(parameters: unknown): Promise<Opened>;
  readonly report: (result: Result) => Report;
}

interface Given<Parameters extends z.ZodObject, Input> {
  readonly name: string;
  readonly about: string;
  readonly parameters: Parameters;
  readonly policies: readonly string[];
  readonly defaults?: readonly string[];
  readonly accepts?: (policy: string) => boolean;
  readonly seeds?: number;
  readonly isRandom?: (policy: string) => boolean;
  /** Reads traces; called once in each process. */
  load(parameters: z.output<Parameters>): Promise<Input> | Input;
  points?(parameters: z.output<Parameters>, input: Input): readonly Point[];
  notes?(input: Input): readonly string[];
  sequential?(input: Input): boolean;
  readonly applies?: (policy: string, at: Point) => boolean;
  /** @param random of the trial's seed alone, not of its policy: all policies see the same input */
  run(
    context: { readonly parameters: z.output<Parameters>; readonly input: Input; readonly random: Random },
    trial: Trial,
    signal?: AbortSignal,
  ): Outcome | Promise<Outcome>;
  readonly report: (result: Result) => Report;
}

export function experiment<Parameters extends z.ZodObject, Input>(given: Given<Parameters, Input>): Experiment {
  const { name, about, parameters: schema, policies, defaults = policies, seeds = 10 } = given;
  return {
    name,
    about,
    parameters: schema,
    policies,
    defaults,
    accepts: given.accepts ?? (() => false),
    seeds,
    isRandom: given.isRandom ?? (() => true),
    applies: given.applies ?? (() => true),
    async open(raw) {
      const parameters = read(name, schema, raw);
      const input = await given.load(parameters);
      return {
        parameters,
        points: given.points?.(parameters, input) ?? [{}],
        notes: given.notes?.(input) ?? [],
        sequential: given.sequential?.(input) ?? false,
        run: (trial, signal) => {
          const random = seededRandom(`${name} ${trial.seed}`);
          return given.run({ parameters, input, random }, trial, signal);
        },
      };
    },
    report: given.report,
  };
}

function read<Schema extends z.ZodObject>(name: string, schema: Schema, raw: unknown): z.output<Schema> {
  const { data, error } = schema.safeParse(raw, { reportInput: true });
  if (!error) return data;
  const known = Object.keys(schema.shape);
  const sentences = error.issues.map((issue) => {
    if (issue.code !== 'unrecognized_keys') return `${fieldOf(issue.path) || 'the parameters'} ${wordsOf(issue)}`;
    const like = nearest(issue.keys[0] ?? '', known);
    return `${issue.keys.join(', ')} is no parameter${like === undefined ? '' : `; did you mean ${like}?`}`;
  });
  throw new CodedError(
    'INVALID_PARAMETERS',
    `experiment ${name}: ${sentences.join('; ')}`,
    `see penstock experiment run ${name} --help`,
    exitCodes.invalid,
  );
}
