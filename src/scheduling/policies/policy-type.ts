import type { z } from 'zod';
import { nearest } from '../../api/schema/suggestion.js';
import { wordsOf } from '../../api/schema/wording.js';
import { fieldOf } from '../../api/validation.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import type { Policy } from './policy.js';

/** A policy as configurations name it: one file beside this, one line in `index.ts`. */
export interface PolicyType {
  readonly name: string;
  /** What it does, in a sentence or two. */
  readonly about: string;
  readonly settings: z.ZodType;
  /**
   * The policy with these settings; absent ones have their defaults.
   * @throws CodedError `INVALID_POLICY_SETTINGS`
   */
  create(settings?: unknown): Policy;
}

interface Given<Settings extends z.ZodObject> {
  readonly name: string;
  readonly about: string;
  readonly settings: Settings;
  create(settings: z.output<Settings>): Policy;
}

export function policyType<Settings extends z.ZodObject>(given: Given<Settings>): PolicyType {
  const { name, settings: schema } = given;
  return {
    ...given,
    create(settings = {}) {
      const { data, error } = schema.safeParse(settings, { reportInput: true });
      if (!error) return given.create(data);
      const sentences = error.issues.map((issue) => sentenceOf(issue, Object.keys(schema.shape)));
      throw new CodedError(
        'INVALID_POLICY_SETTINGS',
        `policy ${name}: ${sentences.join('; ')}`,
        undefined,
        exitCodes.invalid,
      );
    },
  };
}

function sentenceOf(issue: z.core.$ZodIssue, known: readonly string[]): string {
  const at = (path: readonly PropertyKey[]) => fieldOf(['settings', ...path]);
  if (issue.code !== 'unrecognized_keys') return `${at(issue.path)} ${wordsOf(issue)}`;
  const there = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
  return issue.keys
    .map((key) => {
      const field = `${at([...issue.path, key])} is not a setting`;
      if (issue.path.length > 0) return field;
      const like = nearest(key, known);
      return `${field} of this policy${like === undefined ? ` (${there})` : `; did you mean ${like}?`}`;
    })
    .join('; ');
}
