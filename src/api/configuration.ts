import { z } from 'zod';
import { codePoints, objectName, text } from './fields.js';
import { keyed } from './schema/keyed.js';
import { ruled } from './schema/rule.js';
import { either } from './schema/wording.js';

/** What a container is configured with when it is handed over: environment and files. */

/** The files in which every container finds its environment and what it was delivered as. */
export const ownFiles = { env: 'env.json', claimUid: 'claim-uid', index: 'index', item: 'item' } as const;

const ownFileNames: readonly string[] = Object.values(ownFiles);

/**
 * The most of configuration that one container takes. An object holds 262,144 bytes of annotations; the rest is left
 * to the template's and to our own.
 */
export const largestConfiguration = 204_800;

export const fileName = ruled(
  z
    .string()
    .min(1)
    .max(63)
    .regex(
      /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
      'must be a file name: letters, digits, -, _ and ., at most 63',
    ),
  {
    rule: `!(self in [${ownFileNames.map((name) => `'${name}'`).join(', ')}])`,
    message: `must not be ${either(ownFileNames)}: these the pool makes itself`,
    reason: 'FieldValueForbidden',
    check: (name) => !ownFileNames.includes(name),
  },
);

// the pattern of the CRD: RE2 has no \u0000 and no look-ahead
// oxlint-disable-next-line no-control-regex
const noNul = /^[^\x00]*$/;

/** What is not text: bytes in base64, as Kubernetes writes them in a Secret. */
const base64 = (most: number) =>
  text(most).regex(/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'must be base64');

const variable = ruled(
  z.strictObject({
    name: z
      .string()
      .min(1)
      .max(256)
      .regex(
        /^[-._a-zA-Z][-._a-zA-Z0-9]*$/,
        'must be the name of a variable: letters, digits, _, - and ., no digit first',
      )
      .describe('Its name.'),
    value: text(65_536).regex(noNul, 'must not contain a NUL character').optional().describe('Its value.'),
    valueBase64: base64(65_536)
      .optional()
      .describe('Its value, where it is not text: any bytes but NUL. Needs a latch.'),
  }),
  {
    rule: '!has(self.value) || !has(self.valueBase64)',
    message: 'must not be set beside value',
    field: 'valueBase64',
    check: ({ value, valueBase64 }) => value === undefined || valueBase64 === undefined,
  },
);

export const env = keyed('name', variable)
  .max(256)
  .describe(`The container's environment; without a latch it shows in the container as the file ${ownFiles.env}.`);

export const secret = z
  .strictObject({ name: objectName.describe('Its name.') })
  .describe(
    "A Secret of the claim's namespace, copied for each container and shown at the pool's configuration.secretPath.",
  );

const file = ruled(
  z.strictObject({
    name: fileName.describe('Its name below the mountPath of the pool.'),
    content: text(largestConfiguration).optional().describe('What stands in it.'),
    contentBase64: base64(273_068)
      .optional()
      .describe('What stands in it, where that is not text: any bytes. Needs a latch.'),
    mode: z
      .string()
      .max(4)
      .regex(/^0?[0-7]{3}$/, 'must be a file mode in quotes, such as "0600"')
      .optional()
      .describe('Its permissions, in octal and in quotes, such as "0600". Default "0644". Needs a latch.'),
  }),
  {
    rule: 'has(self.content) != has(self.contentBase64)',
    message: 'must have either content or contentBase64',
    check: ({ content, contentBase64 }) => (content === undefined) !== (contentBase64 === undefined),
  },
);

export const files = keyed('name', file)
  .max(64)
  .describe("Files for the container; without a latch the pool's configuration.files must name them.");

export interface Configured {
  readonly env?:
    | readonly {
        readonly name: string;
        readonly value?: string | undefined;
        readonly valueBase64?: string | undefined;
      }[]
    | undefined;
  readonly files?:
    | readonly {
        readonly name: string;
        readonly content?: string | undefined;
        readonly contentBase64?: string | undefined;
      }[]
    | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** A variable's value, or a file's content, as bytes. */
export function bytesOf(text: string | undefined, base64: string | undefined): Buffer {
  return base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64');
}

/**
 * The bytes of annotations that an item's configuration becomes without a latch. It can exceed its characters, by what
 * JSON escapes and by letters of several bytes: the operator must refuse what a CRD's rule, which counts characters, lets
 * pass.
 */
export function configurationBytes({ env = [], files = [], annotations = {} }: Configured): number {
  const texts = [
    JSON.stringify(Object.fromEntries(env.map(({ name, value }) => [name, value ?? '']))),
    ...files.flatMap(({ name, content }) => [name, content ?? '']),
    ...Object.entries(annotations).flat(),
  ];
  return texts.reduce((bytes, part) => bytes + Buffer.byteLength(part), 0);
}

/** Characters of environment, files and annotations: what a CRD's rule can afford to count. */
export function configurationLength({ env = [], files = [], annotations = {} }: Configured): number {
  let length = 0;
  for (const { name, value = '', valueBase64 = '' } of env) length += codePoints(name + value + valueBase64);
  for (const { name, content = '', contentBase64 = '' } of files) length += codePoints(name + content + contentBase64);
  for (const [key, value] of Object.entries(annotations)) length += codePoints(key) + codePoints(value);
  return length;
}

const sizeCel = (field: string) => `(has(${field}) ? ${field}.size() : 0)`;

/** `configurationLength` in CEL, over an item. */
export const configurationLengthCel = [
  `(has(self.env) ? self.env.map(v, v.name.size() + ${sizeCel('v.value')} + ${sizeCel('v.valueBase64')}).sum() : 0)`,
  `(has(self.files) ? self.files.map(f, f.name.size() + ${sizeCel('f.content')} + ${sizeCel('f.contentBase64')}).sum() : 0)`,
  '(has(self.annotations) ? self.annotations.map(k, k.size() + self.annotations[k].size()).sum() : 0)',
].join(' + ');
