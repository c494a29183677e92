import { Command, Option } from 'commander';
import { CodedError, exitCodes } from '../../support/errors.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';

interface Options extends ClusterOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly deleteContainers?: boolean;
  readonly keepDefinitions?: boolean;
}

export function uninstallCommand(io: Io): Command {
  return new Command('uninstall')
    .description('take Penstock out of a cluster; containers in use run on')
    .option('--yes', 'do it; without this it is only said what would be done')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--delete-containers', 'delete the containers in use too')
    .addOption(
      new Option(
        '--keep-definitions',
        'leave the definitions, and with them all pools, claims and containers',
      ).conflicts('deleteContainers'),
    )
    .addHelpText(
      'after',
      "\n--namespace is the operator's own, penstock-system unless it is given. Run it again to finish what was interrupted.\n",
    )
    .addHelpText(
      'after',
      examples(
        ['penstock uninstall --dry-run', 'what goes and what stays'],
        ['penstock uninstall --yes', 'containers in use are released from their claims, and run on'],
        ['penstock uninstall --yes --keep-definitions', 'only the operator, its rights and its policies'],
      ),
    )
    .action(async (_: unknown, command: Command) => act(io, command.optsWithGlobals<Options>()));
}

async function act(io: Io, options: Options): Promise<void> {
  const { defaultNamespace, foresee, uninstall } = await import('../../install/index.js');
  const namespace = options.namespace ?? defaultNamespace;
  const wanted = {
    namespace,
    containers: options.deleteContainers ? 'delete' : 'keep',
    definitions: options.keepDefinitions ? 'keep' : 'delete',
  } as const;
  const line = (text: string) => io.stdout.write(`${text}\n`);
  await withCluster(io, options, async ({ cluster }) => {
    if (options.yes && !options.dryRun) {
      const stays = await uninstall(cluster, io.clock, wanted, line);
      for (const one of stays) line(`stays: ${one}`);
      return;
    }
    const { goes, stays } = await foresee(cluster, wanted);
    for (const one of goes) line(`${one} (dry run)`);
    for (const one of stays) line(`stays: ${one}`);
    if (!options.dryRun)
      throw new CodedError('NOT_CONFIRMED', 'nothing was changed', 'add --yes to do this', exitCodes.usage);
  });
}
