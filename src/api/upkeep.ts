import { z } from 'zod';
import { duration } from './fields.js';
import { ruled } from './schema/rule.js';

/** How the stock of a pool is kept fit: replaced when its template changes, and when a container is not what it was. */

/** @param largest the greatest stock of a pool */
export const renewalOf = (largest: number) =>
  ruled(
    z.strictObject({
      maxUnavailable: z
        .int()
        .min(0)
        .max(largest)
        .default(10)
        .describe('How far ready stock may fall below `replicas` while it is renewed.'),
      maxSurge: z
        .int()
        .min(0)
        .max(largest)
        .default(10)
        .describe('How far the stock may exceed `replicas` while it is renewed.'),
      progressDeadline: duration
        .default('10m')
        .describe(
          'One container of a new template must be ready by then, counted from the change; else the renewal has failed. Ready stock of the template before stays until one is.',
        ),
      onFailure: z
        .enum(['Keep', 'RollBack'])
        .default('Keep')
        .describe(
          'What becomes of a renewal that has failed. Keep: it is tried on, and the pool says so. RollBack: stock is made from the last template that worked, until the template changes again.',
        ),
    }),
    {
      // the API server tries rules on defaults, too, before it fills in those within
      rule: '!has(self.maxUnavailable) || !has(self.maxSurge) || self.maxUnavailable > 0 || self.maxSurge > 0',
      message: 'must leave room to renew: maxUnavailable and maxSurge cannot both be 0',
      check: ({ maxUnavailable, maxSurge }) => maxUnavailable > 0 || maxSurge > 0,
    },
  ).describe('How stock that was made from an older template is replaced. Delivered containers are left alone.');

export const audit = z
  .strictObject({
    unhealthyAfter: duration
      .default('30s')
      .describe('A container in stock that was ready, and has not been for so long, is replaced.'),
    maxRestarts: z
      .int()
      .min(0)
      .max(1000)
      .default(3)
      .describe('A container in stock that has restarted more often than this is replaced.'),
  })
  .describe(
    'Which containers in stock are replaced although they were ready once: also those that have expired, and those on a node that is cordoned or otherwise to be emptied. Each gets its replacement first, within renewal.maxSurge. Delivered containers are left alone.',
  );

export const defaultAudit = audit.parse({});

export const renewalStatus = z.strictObject({
  template: z.string().max(63).describe('The fingerprint of the template that the stock is to have.'),
  since: z
    .string()
    .meta({ format: 'date-time' })
    .optional()
    .describe('When it began to count; absent while no stock is made.'),
  provenAt: z
    .string()
    .meta({ format: 'date-time' })
    .optional()
    .describe('When the first container of it was seen ready.'),
});
