import type { StructuralSchema } from './structural.js';

const listMapKeys = 'x-kubernetes-list-map-keys';

/** Equality as CEL has it under a schema: the order of lists with keys does not count. Linear in the size of the values. */
export function equal(a: unknown, b: unknown, schema: StructuralSchema | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return equalLists(a, b, schema);
  if (!isObject(a) || !isObject(b) || Array.isArray(a) || Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) && equal(a[key], b[key], schema?.properties?.[key] ?? schema?.additionalProperties),
    )
  );
}

function equalLists(a: readonly unknown[], b: readonly unknown[], schema: StructuralSchema | undefined): boolean {
  if (a.length !== b.length) return false;
  const key = schema?.[listMapKeys]?.[0];
  if (key === undefined) return a.every((item, index) => equal(item, b[index], schema?.items));
  const keyOf = (item: unknown) => (isObject(item) ? item[key] : undefined);
  const byKey = new Map(b.map((item) => [keyOf(item), item]));
  return a.every((item) => byKey.has(keyOf(item)) && equal(item, byKey.get(keyOf(item)), schema?.items));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
