import { Command } from 'commander';
import type { Io } from '../io.js';
import { claimContainersCommand } from './claim-containers.js';
import { claimCreateCommand } from './claim-create.js';
import { claimDeleteCommand } from './claim-delete.js';
import { claimDescribeCommand } from './claim-describe.js';
import { claimListCommand } from './claim-list.js';

export function claimCommand(io: Io): Command {
  return new Command('claim')
    .description('claims: batches of containers that are asked for')
    .addCommand(claimCreateCommand(io))
    .addCommand(claimListCommand(io))
    .addCommand(claimDescribeCommand(io))
    .addCommand(claimContainersCommand(io))
    .addCommand(claimDeleteCommand(io));
}
