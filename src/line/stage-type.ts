import type { z } from 'zod';
import type { ChainName, StageEntry } from '../api/production-line.js';
import { wordsOf } from '../api/schema/wording.js';
import { fieldOf } from '../api/validation.js';
import type { Executor } from '../cluster/executor.js';
import type { BackgroundCalls, HttpClient } from '../runtime/index.js';
import type { Random } from '../support/random.js';
import type { Stage } from './stage.js';

/** What stages may use besides the cluster: made once for an operator. */
export interface Workshop {
  readonly random: Random;
  /** By which stages wait for what is outside: no reconcile does. */
  readonly calls: BackgroundCalls;
  /** Absent where this program must not call anybody. */
  readonly http?: HttpClient | undefined;
  /** Absent where no programs run in the containers: on the embedded cluster. */
  readonly executor?: Executor | undefined;
}

/** Where in a line a stage stands. */
export interface Place {
  /** What it is called there. */
  readonly name: string;
  /** The chain's name. */
  readonly chain: ChainName;
  /** The version of the line; `undefined`: the built-in one. */
  readonly version: string | undefined;
  /** The stages after it. */
  readonly following: readonly Pick<Stage<unknown>, 'name' | 'prepare'>[];
}

/** A stage as users can put it into a line: one file below `stages/`, one line in `stages/registry.ts`. */
export interface StageType<Made> {
  readonly name: string;
  /** For docs/reference/stages.md. */
  readonly about: string;
  readonly settings: z.ZodType;
  /** The retries that it has unless the line says otherwise. */
  readonly retries?: StageEntry['retries'];
  /** The time-out that it has unless the line says otherwise. */
  readonly timeout?: string;
  /** The stage with these settings, or what is wrong with them: each a sentence that begins with the field. */
  make(settings: unknown, workshop: Workshop, place: Place): Made | readonly string[];
}

interface Given<Made, Settings extends z.ZodType> {
  readonly name: string;
  readonly about: string;
  readonly settings: Settings;
  readonly retries?: StageEntry['retries'];
  readonly timeout?: string;
  make(settings: z.output<Settings>, workshop: Workshop, place: Place): Made;
}

export function stageType<Made, Settings extends z.ZodType>(given: Given<Made, Settings>): StageType<Made> {
  return {
    ...given,
    make(settings, workshop, place) {
      const { data, error } = given.settings.safeParse(settings ?? {}, { reportInput: true });
      return error ? error.issues.map(sentenceOf) : given.make(data, workshop, place);
    },
  };
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  const at = (path: readonly PropertyKey[]) => fieldOf(['settings', ...path]);
  if (issue.code !== 'unrecognized_keys') return `${at(issue.path)} ${wordsOf(issue)}`;
  return issue.keys.map((key) => `${at([...issue.path, key])} is not a setting of this stage`).join('; ');
}
