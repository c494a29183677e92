import { Command } from 'commander';
import { experiments } from '../../simulation/index.js';
import type { Io } from '../io.js';
import { table } from '../output/table.js';

export function experimentListCommand(io: Io): Command {
  return new Command('list').description('list the experiments').action(() => {
    io.stdout.write(
      table(
        ['NAME', 'ABOUT'],
        experiments.map(({ name, about }) => [name, about]),
      ),
    );
  });
}
