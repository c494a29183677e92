import { Command } from 'commander';
import { CodedError, exitCodes } from '../../support/errors.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';

interface Options extends ClusterOptions {
  readonly crds?: boolean;
  readonly print?: boolean;
  readonly dryRun?: boolean;
}

export function installCommand(io: Io): Command {
  return new Command('install')
    .description("install Penstock's kinds into a cluster")
    .option('--crds', 'the definitions of pools and claims')
    .option('--print', 'print what would be installed, as YAML; needs no cluster')
    .option('--dry-run', 'say what would change, and change nothing')
    .addHelpText(
      'after',
      examples(
        ['penstock install --crds', 'create or update them, and wait until they are served'],
        ['penstock install --crds --print | kubectl apply -f -', 'with other tools'],
      ),
    )
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      if (!options.crds) {
        throw new CodedError('USAGE', 'install what?', 'say --crds for the definitions of the kinds', exitCodes.usage);
      }
      if (options.print) return printCrds(io);
      await withCluster(io, options, async ({ cluster }) => {
        const { checkCrds, installCrds } = await import('../../cluster/crds.js');
        if (options.dryRun) {
          for (const { kind, state, sentence } of await checkCrds(cluster)) {
            const plan = {
              ok: 'stays',
              missing: 'would be created',
              older: 'would be updated',
              newer: 'would be refused',
            };
            io.stdout.write(`${kind} ${plan[state]}: ${sentence}\n`);
          }
          return;
        }
        for (const { name, change } of await installCrds(cluster, io.clock)) io.stdout.write(`${name} ${change}\n`);
      });
    });
}

async function printCrds(io: Io): Promise<void> {
  const [{ customResourceDefinitions }, { stringify }] = await Promise.all([
    import('../../api/crds.js'),
    import('yaml'),
  ]);
  for (const definition of customResourceDefinitions) {
    io.stdout.write(`---\n${stringify(definition, { aliasDuplicateObjects: false })}`);
  }
}
