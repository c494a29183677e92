import type { Definition } from '../../../api/definition.js';
import { validate, withDefaults } from '../../../api/validation.js';
import type { Admission } from './rules.js';

/** What the schema of a kind's CRD makes an API server do with its objects. */
export const admissionOf = (definition: Definition): Admission => ({
  defaults: (object) => withDefaults(definition, object),
  validate: (object, old) => validate(definition, object, old),
});
