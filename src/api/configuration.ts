import { z } from 'zod';
import { codePoints, text } from './fields.js';
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

const variable = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(256)
    .regex(
      /^[-._a-zA-Z][-._a-zA-Z0-9]*$/,
      'must be the name of a variable: letters, digits, _, - and ., no digit first',
    )
    .describe('Its name.'),
  value: text(65_536).regex(noNul, 'must not contain a NUL character').default('').describe('Its value.'),
});

export const env = keyed('name', variable)
  .max(256)
  .describe(`The container's environment. Shows in the container as the file ${ownFiles.env}.`);

const file = z.strictObject({
  name: fileName.describe('Its name below the mountPath of the pool.'),
  content: text(largestConfiguration).describe('What stands in it.'),
});

export const files = keyed('name', file)
  .max(64)
  .describe("Files for the container; the pool's configuration.files must name them.");

interface Configured {
  readonly env?: readonly { readonly name: string; readonly value: string }[] | undefined;
  readonly files?: readonly { readonly name: string; readonly content: string }[] | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/**
 * The bytes of annotations that an item's configuration becomes. It can exceed its characters, by what JSON escapes and
 * by letters of several bytes: the operator must refuse what a CRD's rule, which counts characters, lets pass.
 */
export function configurationBytes({ env = [], files = [], annotations = {} }: Configured): number {
  const texts = [
    JSON.stringify(Object.fromEntries(env.map(({ name, value }) => [name, value]))),
    ...files.flatMap(({ name, content }) => [name, content]),
    ...Object.entries(annotations).flat(),
  ];
  return texts.reduce((bytes, part) => bytes + Buffer.byteLength(part), 0);
}

/** Characters of environment, files and annotations: what a CRD's rule can afford to count. */
export function configurationLength({ env = [], files = [], annotations = {} }: Configured): number {
  let length = 0;
  for (const { name, value } of env) length += codePoints(name) + codePoints(value);
  for (const { name, content } of files) length += codePoints(name) + codePoints(content);
  for (const [key, value] of Object.entries(annotations)) length += codePoints(key) + codePoints(value);
  return length;
}

/** `configurationLength` in CEL, over an item. */
export const configurationLengthCel = [
  '(has(self.env) ? self.env.map(v, v.name.size() + v.value.size()).sum() : 0)',
  '(has(self.files) ? self.files.map(f, f.name.size() + f.content.size()).sum() : 0)',
  '(has(self.annotations) ? self.annotations.map(k, k.size() + self.annotations[k].size()).sum() : 0)',
].join(' + ');
