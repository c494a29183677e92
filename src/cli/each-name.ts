import { CodedError } from '../support/errors.js';

/** What went wrong with several objects of one command. */
export class SeveralFailures extends CodedError {
  constructor(readonly failures: readonly unknown[]) {
    super('SEVERAL_FAILURES', `${failures.length} failures`);
  }
}

/** Does this for each name: where one fails, the others are still done. Throws what failed. */
export async function eachName(
  names: readonly string[],
  signal: AbortSignal,
  act: (name: string) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const name of names) {
    signal.throwIfAborted();
    await act(name).catch((error: unknown) => failures.push(error));
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new SeveralFailures(failures);
}
