/** What is looked at before something is created. Loaded only then. */
import type { Definition } from '../api/definition.js';
import { validate } from '../api/validation.js';
import { CodedError, exitCodes } from '../support/errors.js';

export { containerClaim, containerMigration, containerPool } from '../api/definitions.js';
export { requireService } from './service.js';

/** Throws when the object is not valid, or may not follow `old`. */
export function check(definition: Definition, object: object, old?: object): void {
  const causes = validate(definition, object, old);
  if (causes.length === 0) return;
  const message = causes.map(({ field, message }) => (field ? `${field} ${message}` : message)).join('; ');
  const changed = old !== undefined;
  const what = `the ${definition.kind.name}${changed ? ' exists already with another spec' : ' is not valid'}`;
  throw new CodedError(
    changed ? 'IMMUTABLE' : 'INVALID',
    `${what}: ${message}`,
    undefined,
    changed ? exitCodes.conflict : exitCodes.invalid,
  );
}
