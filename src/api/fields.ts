import { z } from 'zod';
import { durationPattern } from '../support/time.js';

/** The fields that several kinds share, each with the words that a user reads when it is wrong. */

export const duration = z.string().max(32).regex(durationPattern, 'must be a duration such as 90s, 10m or 1h30m');

/** A DNS-1123 subdomain: what Kubernetes takes as the name of most objects. */
export const objectName = z
  .string()
  .min(1)
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'must be the name of an object: lower-case letters, digits, - and .',
  );

export const labelValue = z
  .string()
  .max(63)
  .regex(
    /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/,
    'must be a label value: letters, digits, -, _ and ., at most 63',
  );

export const condition = z.strictObject({
  type: z.string().max(316),
  status: z.enum(['True', 'False', 'Unknown']),
  observedGeneration: z.int().min(0).optional(),
  lastTransitionTime: z.string().meta({ format: 'date-time' }),
  reason: z.string().max(1024),
  message: z.string().max(32768),
});

export const count = z.int().min(0);
