import { Command } from 'commander';
import { Pod } from '../../api/kubernetes.js';
import { containersOf, requireClaim } from '../../client/index.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { outputOption } from '../options.js';
import { containerColumns } from '../output/containers.js';
import { type Format, print } from '../output/print.js';

interface Options extends ClusterOptions {
  readonly output: Format;
}

export function claimContainersCommand(io: Io): Command {
  return new Command('containers')
    .argument('<name>', 'of the claim')
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples(
        ['penstock claim containers batch -o wide', 'with sizes and when each was delivered'],
        ['penstock claim containers batch -o json', 'the pods, for programs'],
      ),
    )
    .action(async (name: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withCluster(io, options, async ({ cluster, namespace }) => {
        const parts = { cluster, signal: io.interrupted };
        const pods = await containersOf(parts, await requireClaim(parts, { namespace, name }));
        if (pods.length === 0 && options.output !== 'json' && options.output !== 'yaml') {
          io.stderr.write(`Claim ${name} has no containers.\n`);
          return;
        }
        await print(io, pods, { kind: Pod, format: options.output, columns: containerColumns, asked: 'several' });
      });
    });
}
