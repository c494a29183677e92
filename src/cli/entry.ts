import { Command } from 'commander';
import type { Io } from './io.js';

/** A command, loaded when it is asked for: the others shall not slow down its start. */
export interface Entry {
  readonly name: string;
  readonly about: string;
  /** @param words what follows the command's name on the line, options aside */
  readonly load: (io: Io, words: readonly string[]) => Promise<Command>;
}

/** Adds the command that the first of `words` names, and of the others as much as a list of them shows. */
export async function addEntries(
  parent: Command,
  entries: readonly Entry[],
  io: Io,
  [chosen, ...words]: readonly string[],
): Promise<void> {
  for (const { name, about, load } of entries) {
    const command = name === chosen ? await load(io, words) : new Command(name);
    parent.addCommand(command.description() === '' ? command.description(about) : command);
  }
}
