/** One operation of a JSON Patch (RFC 6902). Paths are JSON Pointers (RFC 6901). */
export type JsonOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string };

/**
 * The three patch types of the Kubernetes API: `json` is atomic and can test what it finds (a compare-and-swap), `merge` is
 * RFC 7396 (null deletes, lists are replaced), `strategic` merges lists by their keys (built-in kinds only).
 */
export type Patch =
  | { readonly type: 'json'; readonly operations: readonly JsonOperation[] }
  | { readonly type: 'merge' | 'strategic'; readonly body: object };

export const jsonPatch = (operations: readonly JsonOperation[]): Patch => ({ type: 'json', operations });
export const mergePatch = (body: object): Patch => ({ type: 'merge', body });
export const strategicPatch = (body: object): Patch => ({ type: 'strategic', body });

/**
 * Makes an object's status `after`: a merge patch leaves alone what it does not name, so it names what goes. The server
 * refuses it with Conflict unless the object is still the very version that was read: a status that was worked out from
 * an older one, or for another object of the name, must not come over a newer one, however late it arrives.
 */
export function statusPatch(
  { metadata, status }: { readonly metadata: { readonly resourceVersion: string }; readonly status?: object },
  after: object,
): Patch {
  return mergePatch({ metadata: { resourceVersion: metadata.resourceVersion }, status: replacing(status, after) });
}

/** A merge patch that makes `before` the same as `after`, also within it. */
function replacing(before: unknown, after: object): object {
  const gone = isMap(before) ? Object.keys(before).filter((field) => !Object.hasOwn(after, field)) : [];
  const kept = Object.entries(after).map(([field, value]: [string, unknown]) => [
    field,
    isMap(value) && isMap(before) ? replacing(Reflect.get(before, field), value) : value,
  ]);
  return { ...Object.fromEntries(gone.map((field) => [field, null])), ...Object.fromEntries(kept) };
}

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON Pointer of these steps, escaped. */
export function pointer(...steps: readonly (string | number)[]): string {
  return steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
