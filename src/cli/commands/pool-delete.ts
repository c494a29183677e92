import { Command } from 'commander';
import { ContainerPool } from '../../api/container-pool.js';
import { requirePool } from '../../client/index.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { eachName } from '../each-name.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';

export function poolDeleteCommand(io: Io): Command {
  return new Command('delete')
    .argument('<names...>', 'of the pools')
    .addHelpText('after', examples(['penstock pool delete web', 'its claims keep their containers']))
    .action(async (names: readonly string[], _: unknown, command: Command) => {
      await withCluster(io, command.optsWithGlobals<ClusterOptions>(), async ({ cluster, namespace }) => {
        const parts = { cluster, signal: io.interrupted };
        // all of them or none: a misspelt name shall not leave half of it done
        for (const name of names) await requirePool(parts, { namespace, name });
        await eachName(names, io.interrupted, async (name) => {
          await cluster.remove(ContainerPool, { namespace, name }, { signal: io.interrupted });
          io.stdout.write(`pool ${name} deleted\n`);
        });
      });
    });
}
