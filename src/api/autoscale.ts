import { z } from 'zod';
import { callTimeout, count, duration } from './fields.js';
import { ruled } from './schema/rule.js';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

export type Weekday = (typeof weekdays)[number];

/** By rule, not by range: an API server rounds the limits of a range for a value that is written as an integer, and takes 0. */
const hitRate = ruled(z.number(), {
  rule: 'self >= 0.5 && self <= 0.9999',
  message: 'must be from 0.5 to 0.9999, such as 0.99 for 99 %',
  check: (share) => share >= 0.5 && share <= 0.9999,
});

const timeOfDay = z
  .string()
  .max(5)
  .regex(/^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/, 'must be a time of day such as 08:30, at most 24:00');

const webhook = z
  .strictObject({
    url: z
      .string()
      .max(2048)
      .regex(/^https?:\/\/[^\s/@]+(\/\S*)?$/, 'must be a URL such as https://sizes.example.com/pools, without a user')
      .describe('Where it is.'),
    timeout: callTimeout
      .default('5s')
      .describe('Without an answer by then, 30s at most, the stock stays as large as it is.'),
    caBundle: z
      .string()
      .max(65_536)
      .regex(/^-----BEGIN CERTIFICATE-----/, 'must be certificates in PEM, beginning with -----BEGIN CERTIFICATE-----')
      .optional()
      .describe('Certificates in PEM that vouch for the server, instead of those that the operator trusts.'),
  })
  .describe(
    'Instead of the forecast: a program that is asked once a minute how large the stock is to be, with a POST of JSON. What `min`, `max`, `schedules` and `change` say holds all the same.',
  );

/** @param largest the greatest stock of a pool */
export const autoscaleOf = (largest: number) => {
  const size = z.int().min(0).max(largest);
  const change = z
    .strictObject({
      raisePerMinute: z.int().min(1).max(largest).default(1000).describe('By how much the stock may grow in a minute.'),
      lowerPerMinute: z.int().min(1).max(largest).default(10).describe('By how much it may shrink in a minute.'),
    })
    .describe('How fast the size may change.');
  const schedule = ruled(
    z.strictObject({
      days: ruled(z.array(z.enum(weekdays)).min(1).max(7), {
        rule: 'self.all(a, self.exists_one(b, a == b))',
        message: 'must be days that differ',
        reason: 'FieldValueDuplicate',
        check: (days) => new Set(days).size === days.length,
      })
        .optional()
        .describe('The days on which it begins. Without it every day.'),
      from: timeOfDay.describe('When it begins, such as 08:30.'),
      to: timeOfDay.describe('When it ends, such as 18:00; earlier than `from`: on the next day.'),
      min: size.describe('The stock is at least this large for so long.'),
    }),
    {
      rule: 'self.from != self.to',
      message: 'must differ from `from`; a whole day is from 00:00 to 24:00',
      field: 'to',
      check: ({ from, to }) => from !== to,
    },
  );
  return ruled(
    z.strictObject({
      hitRate: hitRate
        .default(0.99)
        .describe('The share of the containers asked for that are to be in stock when they are.'),
      min: size.default(0).describe('The stock is never smaller.'),
      max: z.int().min(1).max(largest).describe('The stock is never larger, whatever is asked for.'),
      leadTime: duration
        .optional()
        .describe(
          'How long a container takes from its creation until it is ready. Without it this is measured on those in stock.',
        ),
      change: change.prefault({}),
      webhook: webhook.optional(),
      schedules: z
        .array(schedule)
        .max(16)
        .default([])
        .describe('Times at which the stock has a minimum of its own, whatever demand was before.'),
      timeZone: z
        .string()
        .max(64)
        .regex(/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/, 'must be a time zone such as Europe/Berlin')
        .default('UTC')
        .describe('In which the times of `schedules` are told, such as Europe/Berlin.'),
    }),
    {
      rule: '!has(self.min) || self.min <= self.max',
      message: 'must be at most max',
      detail: ({ max }) => `must be at most max, which is ${max}`,
      field: 'min',
      check: ({ min, max }) => min <= max,
    },
    {
      rule: '!has(self.schedules) || self.schedules.all(s, s.min <= self.max)',
      message: 'must not have a min above max',
      field: 'schedules',
      check: ({ schedules, max }) => schedules.every(({ min }) => min <= max),
    },
  ).describe(
    'Sizes the stock from demand: as small as it may be for the promised hit rate. `replicas` is then the least stock of the first day, until demand is known.',
  );
};

/** What an operator says of how it has sized a stock. */
export const sizing = z.strictObject({
  stock: count.describe('The stock that demand asks for, within the limits.'),
  message: z.string().max(1024).describe('Why it is as large as that, in a sentence.'),
  changedAt: z.string().meta({ format: 'date-time' }).describe('When it was last changed.'),
  forecast: count.describe('The most that was expected to be asked for within one lead time when it was changed.'),
  forecaster: z.string().max(64).describe('What foretold that: the one that did best on recent demand.'),
  leadTime: z.string().max(32).describe('From the creation of a container until it is ready, as measured.'),
});
