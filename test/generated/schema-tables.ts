/** Tables of what can be set, from schemas: for the pages about configurations. */
import { z } from 'zod';

type Schema = z.core.JSONSchema.BaseSchema;

export const schemaOf = (schema: z.ZodType): Schema => z.toJSONSchema(schema, { io: 'input', reused: 'inline' });

export const objectOf = (schema: unknown): Schema => (isSchema(schema) ? schema : {});

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;

export const wordOf = (schema: unknown): string => String(objectOf(schema).const);

/** The sources of use, a section each. */
export const useSections = (use: unknown): string =>
  (objectOf(use).oneOf ?? []).map((source) => sourceSection(objectOf(source))).join('\n\n');

function sourceSection(schema: Schema): string {
  const { source, ...properties } = schema.properties ?? {};
  const table =
    Object.keys(properties).length === 0 ? [] : [`| field | what it is |\n|---|---|\n${rows({ properties })}`];
  return [`### source: ${wordOf(source)}`, schema.description ?? '', ...table].join('\n\n');
}

export function rows(schema: Schema): string {
  return [...fields(schema, '')]
    .map(([path, { description = '', default: value, enum: values, anyOf }]) => {
      const about = description === '' ? (objectOf(anyOf?.[0]).description ?? '') : description;
      const choice = values ? ` One of ${values.map((one) => `\`${String(one)}\``).join(', ')}.` : '';
      const given = value === undefined || typeof value === 'object' ? '' : ` Default \`${JSON.stringify(value)}\`.`;
      return `| \`${path}\` | ${about}${choice}${given} |`;
    })
    .join('\n');
}

/** Fields in fields too; a field that may be an object or something else counts as one. */
function* fields(schema: Schema, above: string): Generator<readonly [path: string, schema: Schema]> {
  for (const [name, one] of Object.entries(schema.properties ?? {})) {
    const field = objectOf(one);
    yield [`${above}${name}`, field];
    if (field.properties) yield* fields(field, `${above}${name}.`);
  }
}
