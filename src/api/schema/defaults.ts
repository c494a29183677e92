import type { StructuralSchema } from './structural.js';

/**
 * Fills in defaults as the API server does: nulls of fields count as not given, then what is missing and has a default
 * gets it, from the outside in. Works on any value, right or wrong; shares what it does not change.
 */
export function fillDefaults(value: unknown, schema: StructuralSchema): unknown {
  if (Array.isArray(value)) return schema.items ? fillList(value, schema.items) : value;
  if (typeof value !== 'object' || value === null) return value;
  return fillObject(value, schema);
}

function fillList(list: readonly unknown[], items: StructuralSchema): readonly unknown[] {
  let changed = false;
  const filled = list.map((item) => {
    const next = fillDefaults(item, items);
    changed ||= next !== item;
    return next;
  });
  return changed ? filled : list;
}

function fillObject(object: object, schema: StructuralSchema): object {
  let copy: Record<string, unknown> | undefined;
  const edit = () => (copy ??= { ...object });
  for (const [key, value] of Object.entries(object)) {
    const field = schema.properties?.[key] ?? schema.additionalProperties;
    if (!field) continue;
    if (value === null) delete edit()[key];
    else {
      const next = fillDefaults(value, field);
      if (next !== value) edit()[key] = next;
    }
  }
  for (const [key, field] of Object.entries(schema.properties ?? {})) {
    if (field.default === undefined || Object.hasOwn(copy ?? object, key)) continue;
    edit()[key] = fillDefaults(field.default, field);
  }
  return copy ?? object;
}
