/** The page about the rebalancer's configuration, from its schema. */
import { defaultRebalancerConfiguration } from '../../src/install/index.js';
import { rebalancerConfiguration } from '../../src/operator/index.js';
import { objectOf, rows, schemaOf, useSections, wordOf } from './schema-tables.js';

export function rebalancerConfigurationPage(): string {
  const { apiVersion, kind, use, load, rules, ...rest } = schemaOf(rebalancerConfiguration).properties ?? {};
  return `# Configuration of the rebalancer

This page is made by \`npm run generate\` from the schema. [How to rebalance](../how-to/rebalance.md).

The file is YAML or JSON; \`penstock rebalance --config FILE\` reads it once, when it starts. What it does not know is refused, with everything that is wrong in one message.

An installation has this one unless another is given:

\`\`\`yaml
${defaultRebalancerConfiguration.trimEnd()}
\`\`\`

| field | what it is |
|---|---|
| \`apiVersion\`, \`kind\` | \`${wordOf(apiVersion)}\`, \`${wordOf(kind)}\` |
| \`use\` | ${objectOf(use).description} |
| \`load\` | ${objectOf(load).description ?? 'How the use of several resources adds up to the load of a node.'} |
| \`rules\` | ${objectOf(rules).description} |
${rows({ properties: rest })}

## rules

| field | what it is |
|---|---|
${rows(objectOf(rules))}

## load

| field | what it is |
|---|---|
${rows(objectOf(load))}

## use

With \`prometheus\` pods are not measured, and none can be moved; with \`none\` nothing is measured.

${useSections(use)}
`;
}
