/** A claim that is written with options instead of a file: one item. */
import { Option, type Command } from 'commander';
import type { ContainerClaim } from '../api/container-claim.js';
import type { Draft } from '../api/meta/resource.js';
import { textOf } from './manifest-file.js';
import { duration, integer, type NameValue, pair, quantity } from './options.js';

export interface ClaimFlags {
  readonly pool: string;
  readonly env?: readonly NameValue[];
  readonly file?: readonly NameValue[];
  readonly label?: readonly NameValue[];
  readonly cpu?: string;
  readonly memory?: string;
  readonly cpuLimit?: string;
  readonly memoryLimit?: string;
  readonly minAvailable?: number;
  readonly deadline?: string;
  readonly lifetime?: string;
  readonly whenEmpty: 'Wait' | 'Cold' | 'Fail';
  readonly tenant?: string;
}

const mostContainers = 10_000;

export const containers = integer(1, mostContainers);

export function addClaimFlags(command: Command): Command {
  return command
    .option('--env <name=value>', 'a variable for the containers; may be repeated', pair)
    .option('--file <name=path>', 'a file for the containers, read from path; may be repeated', pair)
    .option('--label <name=value>', 'a label for the pods; may be repeated', pair)
    .option('--cpu <quantity>', 'resize the containers to request so much cpu, such as 500m', quantity)
    .option('--memory <quantity>', 'resize them to request so much memory, such as 2Gi', quantity)
    .option('--cpu-limit <quantity>', 'and to use at most so much cpu', quantity)
    .option('--memory-limit <quantity>', 'and to use at most so much memory', quantity)
    .option(
      '--min-available <n>',
      'deliver nothing unless so many can be had; default: all',
      integer(0, mostContainers),
    )
    .option('--deadline <duration>', 'give up when it is not served by then, such as 30s', duration)
    .option('--lifetime <duration>', 'how long the containers live, such as 1h', duration)
    .addOption(
      new Option('--when-empty <what>', 'when the stock does not suffice')
        .choices(['Wait', 'Cold', 'Fail'])
        .default('Wait'),
    )
    .option('--tenant <name>', 'on whose behalf');
}

/** @param name the claim's; without it the server makes one up from the pool's */
export function claimOf(flags: ClaimFlags, count: number, namespace: string, name?: string): Draft<ContainerClaim> {
  const { pool, env, file, label, minAvailable, deadline, lifetime, whenEmpty, tenant } = flags;
  const resources = resourcesOf(flags);
  return {
    metadata: { namespace, ...(name === undefined ? { generateName: `${pool}-` } : { name }) },
    spec: {
      pool: { name: pool },
      items: [
        {
          count,
          ...(env && { env }),
          ...(file && { files: file.map(({ name, value }) => ({ name, content: textOf(value) })) }),
          ...(label && { labels: Object.fromEntries(label.map(({ name, value }) => [name, value])) }),
          ...(resources && { resources }),
        },
      ],
      whenEmpty,
      ...(minAvailable !== undefined && { minAvailable }),
      ...(deadline !== undefined && { deadline }),
      ...(lifetime !== undefined && { lifetime }),
      ...(tenant !== undefined && { tenant }),
    },
  };
}

function resourcesOf({ cpu, memory, cpuLimit, memoryLimit }: ClaimFlags) {
  const amounts = (cpu: string | undefined, memory: string | undefined) => ({
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
  });
  const [requests, limits] = [amounts(cpu, memory), amounts(cpuLimit, memoryLimit)];
  const resources = {
    ...(Object.keys(requests).length > 0 && { requests }),
    ...(Object.keys(limits).length > 0 && { limits }),
  };
  return Object.keys(resources).length > 0 ? resources : undefined;
}
