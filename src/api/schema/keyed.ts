import { z } from 'zod';

/** A list whose items are told apart by one of their fields (`x-kubernetes-list-type: map`): no two may share it. */
export function keyed<Key extends string, Item extends z.ZodType<{ readonly [Field in Key]: string }>>(
  key: Key,
  item: Item,
) {
  return z
    .array(item)
    .superRefine((list, context) => {
      const seen = new Set<string>();
      for (const [index, { [key]: name }] of list.entries()) {
        if (seen.has(name)) {
          context.addIssue({
            code: 'custom',
            path: [index],
            message: `must have a ${key} of its own, ${JSON.stringify(name)} is taken`,
            params: { reason: 'FieldValueDuplicate' },
          });
        }
        seen.add(name);
      }
    })
    .meta({ listMapKey: key });
}
