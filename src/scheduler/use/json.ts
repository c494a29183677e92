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

/** None of the documents that are read here is deeper: a summary has eight levels. */
const deepest = 16;
/** None has more values, lists and objects: the summary of a node with two containers in each of 700 pods has as many. */
const mostParts = 200_000;

/** The object that a text is; `undefined` when it is none, or none that could have been meant. */
export function parseObject(text: string): Json | undefined {
  if (isExcessive(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a parser would take seconds, as it does for some megabytes of nothing but brackets. */
function isExcessive(text: string): boolean {
  let depth = 0;
  let parts = 0;
  let inText = false;
  for (let n = 0; n < text.length; n++) {
    const code = text.charCodeAt(n);
    if (inText) {
      if (code === backslash) n++;
      else if (code === quote) inText = false;
    } else if (code === quote) inText = true;
    else if (code === openList || code === openObject) {
      depth++;
      parts++;
    } else if (code === closeList || code === closeObject) depth--;
    else if (code === comma) parts++;
    if (depth > deepest || parts > mostParts) return true;
  }
  return false;
}

const [quote, comma, backslash] = [0x22, 0x2c, 0x5c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

const empty: Json = {};
