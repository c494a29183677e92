import { Command } from 'commander';
import { scalePool } from '../../client/index.js';
import { type ClusterOptions, withKinds } from '../connection.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { integer } from '../options.js';

export function poolScaleCommand(io: Io): Command {
  return new Command('scale')
    .argument('<name>', 'of the pool')
    .argument('<replicas>', 'containers to keep ready; what is delivered does not count', integer(0, 10_000))
    .addHelpText('after', examples(['penstock pool scale web 50', 'keep fifty ready']))
    .action(async (name: string, replicas: number, _: unknown, command: Command) => {
      await withKinds(io, command.optsWithGlobals<ClusterOptions>(), async ({ cluster, namespace }) => {
        const before = await scalePool({ cluster, signal: io.interrupted }, { namespace, name }, replicas);
        io.stdout.write(`pool ${name} keeps ${replicas} containers ready, was ${before}\n`);
      });
    });
}
