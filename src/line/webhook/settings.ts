import { z } from 'zod';
import { callTimeout, duration, longestCall, objectName, text } from '../../api/fields.js';
import { reservedKey } from '../../api/reserved.js';
import type { ProductionLineSpec } from '../../api/production-line.js';
import { ruled } from '../../api/schema/rule.js';
import { parseDuration } from '../../support/time.js';

/** Of a call to a user's program. Only lines state addresses: a claim can make the operator call nobody. */

const url = ruled(text(2048), {
  rule: "self.startsWith('http')",
  message: 'must be an http or https URL without a user in it, such as https://checks.team.svc/stage',
  check: (value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, username, password } = new URL(value);
    return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
  },
});

const key = text(253).min(1);

/** The headers by which HTTP itself works, and those that carry the signature, are not for settings. */
const ownHeaders = /^(host|content-length|content-type|transfer-encoding|connection|penstock-.*)$/i;
const header = z.string().regex(/^[-A-Za-z0-9]{1,64}$/, 'must be the name of a header');

export const target = z.strictObject({
  url: url.describe('Where to.'),
  headers: z
    .record(
      header,
      z
        .string()
        .max(1024)
        .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII'),
    )
    .refine(
      (all) => Object.keys(all).every((name) => !ownHeaders.test(name)),
      'must leave out headers of HTTP and of Penstock',
    )
    .optional()
    .describe('Headers of the call, beside its own.'),
  secret: z
    .strictObject({ name: objectName.describe('Its name.'), key: key.default('key').describe('The key in it.') })
    .optional()
    .describe(
      'A Secret of the same namespace with the key that signs the calls. The operator needs the rights of the feature secrets to read it.',
    ),
  caBundle: text(65_536)
    .optional()
    .describe('Certificates (PEM) of the authority of the server, where it is a private one.'),
  callTimeout: callTimeout.default('5s').describe('How long one call may take, at most 30s.'),
});

export const webhookSettings = target.extend({
  failurePolicy: z
    .enum(['Fail', 'Ignore'])
    .default('Fail')
    .describe(
      'What no verdict means (no answer in time, another code than 200, something else than a verdict). Fail: the container failed. Ignore: it is noted, and the container goes on.',
    ),
  breaker: z
    .strictObject({
      failures: z.int().min(1).max(1000).default(5).describe('So many calls in a row without a verdict open it.'),
      pause: duration.default('30s').describe('How long nobody is called then. After that one call probes.'),
    })
    .prefault({})
    .describe('Spares a program that does not answer, and the containers meanwhile: they wait.'),
  marks: z
    .strictObject({
      labels: allowed().describe('Labels.'),
      annotations: allowed().describe('Annotations.'),
    })
    .prefault({})
    .describe('What the verdict may set on the container, by key. None unless named here.'),
});

function allowed() {
  return z
    .array(key)
    .max(16)
    .refine(
      (keys) => keys.every((one) => !reservedKey.test(one)),
      'must not name keys that are reserved to the operator',
    )
    .default([]);
}

export type Target = z.output<typeof target>;
export type WebhookSettings = z.output<typeof webhookSettings>;

/** A line that was accepted before there was a limit for calls goes on, with the limit. */
export function withBoundedCalls(spec: ProductionLineSpec): ProductionLineSpec {
  const bounded = (key: string, value: unknown): unknown =>
    key === 'callTimeout' && typeof value === 'string' && (parseDuration(value) ?? 0) > longestCall.duration
      ? longestCall.text
      : value;
  return JSON.parse(JSON.stringify(spec, bounded));
}
