/** The page about stages, from what each says of itself. */
import { stringify } from 'yaml';
import { productionLine } from '../../src/api/definitions.js';
import { defaultLine } from '../../src/api/production-line.js';
import { type StructuralSchema, structural } from '../../src/api/schema/structural.js';
import { matchStages, deliverStages, produceStages, reclaimStages } from '../../src/line/stages/registry.js';
import type { StageType } from '../../src/line/stage-type.js';

type Known = Pick<StageType<unknown>, 'name' | 'about' | 'settings' | 'retries' | 'timeout'>;

export function stagesPage(): string {
  return `# Stages of a production line

This page is made by \`npm run generate\` from the stages themselves. [How to arrange them](../how-to/arrange-a-production-line.md).

## What every stage can have

| field | what it is |
|---|---|
${rows(entrySchema())}

Where \`onFailure\` is not given, a container that failed is replaced, unless the stage says otherwise below. A container that another claim got first has not failed.

How often a container was tried is counted by the operator that tries; one that takes over counts anew, within the \`timeout\`, which counts from what the container itself tells: in the chain produce from when it was ready, in deliver from its delivery, in reclaim from when it came back, or from its first try.

What is done once for a container (webhook, notify, warm with a call) is noted on its pod, in the annotation \`penstock.dev/passed-stages\`. The note comes after the deed: an operator that dies in between does it once more. At least once, then, never exactly once; let your program recognise \`pod.uid\` and \`stage\`.

## The built-in line

Pools that name no line go by this one. \`penstock line default\` prints it.

\`\`\`yaml
${stringify(defaultLine).trimEnd()}
\`\`\`

## produce

From nothing into stock. The stages after \`provision\` begin when the container is ready.

${sections(produceStages, 'produce')}

## deliver

From stock to a claim.

${sections([...matchStages, ...deliverStages], 'deliver')}

## reclaim

From a claim, or out of stock, back into stock or away. Nothing in this chain holds a container up for good: what fails is noted, and the container goes on. Only with \`onFailure: Retry\` it waits.

${sections(reclaimStages, 'reclaim')}

## What a program of yours is told

A POST with this body, as JSON, of the stages \`webhook\` and \`notify\`; what is not known is left out. The container's configuration (environment, files, Secret) is not in it.

| field | what it is |
|---|---|
| \`apiVersion\`, \`kind\` | \`penstock.dev/v1alpha1\`, \`StageReview\` |
| \`line\` | the version of the line, such as \`careful@3.5f0c2a1b\`, or \`built-in\` |
| \`stage\` | the stage's name in the line |
| \`attempt\` | how often the container was tried in it before, as far as this operator knows |
| \`pool\` | \`namespace\`, \`name\` |
| \`claim\` | in deliver: \`namespace\`, \`name\`, \`uid\`, \`tenant\`, and of the container \`item\` and \`index\` |
| \`pod\` | \`namespace\`, \`name\`, \`uid\`, \`labels\`, \`annotations\`, \`nodeName\`, \`podIP\`, \`hostIP\`, and \`containers\` with \`name\`, \`image\`, \`imageID\`, \`ready\`, \`restarts\` |

With a Secret the call is signed. \`penstock-timestamp\` is when it was made, in seconds since the Unix epoch, \`penstock-signature\` is \`sha256=\` and, in hexadecimal digits, the HMAC-SHA256 of \`TIMESTAMP.BODY\` by the key in the Secret. Refuse what is older than a few minutes. [An example](../../examples/webhook-stage/stage.js).

A webhook answers with code 200 and at most 64 KiB of JSON:

| field | what it is |
|---|---|
| \`verdict\` | \`pass\`, \`retry\` or \`fail\` |
| \`why\` | a sentence, which appears in the status of pool or claim |
| \`after\` | of \`retry\`: when to ask again, such as \`10s\`. Default \`1s\` |
| \`labels\`, \`annotations\` | of \`pass\`: to be set on the pod, as far as \`settings.marks\` allows |

Redirects are not followed. A body that is larger, another code, and no answer in time are no verdict: \`failurePolicy\` says what they mean.
`;
}

/** Of what stands beside the settings of a stage. */
function entrySchema(): StructuralSchema {
  const items = productionLine.structural.properties?.['spec']?.properties?.['produce']?.items ?? {};
  const { settings: _, ...properties } = items.properties ?? {};
  return { ...items, properties };
}

const sections = (types: readonly Known[], chain: string): string =>
  types.map((type) => `### ${type.name} (${chain})\n\n${section(type)}`).join('\n\n');

function section({ about, settings, retries, timeout }: Known): string {
  const schema = structural(settings);
  const table =
    Object.keys(schema.properties ?? {}).length === 0
      ? 'It has no settings.'
      : `| setting | what it is |\n|---|---|\n${rows(schema)}`;
  const unlessSaid = [
    ...(retries ? [`\`retries: { count: ${retries.count}, backoff: ${retries.backoff} }\``] : []),
    ...(timeout === undefined ? [] : [`\`timeout: ${timeout}\``]),
  ];
  const rules = unlessSaid.length === 0 ? [] : [`Unless the line says otherwise: ${unlessSaid.join(', ')}.`];
  return [about, ...rules, table].join('\n\n');
}

function rows(schema: StructuralSchema): string {
  return [...fields(schema, '')]
    .map(([path, { description = '', default: value, enum: values }]) => {
      const choice = values ? ` One of ${values.map((one) => `\`${one}\``).join(', ')}.` : '';
      const given = value === undefined || typeof value === 'object' ? '' : ` Default \`${JSON.stringify(value)}\`.`;
      return `| \`${path}\` | ${description}${choice}${given} |`;
    })
    .join('\n');
}

function* fields(schema: StructuralSchema, above: string): Generator<readonly [string, StructuralSchema]> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    yield [`${above}${name}`, field];
    yield* fields(field, `${above}${name}.`);
  }
}
