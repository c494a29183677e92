import { Command } from 'commander';
import { compareRuns } from '../../simulation/index.js';
import type { Io } from '../io.js';
import { readRows } from '../experiment/read-rows.js';
import { table } from '../output/table.js';

export function experimentCompareCommand(io: Io): Command {
  const command = new Command('compare')
    .description('compare the results of two runs')
    .argument('<a>', 'folder of a run, or its result.json')
    .argument('<b>', 'another one of the same experiment')
    .option('--json', 'print the differences as JSON');
  return command.action((a: string, b: string, { json }: { readonly json?: boolean }) => {
    const differences = compareRuns(readRows(a), readRows(b));
    if (json) io.stdout.write(`${JSON.stringify(differences, null, 2)}\n`);
    else
      io.stdout.write(
        table(
          ['POLICY', 'AT', 'FIGURE', 'A', 'B', 'CHANGE', ''],
          differences.rows.map(({ policy, at, figure, a: one, b: other, change, beyondChance }) => [
            policy,
            at,
            figure,
            shown(one),
            shown(other),
            change === undefined ? '' : `${change > 0 ? '+' : ''}${(100 * change).toFixed(1)} %`,
            beyondChance === undefined ? '' : beyondChance ? 'beyond chance' : 'within chance',
          ]),
        ),
      );
    for (const note of differences.notes) io.stderr.write(`note: ${note}\n`);
  });
}

const shown = (value: number | undefined): string => (value === undefined ? '–' : String(Number(value.toPrecision(5))));
