import { z } from 'zod';
import { ownName } from './fields.js';
import { selectorLabels } from './reserved.js';
import { ruled } from './schema/rule.js';

/** Which pools a claim may be served by: one by its name, or all that carry some labels. */
export const poolReference = ruled(
  z.strictObject({
    name: ownName.optional().describe('Its name.'),
    selector: z
      .strictObject({ matchLabels: selectorLabels.describe('Labels that a pool must carry, all of them.') })
      .optional()
      .describe('In place of a name: each item comes from the pool that wastes least on it, of those that have stock.'),
  }),
  {
    rule: 'has(self.name) != has(self.selector)',
    message: 'must be given unless selector is: a claim has one of the two, not both',
    detail: ({ name }) =>
      name === undefined ? 'is required, or selector in its place' : 'must not be given beside selector',
    field: 'name',
    reason: 'FieldValueRequired',
    check: ({ name, selector }) => (name === undefined) !== (selector === undefined),
  },
).describe('The pool to deliver from, or several; of the same namespace.');
