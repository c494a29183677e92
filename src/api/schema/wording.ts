import type { z } from 'zod';
import type { FieldReason } from './rule.js';

/** Zod's issues in the words of this project: `must be 0 or more, is -3`, to be read after the field's name. */

type Issue = z.core.$ZodIssue;

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

const units: Readonly<Record<string, string>> = { string: 'character', array: 'item', set: 'item', map: 'entry' };

export function reasonOf(issue: Issue): FieldReason | 'UnknownField' {
  if (issue.code === 'unrecognized_keys') return 'UnknownField';
  if (isMissing(issue)) return 'FieldValueRequired';
  if (issue.code === 'invalid_type') return 'FieldValueTypeInvalid';
  if (issue.code === 'invalid_value') return 'FieldValueNotSupported';
  if (issue.code === 'too_big') return tooBig[issue.origin] ?? 'FieldValueInvalid';
  return issue.code === 'custom' ? reasonFrom(issue.params?.['reason']) : 'FieldValueInvalid';
}

const isMissing = ({ code, input }: Issue) =>
  input === undefined && (code === 'invalid_type' || code === 'invalid_value' || code === 'invalid_union');

const tooBig: Readonly<Record<string, FieldReason>> = { string: 'FieldValueTooLong', array: 'FieldValueTooMany' };

const reasons: readonly FieldReason[] = [
  'FieldValueForbidden',
  'FieldValueRequired',
  'FieldValueDuplicate',
  'FieldValueTooLong',
  'FieldValueTooMany',
];

const reasonFrom = (given: unknown): FieldReason => reasons.find((known) => known === given) ?? 'FieldValueInvalid';

export function wordsOf(issue: Issue): string {
  if (isMissing(issue)) return 'is required';
  const { code } = issue;
  if (code === 'invalid_type')
    return `must be ${typeWords[issue.expected] ?? issue.expected}, is ${shown(issue.input)}`;
  if (code === 'invalid_value') return `must be ${either(issue.values.map(String))}, is ${shown(issue.input)}`;
  if (code === 'too_small') return small(issue);
  if (code === 'too_big') return big(issue);
  return code === 'invalid_format' || code === 'invalid_union'
    ? `${issue.message}, is ${shown(issue.input)}`
    : issue.message;
}

function small({ origin, minimum, input }: Extract<Issue, { code: 'too_small' }>): string {
  const unit = units[origin];
  if (unit === undefined) return `must be ${minimum} or more, is ${shown(input)}`;
  if (Number(minimum) === 1) return 'must not be empty';
  return `must have at least ${minimum} ${unit}s, has ${sizeOf(input)}`;
}

function big({ origin, maximum, input }: Extract<Issue, { code: 'too_big' }>): string {
  const unit = units[origin];
  if (unit === undefined) return `must be at most ${maximum}, is ${shown(input)}`;
  return `must have at most ${maximum} ${unit}s, has ${sizeOf(input)}`;
}

const sizeOf = (value: unknown) => (typeof value === 'string' || Array.isArray(value) ? value.length : 'more');

const longestShown = 60;

/** A value as an error message quotes it. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length <= longestShown ? json : `${json.slice(0, longestShown)}…`;
}

/** `a, b or c` */
export function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
