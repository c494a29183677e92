import { Command } from 'commander';
import { addEntries, type Entry } from '../entry.js';
import type { Io } from '../io.js';

const entries: readonly Entry[] = [
  {
    name: 'create',
    about: 'create a claim, from a file or from options, and do not wait for it',
    load: async (io) => (await import('./claim-create.js')).claimCreateCommand(io),
  },
  {
    name: 'list',
    about: 'list the claims',
    load: async (io) => (await import('./claim-list.js')).claimListCommand(io),
  },
  {
    name: 'describe',
    about: 'tell all about a claim',
    load: async (io) => (await import('./claim-describe.js')).claimDescribeCommand(io),
  },
  {
    name: 'containers',
    about: 'list the containers of a claim',
    load: async (io) => (await import('./claim-containers.js')).claimContainersCommand(io),
  },
  {
    name: 'delete',
    about: 'delete claims, and with them their containers',
    load: async (io) => (await import('./claim-delete.js')).claimDeleteCommand(io),
  },
];

export async function claimCommand(io: Io, words: readonly string[]): Promise<Command> {
  const command = new Command('claim').description('claims: batches of containers that are asked for');
  await addEntries(command, entries, io, words);
  return command;
}
