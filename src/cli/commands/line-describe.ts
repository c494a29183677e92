import { Command } from 'commander';
import { ContainerPool } from '../../api/container-pool.js';
import {
  chainNames,
  defaultLine,
  ProductionLine,
  type ProductionLineSpec,
  type StageEntry,
  stageName,
} from '../../api/production-line.js';
import { NotFound } from '../../cluster/errors.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { conditionsSection, eventsSection, facts, identity, section } from '../describe.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { table } from '../output/table.js';

export function lineDescribeCommand(io: Io): Command {
  return new Command('describe')
    .argument('<name>', 'of the line')
    .addHelpText(
      'after',
      examples(['penstock line describe checked', 'its stages, whether it is accepted, and who goes by it']),
    )
    .action(async (name: string, _: unknown, command: Command) => {
      await withCluster(io, command.optsWithGlobals<ClusterOptions>(), async ({ cluster, namespace }) => {
        const signal = io.interrupted;
        const line = await cluster.get(ProductionLine, { namespace, name }, { signal }).catch((error: unknown) => {
          throw error instanceof NotFound ? missing(name, namespace) : error;
        });
        const { items } = await cluster.list(ContainerPool, { namespace }, { signal });
        const pools = items.filter(({ spec }) => spec.line?.name === name).map(({ metadata }) => metadata.name);
        const now = io.clock.now();
        const accepted = line.status?.accepted?.map(({ generation }) => generation);
        io.stdout.write(
          facts([
            ...identity(line, now),
            ['Generation', line.metadata.generation],
            ['Accepted', accepted?.join(', ') ?? 'none'],
            ['Pools', pools.join(', ') || 'none'],
          ]),
        );
        for (const chain of chainNames) io.stdout.write(section(chain, stagesOf(line.spec, chain)));
        io.stdout.write(conditionsSection(line.status?.conditions, now));
        io.stdout.write(await eventsSection(cluster, line, now));
      });
    });
}

function stagesOf(spec: ProductionLineSpec, chain: (typeof chainNames)[number]): string {
  const entries = spec[chain] ?? defaultLine[chain];
  return table(['STAGE', 'NAME', 'TIMEOUT', 'RETRIES', 'ON FAILURE', 'PACE'], entries.map(rowOf));
}

function rowOf(entry: StageEntry): string[] {
  const { stage, timeout, retries, onFailure, concurrency, rate } = entry;
  const pace = [
    ...(concurrency === undefined ? [] : [`${concurrency} at once`]),
    ...(rate === undefined ? [] : [`${rate} a second`]),
  ];
  return [
    stage,
    stageName(entry),
    timeout ?? '<none>',
    retries ? `${retries.count}, from ${retries.backoff}` : '<none>',
    onFailure ?? "<the stage's>",
    pace.join(', ') || '<none>',
  ];
}

const missing = (name: string, namespace: string) =>
  new CodedError(
    'LINE_NOT_FOUND',
    `there is no ProductionLine ${name} in namespace ${namespace}`,
    'see: penstock line list',
    exitCodes.notFound,
  );
