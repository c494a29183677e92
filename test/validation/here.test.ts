import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containerClaim, containerMigration, containerPool, productionLine } from '../../src/api/definitions.js';
import { validate, withDefaults } from '../../src/api/validation.js';
import { wrongClaims, wrongLines, wrongMigrations, wrongPools } from './mutations.js';
import { validClaim, validLine, validMigration, validPool } from './objects.js';

/** The same objects as in agreement.test.ts, without an API server. */
describe.each([
  { definition: containerClaim, valid: validClaim, wrong: wrongClaims },
  { definition: containerPool, valid: validPool, wrong: wrongPools },
  { definition: productionLine, valid: validLine, wrong: wrongLines },
  { definition: containerMigration, valid: validMigration, wrong: wrongMigrations },
])('$definition.kind.name', ({ definition, valid, wrong }) => {
  it('is right as generated, and has the defaults that its type promises', () => {
    fc.assert(
      fc.property(valid, (object) => {
        expect(validate(definition, object)).toEqual([]);
        const filled = withDefaults(definition, object);
        expect(filled).toEqual(definition.schema.parse(object));
        expect(withDefaults(definition, filled)).toBe(filled);
        expect(validate(definition, filled, object)).toEqual([]);
      }),
    );
  });

  it.each(wrong)('is refused with $what', ({ apply }) => {
    fc.assert(
      fc.property(valid, (object) => {
        const wronged = apply(object);
        expect(typeof wronged === 'object' && wronged !== null && validate(definition, wronged)).not.toEqual([]);
      }),
      { numRuns: 10 },
    );
  });
});
