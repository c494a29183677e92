import type { Command } from 'commander';
import { claimColumns } from '../../api/columns.js';
import { ContainerClaim } from '../../api/container-claim.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { type ListOptions, listCommand, listObjects } from '../list.js';

export function claimListCommand(io: Io): Command {
  return listCommand()
    .addHelpText(
      'after',
      examples(
        ['penstock claim list', 'of the namespace of the context'],
        ['penstock claim list -A -o wide', 'everywhere, with all columns'],
      ),
    )
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      await listObjects(io, options, ContainerClaim, claimColumns, 'claims');
    });
}
