import { isObject, type JsonObject } from '../json.js';

/** JSON Merge Patch (RFC 7396): null deletes, objects are merged, everything else is replaced. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const before: JsonObject = isObject(target) ? target : {};
  const result: Record<string, unknown> = { ...before };
  for (const [field, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) delete result[field];
    else result[field] = applyMergePatch(before[field], value);
  }
  return result;
}
