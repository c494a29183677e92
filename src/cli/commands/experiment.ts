import { Command } from 'commander';
import { addEntries, type Entry } from '../entry.js';
import type { Io } from '../io.js';

const entries: readonly Entry[] = [
  {
    name: 'list',
    about: 'list the experiments',
    load: async (io) => (await import('./experiment-list.js')).experimentListCommand(io),
  },
  {
    name: 'run',
    about: 'run an experiment, or go on with one that was interrupted',
    load: async (io, words) => (await import('./experiment-run.js')).experimentRunCommand(io, words),
  },
  {
    name: 'compare',
    about: 'compare the results of two runs',
    load: async (io) => (await import('./experiment-compare.js')).experimentCompareCommand(io),
  },
  {
    name: 'merge',
    about: 'put the parts of a run together that ran as shards',
    load: async (io) => (await import('./experiment-merge.js')).experimentMergeCommand(io),
  },
];

export async function experimentCommand(io: Io, words: readonly string[]): Promise<Command> {
  const command = new Command('experiment').description('compare scheduling policies in simulations');
  await addEntries(command, entries, io, words);
  return command;
}
