import type { Column as KindColumn } from '../../api/columns.js';
import type { Resource } from '../../api/meta/resource.js';
import { type Instant, instantOf } from '../../support/time.js';
import { age } from './age.js';

/** A column of what a list prints. */
export interface Column<T> {
  readonly title: string;
  readonly value: (object: T, now: Instant) => string;
  /** Only with `-o wide`. */
  readonly wide?: boolean;
}

export const nameColumn: Column<Resource> = { title: 'NAME', value: ({ metadata }) => metadata.name };
export const namespaceColumn: Column<Resource> = {
  title: 'NAMESPACE',
  value: ({ metadata }) => metadata.namespace ?? '',
};
export const ageColumn: Column<Resource> = {
  title: 'AGE',
  value: ({ metadata }, now) => since(metadata.creationTimestamp, now),
};

/** The columns that `kubectl get` shows for a kind of ours. */
export function columnsOf(columns: readonly KindColumn[]): readonly Column<Resource>[] {
  return [nameColumn, ...columns.map(columnOf)];
}

function columnOf({ name, type, path, wide }: KindColumn): Column<Resource> {
  return {
    title: name.toUpperCase(),
    wide: wide === true,
    value: (object, now) => {
      const value = valueAt(object, path);
      const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
      return type === 'date' ? since(text, now) : text;
    },
  };
}

export function since(timestamp: string | undefined, now: Instant): string {
  const instant = instantOf(timestamp);
  return instant === undefined ? '<unknown>' : age(now - instant);
}

const step = /\.([A-Za-z]+)|\[\?\(@\.([A-Za-z]+)=="([^"]*)"\)\]/g;

/** What a column's JSONPath selects: fields, and the item of a list by one of its fields. */
function valueAt(object: unknown, path: string): unknown {
  let value = object;
  for (const [, field, key, wanted] of path.matchAll(step)) {
    if (field !== undefined) value = fieldOf(value, field);
    else if (key !== undefined)
      value = Array.isArray(value) ? value.find((item: unknown) => fieldOf(item, key) === wanted) : undefined;
  }
  return value;
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
}
