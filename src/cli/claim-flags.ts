/** A claim that is written with options instead of a file: one item. */
import { Option, type Command } from 'commander';
import type { ContainerClaim } from '../api/container-claim.js';
import type { Draft } from '../api/meta/resource.js';
import { greatestPriority } from '../api/sharing.js';
import { CodedError, exitCodes } from '../support/errors.js';
import { textOf } from './manifest-file.js';
import { duration, integer, type NameValue, pair, quantity } from './options.js';

export interface ClaimFlags {
  readonly pool?: string;
  readonly selector?: readonly NameValue[];
  readonly shape?: string;
  readonly image?: string;
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
  readonly backoffLimit?: number;
  readonly ttlAfterFinished?: number;
  readonly whenEmpty: 'Wait' | 'Cold' | 'Fail';
  readonly tenant?: string;
  readonly priority?: number;
}

const mostContainers = 10_000;

export const containers = integer(1, mostContainers);

export function addClaimFlags(command: Command): Command {
  return command
    .option('--selector <name=value>', 'in place of --pool: a label of the pools; may be repeated', pair)
    .option('--env <name=value>', 'a variable for the containers; may be repeated', pair)
    .option('--file <name=path>', 'a file for the containers, read from path; may be repeated', pair)
    .option('--label <name=value>', 'a label for the pods; may be repeated', pair)
    .option('--shape <name>', "resize them to one of the pool's shapes, in place of --cpu and --memory")
    .option('--image <image>', "in place of the pool's own: one that it lists in spec.images")
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
    .option('--backoff-limit <n>', 'how often their work may fail before the claim fails; default: 6', integer(0, 1000))
    .option(
      '--ttl-after-finished <seconds>',
      'how long the claim stays after it has finished, with pods and logs',
      integer(0, 31_536_000),
    )
    .addOption(
      new Option('--when-empty <what>', 'when the stock does not suffice')
        .choices(['Wait', 'Cold', 'Fail'])
        .default('Wait'),
    )
    .option('--tenant <name>', 'on whose behalf')
    .option(
      '--priority <n>',
      'where claims wait, higher ones go first; at most what the pool allows',
      integer(-greatestPriority, greatestPriority),
    );
}

/** Throws CodedError USAGE unless the flags name a pool, or labels of pools. @param command of which these are options */
export function checkPool(command: string, { pool, selector }: Pick<ClaimFlags, 'pool' | 'selector'>): void {
  if ((pool === undefined) !== (selector === undefined)) return;
  const message = pool === undefined ? 'no pool was given' : 'both a pool and labels of pools were given';
  const hint = `use --pool NAME, or --selector LABEL=VALUE for the best of several; see penstock ${command} --help`;
  throw new CodedError('USAGE', message, hint, exitCodes.usage);
}

/** @param name the claim's; without it the server makes one up from the pool's */
export function claimOf(flags: ClaimFlags, count: number, namespace: string, name?: string): Draft<ContainerClaim> {
  const {
    pool,
    selector,
    shape,
    image,
    env,
    file,
    label,
    minAvailable,
    deadline,
    lifetime,
    backoffLimit,
    ttlAfterFinished,
    whenEmpty,
    tenant,
    priority,
  } = flags;
  const resources = resourcesOf(flags);
  return {
    metadata: { namespace, ...(name === undefined ? { generateName: `${pool ?? 'claim'}-` } : { name }) },
    spec: {
      pool: pool === undefined ? { selector: { matchLabels: recordOf(selector ?? []) } } : { name: pool },
      items: [
        {
          count,
          ...(env && { env }),
          ...(file && { files: file.map(({ name, value }) => ({ name, content: textOf(value) })) }),
          ...(label && { labels: recordOf(label) }),
          ...(shape !== undefined && { shape }),
          ...(image !== undefined && { image }),
          ...(resources && { resources }),
        },
      ],
      whenEmpty,
      ...(minAvailable !== undefined && { minAvailable }),
      ...(deadline !== undefined && { deadline }),
      ...(lifetime !== undefined && { lifetime }),
      ...(backoffLimit !== undefined && { backoffLimit }),
      ...(ttlAfterFinished !== undefined && { ttlSecondsAfterFinished: ttlAfterFinished }),
      ...(tenant !== undefined && { tenant }),
      ...(priority !== undefined && { priority }),
    },
  };
}

const recordOf = (pairs: readonly NameValue[]): Readonly<Record<string, string>> =>
  Object.fromEntries(pairs.map(({ name, value }) => [name, value]));

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
