import type { Metadata } from '../../api/meta/metadata.js';
import type { Resource } from '../../api/meta/resource.js';
import type { Item } from './json.js';
import type { KindRules, Subresource } from './kinds/rules.js';

/** What of an update the store keeps from the object before, whatever the writer sent. All keep references. */

/** The server's own metadata: generation, uid, creationTimestamp, and the marks of a delete that has begun. */
export function withServerMetadata(object: Item, old: Item): Item {
  const { metadata } = object;
  const before = old.metadata;
  if (metadata === before) return object;
  const keep: Record<string, unknown> = {};
  for (const field of ['generation', 'uid', 'creationTimestamp', 'resourceVersion'] as const)
    if (metadata[field] !== before[field]) keep[field] = before[field];
  for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds'] as const)
    if (before[field] !== undefined && metadata[field] !== before[field]) keep[field] = before[field];
  // nobody here tracks field managers
  if (metadata.managedFields !== undefined) keep.managedFields = undefined;
  for (const _ in keep) return { ...object, metadata: defined({ ...metadata, ...keep }) };
  return object;
}

function defined(metadata: Metadata): Metadata {
  const result: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(metadata)) if (value !== undefined) result[field] = value;
  return result as unknown as Metadata;
}

/** Restricts an update to what its subresource covers: `status` to the status, the object itself to all but the status. */
export function withinSubresource(object: Item, old: Item, rules: KindRules, subresource: Subresource): Item {
  if (subresource === 'status') {
    const result = fieldsFrom(object, old, (field) => field !== 'status' && field !== 'metadata');
    // a custom resource's status endpoint leaves metadata alone; built-in kinds take labels and the like there too
    if (rules.origin === 'custom')
      return result.metadata === old.metadata ? result : { ...result, metadata: old.metadata };
    return result;
  }
  if (subresource !== 'finalize' && rules.hasStatus) return fieldsFrom(object, old, (field) => field === 'status');
  return object;
}

/** The object with the fields that `which` names as they were in `old`. */
export function fieldsFrom(object: Item, old: Item, which: (field: string) => boolean): Item {
  let result: Record<string, unknown> | undefined;
  for (const field in old) {
    if (object[field] === old[field] || !which(field)) continue;
    result ??= { ...object };
    result[field] = old[field];
  }
  for (const field in object) {
    if (old[field] !== undefined || !which(field)) continue;
    result ??= { ...object };
    delete result[field];
  }
  return (result as Item | undefined) ?? object;
}

/** Whether anything changed but metadata and status: what `metadata.generation` counts. */
export function specChanged(object: Item, old: Item): boolean {
  for (const field in object)
    if (field !== 'metadata' && field !== 'status' && object[field] !== old[field]) return true;
  for (const field in old) if (field !== 'metadata' && field !== 'status' && object[field] === undefined) return true;
  return false;
}

/** Whether anything changed but metadata. */
export const contentChanged = (object: Item, old: Item): boolean =>
  object.status !== old.status || specChanged(object, old);

/** Whether two states of an object are the same, where both share what they have in common. */
export function same(object: Item, old: Item): boolean {
  return object === old || (sameFields(object, old, 'metadata') && sameFields(object.metadata, old.metadata));
}

function sameFields(a: object, b: object, except?: string): boolean {
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const field in left) if (field !== except && left[field] !== right[field]) return false;
  for (const field in right)
    if (field !== except && left[field] === undefined && right[field] !== undefined) return false;
  return true;
}

/** An object of this kind with the mark of a version. */
export function stamped(object: Item, version: number): Item {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
}

/** `Item` as the type that its kind promises: the one place where the store trusts what it was given. */
export function typed<T extends Resource>(item: Item): T {
  return item as Resource as T;
}
