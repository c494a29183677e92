import { fieldPaths, type StructuralSchema, schemaAt } from './structural.js';
import { nearest } from './suggestion.js';

/** The field that a user may have meant by an unknown one: a sibling with a like name, else one of this name elsewhere. */
export function fieldLike(name: string, parent: readonly PropertyKey[], schema: StructuralSchema): string | undefined {
  const siblings = Object.keys(schemaAt(schema, parent)?.properties ?? {});
  const sibling = nearest(name, siblings);
  if (sibling !== undefined) return sibling;
  for (const path of fieldPaths(schema)) {
    if (path[0] !== 'status' && path.at(-1)?.toLowerCase() === name.toLowerCase()) return path.join('.');
  }
  return undefined;
}
