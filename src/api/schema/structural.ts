import { z } from 'zod';
import type { CelRule } from './rule.js';

/**
 * A structural schema: what a CRD may say of a value (`JSONSchemaProps`). Every value has one type or is an
 * int-or-string, unknown fields are dropped unless `x-kubernetes-preserve-unknown-fields` keeps them.
 */
export interface StructuralSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly maxLength?: number;
  readonly maxProperties?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly required?: readonly string[];
  readonly default?: NonNullable<unknown>;
  readonly 'x-kubernetes-preserve-unknown-fields'?: true;
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

type Loose = Record<string, unknown>;

/** The structural schema of what users write for a zod schema: before defaults are filled in. */
export function structural(schema: z.ZodType): StructuralSchema {
  return convert(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', reused: 'inline' }));
}

/** Keys that are said differently in a CRD, or not at all. */
const ours = new Set([
  'additionalProperties',
  'properties',
  'items',
  'anyOf',
  'intOrString',
  'numberOrString',
  'listMapKey',
  '$schema',
]);

/**
 * A number or a string. A structural schema has no such type: it takes anything, and then nothing but these two. What is said
 * of numbers holds for fractions too, which an int-or-string does not take.
 */
const numberOrStringOnly = {
  'x-kubernetes-preserve-unknown-fields': true,
  maxProperties: 0,
  maxItems: 0,
  not: { enum: [true, false, {}, []] },
} as const;

function convert(from: object): StructuralSchema {
  const source: Loose = { ...from };
  const { properties, additionalProperties, items, intOrString, numberOrString, listMapKey } = source;
  const plain = Object.entries(source).filter(([key, value]) => !ours.has(key) && !isSafeIntegerBound(value));
  return {
    ...Object.fromEntries(plain),
    ...(isObject(intOrString) && {
      ...intOrString,
      'x-kubernetes-int-or-string': true,
      anyOf: [{ type: 'integer' }, { type: 'string' }],
    }),
    ...(isObject(numberOrString) && { ...numberOrString, ...numberOrStringOnly }),
    ...(isObject(properties) && { properties: mapValues(properties, convertPart) }),
    ...(isObject(items) && { items: convert(items) }),
    ...(typeof listMapKey === 'string' && {
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': [listMapKey],
    }),
    ...unknownFields(additionalProperties),
  };
}

/** Loose objects keep what they do not know, records have a schema for it, strict objects are the rule in a CRD. */
function unknownFields(additional: unknown): StructuralSchema {
  if (!isObject(additional)) return {};
  return Object.keys(additional).length === 0
    ? { 'x-kubernetes-preserve-unknown-fields': true }
    : { additionalProperties: convert(additional) };
}

const isSafeIntegerBound = (value: unknown) => value === Number.MAX_SAFE_INTEGER || value === Number.MIN_SAFE_INTEGER;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const convertPart = (part: unknown): StructuralSchema => (isObject(part) ? convert(part) : {});

function mapValues<To>(object: object, to: (value: unknown) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, to(value)]));
}

/** The schema of the value at a path of a document; `undefined` where nothing is known of it. */
export function schemaAt(schema: StructuralSchema, path: readonly PropertyKey[]): StructuralSchema | undefined {
  let at: StructuralSchema | undefined = schema;
  for (const step of path) {
    at = typeof step === 'number' ? at?.items : (at?.properties?.[String(step)] ?? at?.additionalProperties);
  }
  return at;
}

/** The paths of all fields that have a name, without places in lists: `['spec', 'items', 'count']`. */
export function* fieldPaths(schema: StructuralSchema, above: readonly string[] = []): Generator<readonly string[]> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const path = [...above, name];
    yield path;
    yield* fieldPaths(field, path);
    if (field.items) yield* fieldPaths(field.items, path);
  }
}
