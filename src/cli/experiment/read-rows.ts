import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, type ResultDocument } from '../../simulation/index.js';
import { CodedError, exitCodes, messageOf } from '../../support/errors.js';

/**
 * The result of a run, by its folder or by the file.
 * @throws CodedError `UNREADABLE_RESULT`
 */
export function readRows(path: string): ResultDocument {
  try {
    const file = statSync(path).isDirectory() ? join(path, 'result.json') : path;
    return parseDocument(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new CodedError(
      'UNREADABLE_RESULT',
      `${path} is not the result of an experiment: ${messageOf(error).split('\n')[0]}`,
      'give the folder of a run that has finished, or its result.json',
      exitCodes.invalid,
    );
  }
}
