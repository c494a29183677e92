import type { z } from 'zod';
import type { StructuralSchema } from './structural.js';

/** The API server's words for what is wrong with a field. */
export type FieldReason =
  | 'FieldValueInvalid'
  | 'FieldValueForbidden'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueNotSupported'
  | 'FieldValueTypeInvalid'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany';

/**
 * What must hold beyond types and ranges, said once for both who check it: as CEL for an API server, as a function for
 * this program. A rule stands with the schema of the value that it is about; both see that value with its defaults.
 */
export interface Rule<Value> {
  /** CEL over `self`; goes into the CRD. Its estimated cost must fit the API server's budget. */
  readonly rule: string;
  readonly check: (value: Value) => boolean;
  /** Follows the field's name: `must be …`. */
  readonly message: string;
  /** The message with the numbers in it. Not in the CRD: in CEL, making texts of numbers exceeds the budget. */
  readonly detail?: (value: Value) => string;
  /** The field within the value that the message is about; the value itself when absent. */
  readonly field?: string;
  /** Default `FieldValueInvalid`. */
  readonly reason?: FieldReason;
}

/** What must hold between an object and its successor: CEL over `self` and `oldSelf`. */
export interface Transition {
  readonly rule: string;
  readonly check: (value: unknown, old: unknown, schema: StructuralSchema | undefined) => boolean;
  readonly message: string;
  /** The field of the object that `self` is. */
  readonly field: 'spec';
  readonly reason: FieldReason;
}

/** An entry of `x-kubernetes-validations`. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
  readonly fieldPath?: string;
  readonly reason?: string;
}

export function celOf({ rule, message, field, reason }: Omit<Rule<never>, 'check' | 'detail'>): CelRule {
  return {
    rule,
    message,
    ...(field !== undefined && { fieldPath: `.${field}` }),
    ...(reason !== undefined && { reason }),
  };
}

/** The key of a schema's metadata under which its rules travel into the CRD. */
export const validationsKey = 'x-kubernetes-validations';

/** A schema whose values must also obey these rules. They are checked on values whose types and lengths are right. */
export function ruled<Schema extends z.ZodType>(schema: Schema, ...rules: readonly Rule<z.output<Schema>>[]): Schema {
  return schema
    .superRefine((value, context) => {
      for (const rule of rules) {
        if (rule.check(value)) continue;
        context.addIssue({
          code: 'custom',
          path: rule.field === undefined ? [] : [rule.field],
          message: rule.detail?.(value) ?? rule.message,
          params: { reason: rule.reason ?? 'FieldValueInvalid' },
        });
      }
    })
    .meta({ [validationsKey]: rules.map(celOf) });
}
