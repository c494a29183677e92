import { Command } from 'commander';
import { addEntries, type Entry } from '../entry.js';
import type { Io } from '../io.js';

const entries: readonly Entry[] = [
  {
    name: 'create',
    about: 'create a pool, from a file or from options',
    load: async (io) => (await import('./pool-create.js')).poolCreateCommand(io),
  },
  {
    name: 'list',
    about: 'list the pools',
    load: async (io) => (await import('./pool-list.js')).poolListCommand(io),
  },
  {
    name: 'describe',
    about: 'tell all about a pool',
    load: async (io) => (await import('./pool-describe.js')).poolDescribeCommand(io),
  },
  {
    name: 'scale',
    about: 'change how many containers a pool keeps ready',
    load: async (io) => (await import('./pool-scale.js')).poolScaleCommand(io),
  },
  {
    name: 'delete',
    about: 'delete pools and their stock; what is delivered stays with its claims',
    load: async (io) => (await import('./pool-delete.js')).poolDeleteCommand(io),
  },
];

export async function poolCommand(io: Io, words: readonly string[]): Promise<Command> {
  const command = new Command('pool').description('pools: stocks of ready containers');
  await addEntries(command, entries, io, words);
  return command;
}
