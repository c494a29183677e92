import type { Command } from 'commander';
import { poolColumns } from '../../api/columns.js';
import { ContainerPool } from '../../api/container-pool.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { type ListOptions, listCommand, listObjects } from '../list.js';

export function poolListCommand(io: Io): Command {
  return listCommand()
    .addHelpText(
      'after',
      examples(
        ['penstock pool list', 'of the namespace of the context'],
        ['penstock pool list -A -o wide', 'everywhere, with all columns'],
        ['penstock pool list -o name', 'for scripts'],
      ),
    )
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      await listObjects(io, options, ContainerPool, poolColumns, 'pools');
    });
}
