import type { z } from 'zod';
import type { Definition } from './definition.js';
import type { Cause } from './meta/cause.js';
import { fillDefaults } from './schema/defaults.js';
import { schemaAt } from './schema/structural.js';
import { fieldLike } from './schema/field-like.js';
import { nearest } from './schema/suggestion.js';
import { reasonOf, wordsOf } from './schema/wording.js';

/** A cause with its field as steps, for those who look the place up. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly reason: string;
  readonly message: string;
}

/** The object with all defaults in place, as an API server stores it. Takes any object, right or wrong. */
export function withDefaults<Value extends object>(definition: Definition, object: Value): Value {
  const filled = fillDefaults(object, definition.structural);
  // defaults add fields and drop nulls that the type of a valid object does not have
  return filled as Value;
}

/**
 * Everything that is wrong with an object, in the order of its schema; empty when an API server with our CRDs accepts it.
 * With `old`, also what may not change. Unknown fields have the reason `UnknownField`.
 */
export function validate(definition: Definition, object: object, old?: object): readonly Cause[] {
  return inspect(definition, object, old).map(({ path, reason, message }) => ({
    field: fieldOf(path),
    reason,
    message,
  }));
}

/** `validate`, with paths. */
export function inspect(definition: Definition, object: object, old?: object): readonly Finding[] {
  const filled = withDefaults(definition, object);
  const { error } = definition.schema.safeParse(filled, { reportInput: true });
  const findings = (error?.issues ?? []).flatMap((issue) => findingsOf(issue, definition));
  if (old) findings.push(...changes(definition, filled, withDefaults(definition, old)));
  return findings;
}

function findingsOf(issue: z.core.$ZodIssue, definition: Definition): readonly Finding[] {
  const reason = reasonOf(issue);
  if (issue.code !== 'unrecognized_keys') {
    return [{ path: issue.path, reason, message: withSuggestion(issue) }];
  }
  return issue.keys.map((key) => {
    const like = fieldLike(key, issue.path, definition.structural);
    return {
      path: [...issue.path, key],
      reason,
      message:
        like === undefined ? 'is not a field of this kind' : `is not a field of this kind; did you mean \`${like}\`?`,
    };
  });
}

function withSuggestion(issue: z.core.$ZodIssue): string {
  const words = wordsOf(issue);
  if (issue.code !== 'invalid_value' || typeof issue.input !== 'string') return words;
  const like = nearest(issue.input, issue.values.map(String));
  return like === undefined ? words : `${words}; did you mean \`${like}\`?`;
}

function changes({ transitions, structural }: Definition, object: object, old: object): readonly Finding[] {
  return transitions
    .filter(({ field, check }) => {
      const [now, before] = [Reflect.get(object, field), Reflect.get(old, field)];
      return now !== undefined && before !== undefined && !check(now, before, schemaAt(structural, [field]));
    })
    .map(({ field, reason, message }) => ({ path: [field], reason, message }));
}

/** A path as the API server writes it: `spec.items[0].labels.example.com/app`. */
export function fieldOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      return index === 0 ? String(step) : `.${String(step)}`;
    })
    .join('');
}
