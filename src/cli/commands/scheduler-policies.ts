import { Command } from 'commander';
import { policyTypes } from '../../scheduling/index.js';
import type { Io } from '../io.js';
import { table } from '../output/table.js';

export function policiesCommand(io: Io): Command {
  return new Command('policies').description('list the scheduling policies').action(() => {
    const rows = policyTypes.map((type) => [
      type.name,
      type.create().kind === 'score' ? 'policy' : 'batchPolicy',
      type.about,
    ]);
    io.stdout.write(table(['NAME', 'FIELD', 'ABOUT'], rows));
  });
}
