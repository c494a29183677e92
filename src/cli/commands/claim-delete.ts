import { Command } from 'commander';
import { releaseClaim, requireClaim } from '../../client/index.js';
import { type ClusterOptions, withCluster } from '../connection.js';
import { eachName } from '../each-name.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';

export function claimDeleteCommand(io: Io): Command {
  return new Command('delete')
    .argument('<names...>', 'of the claims')
    .addHelpText('after', examples(['penstock claim delete batch', 'its containers go with it']))
    .action(async (names: readonly string[], _: unknown, command: Command) => {
      await withCluster(io, command.optsWithGlobals<ClusterOptions>(), async ({ cluster, namespace }) => {
        const parts = { cluster, clock: io.clock, signal: io.interrupted };
        // all of them or none: a misspelt name shall not leave half of it done
        for (const name of names) await requireClaim(parts, { namespace, name });
        await eachName(names, io.interrupted, async (name) => {
          await releaseClaim(parts, { namespace, name });
          io.stdout.write(`claim ${name} deleted\n`);
        });
      });
    });
}
