import { z } from 'zod';
import { labelValue } from './fields.js';
import { keyed } from './schema/keyed.js';
import { ruled } from './schema/rule.js';
import { resources } from './size.js';

/** How the claims of several tenants share a pool: what they may ask for, and whose turn it is when stock is short. */

export const greatestPriority = 1000;
/** So many containers a pool starts cold within a minute, unless it says otherwise. */
export const defaultColdStarts = 600;

export const priority = z.int().min(-greatestPriority).max(greatestPriority);

const weight = z
  .int()
  .min(1)
  .max(1000)
  .optional()
  .describe('Its share beside those of other tenants: with 2 it gets twice as much as one with 1. Default: 1.');

const most = z
  .int()
  .min(0)
  .max(10_000)
  .optional()
  .describe('Containers of the pool that the claims of a tenant may hold at once, all together. Default: any number.');

export const tenants = z
  .strictObject({
    default: z
      .strictObject({ weight, maxContainers: most })
      .optional()
      .describe('Of each tenant that is not named, and of the claims that state none.'),
    named: keyed(
      'name',
      z.strictObject({
        name: labelValue.min(1).describe('As claims state it in spec.tenant.'),
        weight,
        maxContainers: most,
      }),
    )
      .max(256)
      .optional()
      .describe('Of some tenants; nothing of `default` holds for these.'),
  })
  .describe('What tenants get of the pool, and may hold of it.');

export const coldStarts = z
  .strictObject({
    perMinute: z
      .int()
      .min(1)
      .max(10_000)
      .default(defaultColdStarts)
      .describe('How many containers may be started for claims within any minute, all claims together.'),
  })
  .describe('Of claims with whenEmpty: Cold.');

export const shapeName = ruled(labelValue.min(1), {
  rule: "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
  message: 'must be the name of a shape: lower-case letters, digits and -',
  check: (name) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name),
});

export const shapes = keyed(
  'name',
  z.strictObject({
    name: shapeName.describe('As items of claims state it.'),
    resources: resources.describe("What the pod's main container is resized to, in place."),
  }),
)
  .max(64)
  .describe('Sizes with a name, for claims to ask for.');
