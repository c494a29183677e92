/** The page about the scheduler's configuration, from its schema and those of the policies. */
import { defaultSchedulerConfiguration } from '../../src/install/index.js';
import { schedulerConfiguration } from '../../src/scheduler/index.js';
import { policyTypes } from '../../src/scheduling/index.js';
import { objectOf, rows, schemaOf, useSections, wordOf } from './schema-tables.js';

type PolicyType = (typeof policyTypes)[number];

export function schedulerConfigurationPage(): string {
  const { profiles, use, prices, ...rest } = schemaOf(schedulerConfiguration).properties ?? {};
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

${useSections(use)}

## prices

| field | what it is |
|---|---|
${rows(objectOf(prices))}

## Policies

\`penstock scheduler policies\` lists them. A name with \`settings\`, both in \`policy\` and in \`batchPolicy\`.

${policyTypes.map(policySection).join('\n\n')}
`;
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
