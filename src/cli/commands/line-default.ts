import { Command } from 'commander';
import { stringify } from 'yaml';
import { apiVersionOf } from '../../api/meta/kind.js';
import { defaultLine, ProductionLine } from '../../api/production-line.js';
import { examples } from '../help.js';
import type { Io } from '../io.js';

export function lineDefaultCommand(io: Io): Command {
  return new Command('default')
    .addHelpText('after', examples(['penstock line default > line.yaml', 'to be changed, and applied with kubectl']))
    .action(() => {
      const line = {
        apiVersion: apiVersionOf(ProductionLine),
        kind: ProductionLine.name,
        metadata: { name: 'my-line' },
        spec: defaultLine,
      };
      io.stdout.write(stringify(line));
    });
}
