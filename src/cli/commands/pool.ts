import { Command } from 'commander';
import type { Io } from '../io.js';
import { poolCreateCommand } from './pool-create.js';
import { poolDeleteCommand } from './pool-delete.js';
import { poolDescribeCommand } from './pool-describe.js';
import { poolListCommand } from './pool-list.js';
import { poolScaleCommand } from './pool-scale.js';

export function poolCommand(io: Io): Command {
  return new Command('pool')
    .description('pools: stocks of ready containers')
    .addCommand(poolCreateCommand(io))
    .addCommand(poolListCommand(io))
    .addCommand(poolDescribeCommand(io))
    .addCommand(poolScaleCommand(io))
    .addCommand(poolDeleteCommand(io));
}
