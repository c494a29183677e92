import { z } from 'zod';
import { longestQuantity, parseQuantity, unsignedQuantity } from '../support/quantity.js';
import { type Duration, durationPattern, hour, longestDuration, parseDuration, second } from '../support/time.js';
import { keyed } from './schema/keyed.js';
import { ruled } from './schema/rule.js';

/** The fields that several kinds share, each with the words that a user reads when it is wrong. */

/** Ten years: beyond any use, and far below what CEL and Go can hold. */
const longest = { text: '87600h', duration: 87_600 * hour };

const durationText = z
  .string()
  .max(longestDuration)
  .regex(durationPattern, { error: 'must be a duration such as 90s, 10m or 1h30m', abort: true });

/** CEL's `duration()` fails on other texts, and its words would stand beside those that say what is wrong. */
export const isDurationCel = (value: string) => `${value}.matches('${durationPattern.source}')`;

export const duration = ruled(durationText, {
  rule: `!${isDurationCel('self')} || duration(self) > duration('0s') && duration(self) <= duration('${longest.text}')`,
  message: `must be longer than 0s and at most ${longest.text}`,
  check: (text) => {
    const parsed = parseDuration(text);
    return parsed !== undefined && parsed > 0 && parsed <= longest.duration;
  },
});

/** The operator waits no longer for anything but the API server, whatever an object says. */
export const longestCall = { text: '30s', duration: 30 * second };

/** How long a call of the operator to something outside may take. */
export const callTimeout = ruled(durationText, {
  rule: `!${isDurationCel('self')} || duration(self) > duration('0s') && duration(self) <= duration('${longestCall.text}')`,
  message: `must be longer than 0s and at most ${longestCall.text}`,
  check: (text) => {
    const parsed = parseDuration(text);
    return parsed !== undefined && parsed > 0 && parsed <= longestCall.duration;
  },
});

/** As it counts: objects that were stored before there was a limit may say more. */
export const callTimeoutOf = (text: string): Duration =>
  Math.min(parseDuration(text) ?? longestCall.duration, longestCall.duration);

/** How long a container lives: what ends it counts in whole seconds. */
export const lifetime = ruled(durationText, {
  rule: `!${isDurationCel('self')} || duration(self) >= duration('1s') && duration(self) <= duration('${longest.text}')`,
  message: `must be at least 1s and at most ${longest.text}`,
  check: (text) => {
    const parsed = parseDuration(text);
    return parsed !== undefined && parsed >= second && parsed <= longest.duration;
  },
});

/** As in a Job; at most a year. */
export const ttlSecondsAfterFinished = z.int().min(0).max(31_536_000);

/** Text of at most `longest` characters, counted as the API server counts them: by code point. */
export const text = (most: number) =>
  z
    .string()
    .refine((value) => value.length <= most || codePoints(value) <= most, {
      error: `must have at most ${most} characters`,
      params: { reason: 'FieldValueTooLong' },
    })
    .meta({ maxLength: most });

/** The number of Unicode code points: what CEL's `size` and `maxLength` count. */
export function codePoints(value: string): number {
  let pairs = 0;
  for (let i = 0; i < value.length - 1; i++) {
    const high = value.charCodeAt(i);
    if (high < 0xd800 || high > 0xdbff) continue;
    const low = value.charCodeAt(i + 1);
    if (low >= 0xdc00 && low <= 0xdfff) pairs++;
  }
  return value.length - pairs;
}

/** A DNS-1123 subdomain: what Kubernetes takes as the name of most objects. */
export const objectName = z
  .string()
  .min(1)
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'must be the name of an object: lower-case letters, digits, - and .',
  );

/** The name of an object of ours: pods carry it as the value of a label. */
export const ownName = objectName.max(63);

export const labelValue = z
  .string()
  .max(63)
  .regex(
    /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/,
    'must be a label value: letters, digits, -, _ and ., at most 63',
  );

const quantityMessage = 'must be a quantity of 0 or more, such as 500m or 2Gi';

const quantityText = z
  .string()
  .max(longestQuantity, { error: quantityMessage, abort: true })
  .regex(unsignedQuantity, quantityMessage);
const quantityBounds = { pattern: unsignedQuantity.source, minimum: 0, maxLength: longestQuantity };

export const quantity = z
  .union([quantityText, z.int().min(0)], { error: quantityMessage })
  .meta({ intOrString: quantityBounds })
  .describe('A resource quantity, such as 500m or 2Gi.');

/** A quantity as Kubernetes' own kinds take it: there a number may be a fraction, such as `cpu: 0.5`. */
export const templateQuantity = z
  .union([quantityText, z.number().min(0)], { error: quantityMessage })
  .meta({ numberOrString: quantityBounds });

/** Whether one quantity is at most another; true where either is missing or none. */
export function atMost(a: string | number | undefined, b: string | number | undefined): boolean {
  const [low, high] = [parseQuantity(a ?? ''), parseQuantity(b ?? '')];
  return low === undefined || high === undefined || low <= high;
}

const condition = z.strictObject({
  type: z.string().max(316).describe('What it says something about.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Whether it holds.'),
  observedGeneration: z.int().min(0).optional().describe('The generation of the object that was looked at.'),
  lastTransitionTime: z.string().meta({ format: 'date-time' }).describe('When its status last changed.'),
  reason: z.string().max(1024).describe('Why, in one word for programs.'),
  message: z.string().max(32768).describe('Why, in a sentence for people.'),
});

export const conditions = keyed('type', condition).max(16);

export const count = z.int().min(0);
