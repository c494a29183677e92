import type { Resource } from '../../api/meta/resource.js';

/** A JSON object that nobody may change. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Any object as the store sees it: an envelope and fields that it knows nothing about. */
export interface Item extends Resource {
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly [field: string]: unknown;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object; an empty one when it is something else. */
export function objectAt(value: unknown, ...path: readonly string[]): JsonObject {
  let at = value;
  for (const step of path) at = isObject(at) ? at[step] : undefined;
  return isObject(at) ? at : {};
}

/** The value as a list; an empty one when it is something else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The texts of a map; what is no text is left out. */
export const textMap = (map: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(map).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])));

/** The value for a message. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}

/** Whether a field with this value is kept when an object is stored. */
export type Keep = (field: string, value: unknown) => boolean;

/** What custom resources keep: everything that JSON can say. */
export const keepAll: Keep = () => true;

/** Map fields: an empty one is left out. Other empty objects (`emptyDir: {}`) mean something. */
const maps = new Set([
  'labels',
  'annotations',
  'nodeSelector',
  'matchLabels',
  'limits',
  'requests',
  'data',
  'binaryData',
  'capacity',
  'allocatable',
  'disruptedPods',
]);

/** Fields of Go's types that are left out when they are false or empty text. */
const omittedWhenZero = new Set([
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'stdin',
  'stdinOnce',
  'tty',
  'readOnly',
  'paused',
  'unschedulable',
  'value',
  'nodeName',
  'hostname',
  'subdomain',
  'serviceAccountName',
  'priorityClassName',
  'nominatedNodeName',
  'message',
  'reason',
  'hostIP',
  'podIP',
]);

/** What Go's typed objects keep when they are written out: no null, no empty list, no empty map, few zero values. */
export const keepTyped: Keep = (field, value) => {
  if (value === null) return false;
  if (value === '' || value === false) return !omittedWhenZero.has(field);
  if (Array.isArray(value)) return value.length > 0;
  if (!isObject(value) || !maps.has(field)) return true;
  for (const _ in value) return true;
  return false;
};

/** Within a map the fields are anybody's words. */
const keepInMap: Keep = () => true;

/** In metadata every kind is typed. */
function keepUnder(keep: Keep, field: string): Keep {
  if (field === 'metadata') return keepTyped;
  return keep === keepTyped && maps.has(field) ? keepInMap : keep;
}

/**
 * `incoming` as the store will have it: a copy that shares every part that equals the same part of `existing`, without
 * the fields that `keep` drops. Returns `existing` itself when nothing differs, so a change is found by comparing
 * references; what both already share is not looked at.
 */
export function adopt(incoming: unknown, existing: unknown, keep: Keep): unknown {
  if (incoming === existing || typeof incoming !== 'object' || incoming === null) return incoming;
  return Array.isArray(incoming)
    ? adoptList(incoming, existing, keep)
    : adoptObject(incoming as JsonObject, existing, keep);
}

function adoptList(incoming: readonly unknown[], existing: unknown, keep: Keep): unknown {
  const before = Array.isArray(existing) ? existing : undefined;
  let same = before?.length === incoming.length;
  const list = incoming.map((item, index) => {
    const adopted = adopt(item, before?.[index], keep);
    if (same && adopted !== before?.[index]) same = false;
    return adopted;
  });
  return same ? before : list;
}

function adoptObject(incoming: JsonObject, existing: unknown, keep: Keep): unknown {
  const before = isObject(existing) ? existing : undefined;
  const object: Record<string, unknown> = {};
  let same = before !== undefined;
  let size = 0;
  for (const field in incoming) {
    const value = incoming[field];
    if (value === undefined) continue;
    // Go reads a null among texts as an empty one
    const adopted = value === null && keep === keepInMap ? '' : adopt(value, before?.[field], keepUnder(keep, field));
    if (!keep(field, adopted)) continue;
    object[field] = adopted;
    size++;
    if (same && adopted !== before?.[field]) same = false;
  }
  if (!same || before === undefined) return object;
  let sizeBefore = 0;
  for (const _ in before) sizeBefore++;
  return size === sizeBefore ? before : object;
}

export function equal(a: unknown, b: unknown): boolean {
  return a === b || (typeof b === 'object' && adopt(a, b, keepAll) === b);
}

/** Freezes all of it; stops at what is frozen already, so a small change to a large object costs little. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
  return value;
}

/** Roughly how many bytes the value takes as JSON. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 4;
  let size = 2;
  if (Array.isArray(value)) for (const item of value) size += sizeOf(item) + 1;
  else for (const [field, item] of Object.entries(value)) size += field.length + 4 + sizeOf(item);
  return size;
}
