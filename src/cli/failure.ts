import { explain, type Where } from '../cluster/kubernetes/explain.js';
import { type ExitCode, exitCodes } from '../support/errors.js';
import { Interrupted } from './io.js';

/** A failure as the command line tells it: one line, and the code that the program ends with. */
export interface Failure {
  readonly line: string;
  readonly exitCode: ExitCode;
}

/** One line that says what is wrong and what to do, of whatever a command threw. */
export function failureOf(error: unknown, where: Where): Failure {
  if (error instanceof Interrupted) return { line: 'interrupted', exitCode: exitCodes.interrupted };
  const { message, hint, exitCode } = explain(error, where);
  return { line: oneLine(hint === undefined ? message : `${message}; ${hint}`), exitCode };
}

/** Servers and libraries send several lines; a message of ours is one. */
export const oneLine = (text: string): string => text.trim().replace(/\s*[\r\n]+\s*/g, ' ');
