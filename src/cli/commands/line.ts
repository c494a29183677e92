import { Command } from 'commander';
import { addEntries, type Entry } from '../entry.js';
import type { Io } from '../io.js';

const entries: readonly Entry[] = [
  {
    name: 'list',
    about: 'list the production lines',
    load: async (io) => (await import('./line-list.js')).lineListCommand(io),
  },
  {
    name: 'describe',
    about: 'tell all about a production line',
    load: async (io) => (await import('./line-describe.js')).lineDescribeCommand(io),
  },
  {
    name: 'default',
    about: 'print the built-in line, by which pools go that name none: a start for your own',
    load: async (io) => (await import('./line-default.js')).lineDefaultCommand(io),
  },
];

export async function lineCommand(io: Io, words: readonly string[]): Promise<Command> {
  const command = new Command('line').description(
    'production lines: the stages by which containers are made, delivered and reclaimed',
  );
  await addEntries(command, entries, io, words);
  return command;
}
