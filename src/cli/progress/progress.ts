import type { Io } from '../io.js';
import { plainProgress } from './plain.js';

/** Shows steps that take a while. */
export interface Progress {
  /** Runs one step; what it reports takes the place of what it reported before, and its outcome stays. */
  step<T>(title: string, run: (report: (text: string) => void) => Promise<T>): Promise<T>;
}

/** Spinners when everything goes to a terminal, plain lines elsewhere. */
export function progressOn(target: 'stdout' | 'stderr', io: Io): Progress {
  if (!isTerminal(io)) return plainProgress(io[target], io.clock);
  return {
    // loaded only where it is shown
    step: async (title, run) => (await import('./terminal.js')).terminalStep(target, title, io.clock, run),
  };
}

/** Terminals that are dumb, or too narrow for a line of text, get lines. */
function isTerminal({ stdout, stderr, environment }: Io): boolean {
  return stdout.isTTY === true && stderr.isTTY === true && environment.TERM !== 'dumb' && (stdout.columns ?? 80) >= 40;
}
