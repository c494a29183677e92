/** Reads of documents that come from outside: whatever is not as it should be is absent. */

export type Json = Readonly<Record<string, unknown>>;

/** More is no count: counters have 64 bits. */
const mostCount = 2 ** 64;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object in a field; an empty one when there is none. */
export function objectIn(object: Json, field: string): Json {
  const value = object[field];
  return isObject(value) ? value : empty;
}

/** The objects of the list in a field. */
export function objectsIn(object: Json, field: string): readonly Json[] {
  const value = object[field];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textIn(object: Json, field: string): string | undefined {
  const value = object[field];
  return typeof value === 'string' ? value : undefined;
}

/** A number that can be an amount or a counter: not negative, finite. Counters above 2^53 lose digits that no rate needs. */
export function countIn(object: Json, field: string): number | undefined {
  const value = object[field];
  return typeof value === 'number' && isCount(value) ? value : undefined;
}

export const isCount = (value: number): boolean => value >= 0 && value <= mostCount;

/** The object that a text is; `undefined` when it is none. */
export function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const empty: Json = {};
