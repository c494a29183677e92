/** The page about the scheduler's configuration, from its schema and those of the policies. */
import { z } from 'zod';
import { defaultSchedulerConfiguration } from '../../src/install/index.js';
import { schedulerConfiguration } from '../../src/scheduler/index.js';
import { policyTypes } from '../../src/scheduling/index.js';

type Schema = z.core.JSONSchema.BaseSchema;
type PolicyType = (typeof policyTypes)[number];

export function schedulerConfigurationPage(): string {
  const { profiles, use, prices, ...rest } = schemaOf(schedulerConfiguration).properties ?? {};
  const sources = objectOf(use).oneOf ?? [];
  return `# Configuration of the scheduler

This page is made by \`npm run generate\` from the schema. [How to schedule by use](../how-to/schedule-by-use.md).

The file is YAML or JSON; \`penstock scheduler --config FILE\` reads it. What it does not know is refused, with everything that is wrong in one message. The scheduler reads the file again when it changes: everything in it takes effect without a restart, except that \`kube-default\` spreads the pods of services and workloads only where a profile had it from the start. A file that has become wrong is reported in the log, and the configuration before it goes on.

An installation has this one unless another is given:

\`\`\`yaml
${defaultSchedulerConfiguration.trimEnd()}
\`\`\`

| field | what it is |
|---|---|
| \`apiVersion\`, \`kind\` | \`${wordOf(rest['apiVersion'])}\`, \`${wordOf(rest['kind'])}\` |
| \`profiles\` | one for each scheduler name, at most ${objectOf(profiles).maxItems} |
| \`use\` | ${objectOf(use).description} |
| \`prices\` | ${objectOf(prices).description} |
${rows({ properties: { recordsScheduled: rest['recordsScheduled'] ?? {} } })}

## profiles

| field | what it is |
|---|---|
${rows(objectOf(objectOf(profiles).items))}

## use

${sources.map((source) => sourceSection(objectOf(source))).join('\n\n')}

## prices

| field | what it is |
|---|---|
${rows(objectOf(prices))}

## Policies

\`penstock scheduler policies\` lists them. A name with \`settings\`, both in \`policy\` and in \`batchPolicy\`.

${policyTypes.map(policySection).join('\n\n')}
`;
}

const schemaOf = (schema: z.ZodType): Schema => z.toJSONSchema(schema, { io: 'input', reused: 'inline' });

const objectOf = (schema: unknown): Schema => (isSchema(schema) ? schema : {});

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;

const wordOf = (schema: unknown): string => String(objectOf(schema).const);

function sourceSection(schema: Schema): string {
  const { source, ...properties } = schema.properties ?? {};
  const table =
    Object.keys(properties).length === 0 ? [] : [`| field | what it is |\n|---|---|\n${rows({ properties })}`];
  return [`### source: ${wordOf(source)}`, schema.description ?? '', ...table].join('\n\n');
}

function policySection(type: PolicyType): string {
  const { name, about, settings } = type;
  const field = type.create().kind === 'score' ? 'policy' : 'batchPolicy';
  const schema = schemaOf(settings);
  const table =
    Object.keys(schema.properties ?? {}).length === 0
      ? 'It has no settings.'
      : `| setting | what it is |\n|---|---|\n${rows(schema)}`;
  return [`### ${name} (${field})`, about, table].join('\n\n');
}

function rows(schema: Schema): string {
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
