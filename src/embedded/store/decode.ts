import { parseQuantity } from '../../support/quantity.js';
import { isObject, type JsonObject, shown } from './json.js';

/** What a value must look like to be read at all. `texts` is a map of texts, `amount` a quantity, `intOrString` a `util.IntOrString`. */
export type Shape =
  | 'any'
  | 'text'
  | 'integer'
  | 'flag'
  | 'texts'
  | 'amount'
  | 'intOrString'
  | { readonly list: Shape }
  | { readonly values: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

export interface Misreadings {
  /** Paths of fields that the kind does not have. */
  readonly unknown: string[];
  /** The first value of a wrong type, in words. */
  mistyped: string | undefined;
}

/**
 * What cannot be read of `value`. Parts that are the same as in `old` were read before and are not looked at. Types are
 * looked at where `typed` says so of a path: those of a custom object's own fields are for its schema to judge.
 */
export function misreadings(value: unknown, old: unknown, shape: Shape, typed: (path: string) => boolean): Misreadings {
  const found: Search = { unknown: [], mistyped: undefined, typed };
  look(value, old, shape, '', found);
  return found;
}

interface Search extends Misreadings {
  readonly typed: (path: string) => boolean;
}

function look(value: unknown, old: unknown, shape: Shape, path: string, found: Search): void {
  if (value === old || value === null || value === undefined || shape === 'any') return;
  if (typeof shape === 'string') {
    if (!fits(value, shape)) mistyped(found, path, value, shape);
  } else if ('list' in shape) {
    if (!Array.isArray(value)) return mistyped(found, path, value, 'list');
    const before = Array.isArray(old) ? old : [];
    for (const [index, item] of value.entries()) look(item, before[index], shape.list, `${path}[${index}]`, found);
  } else if (!isObject(value)) mistyped(found, path, value, 'object');
  else lookInside(value, isObject(old) ? old : {}, shape, path, found);
}

type Structure = { readonly values: Shape } | { readonly fields: Readonly<Record<string, Shape>> };

function lookInside(value: JsonObject, old: JsonObject, shape: Structure, path: string, found: Search): void {
  for (const field in value) {
    if (value[field] === old[field]) continue;
    const below = path === '' ? field : `${path}.${field}`;
    const known = 'values' in shape ? shape.values : Object.hasOwn(shape.fields, field) && shape.fields[field];
    if (known) look(value[field], old[field], known, below, found);
    else found.unknown.push(below);
  }
}

function fits(value: unknown, shape: Exclude<Extract<Shape, string>, 'any'>): boolean {
  switch (shape) {
    case 'text':
      return typeof value === 'string';
    case 'integer':
      return Number.isInteger(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'amount':
      return (typeof value === 'string' || typeof value === 'number') && parseQuantity(value) !== undefined;
    case 'intOrString':
      return Number.isInteger(value) || typeof value === 'string';
    case 'texts':
      return isObject(value) && Object.values(value).every((item) => item === null || typeof item === 'string');
  }
}

function mistyped(found: Search, path: string, value: unknown, expected: string): void {
  if (!found.typed(path)) return;
  found.mistyped ??= `json: cannot unmarshal ${shown(value).slice(0, 64)} into field ${path}, which is of type ${expected}`;
}

/** The value without the fields that its shape does not have. */
export function pruned(value: unknown, shape: Shape): unknown {
  if (typeof shape === 'string') return value;
  if (Array.isArray(value)) return 'list' in shape ? value.map((item) => pruned(item, shape.list)) : value;
  if (!isObject(value) || 'list' in shape) return value;
  const result: Record<string, unknown> = {};
  for (const [field, item] of Object.entries(value)) {
    const known = 'values' in shape ? shape.values : Object.hasOwn(shape.fields, field) && shape.fields[field];
    if (known) result[field] = pruned(item, known);
  }
  return result;
}
