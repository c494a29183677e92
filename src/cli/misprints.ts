import { CodedError, exitCodes } from '../support/errors.js';

/** Mistakes in a file, a line for each. */
export class Misprints extends CodedError {
  constructor(readonly lines: readonly string[]) {
    super('MANIFEST_INVALID', lines.join('; '), undefined, exitCodes.invalid);
  }
}
