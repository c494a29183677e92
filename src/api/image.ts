import { z } from 'zod';
import { ruled } from './schema/rule.js';

export const imageName = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^\s]+$/, 'must be an image such as registry.example.com/app:1.2, without spaces');

/** Images that claims may ask for. */
export const images = ruled(z.array(imageName).max(32), {
  rule: 'self.all(a, self.exists_one(b, a == b))',
  message: 'must be images that differ',
  reason: 'FieldValueDuplicate',
  check: (names) => new Set(names).size === names.length,
}).describe(
  "Images that items of claims may ask for, beside the template's own: a container gets it in its place, by a restart of its main container.",
);
