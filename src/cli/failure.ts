import { explain, type Where } from '../cluster/kubernetes/explain.js';
import { exitCodes } from '../support/errors.js';
import { SeveralFailures } from './each-name.js';
import { Interrupted } from './io.js';
import { Misprints } from './misprints.js';

/** A failure as the command line tells it, and the code that the program ends with. */
export interface Failure {
  /** One, except where a file has several mistakes. */
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/** What is wrong and what to do, in one line, of whatever a command threw. */
export function failureOf(error: unknown, where: Where): Failure {
  if (error instanceof Interrupted) return { lines: ['interrupted'], exitCode: exitCodes.interrupted };
  if (error instanceof SeveralFailures) {
    const all = error.failures.map((one) => failureOf(one, where));
    return { lines: all.flatMap(({ lines }) => lines), exitCode: all[0]?.exitCode ?? exitCodes.failed };
  }
  if (error instanceof Misprints) return { lines: error.lines.map(oneLine), exitCode: error.exitCode };
  const { message, hint, exitCode } = explain(error, where);
  return { lines: [oneLine(hint === undefined ? message : `${message}; ${hint}`)], exitCode };
}

/** Servers and libraries send several lines; a message of ours is one. */
export const oneLine = (text: string): string =>
  text
    .split(/[\r\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
