import type { Command } from 'commander';
import { lineColumns } from '../../api/columns.js';
import { ProductionLine } from '../../api/production-line.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';
import { type ListOptions, listCommand, listObjects } from '../list.js';

export function lineListCommand(io: Io): Command {
  return listCommand()
    .addHelpText(
      'after',
      examples(['penstock line list', 'of the namespace of the context, and whether they are accepted']),
    )
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      await listObjects(io, options, ProductionLine, lineColumns, 'production lines');
    });
}
