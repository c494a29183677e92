/** Waiting for what becomes of a real cluster. */
import type { Clock } from '../src/support/clock.js';
import { type Duration, formatDuration, minute } from '../src/support/time.js';

/** Between two looks. */
export const pause: Duration = 100;
/** A busy machine is slow, not broken. */
export const defaultPatience: Duration = 3 * minute;

export interface Awaited<T> {
  /** As in: waited 3m for … */
  readonly what: string;
  readonly read: () => Promise<T>;
  readonly done: (seen: T) => boolean;
  readonly patience?: Duration | undefined;
  /** The server may be away meanwhile: an error is looked past, and is never what is waited for. */
  readonly bearsErrors?: boolean;
}

/** Reads again and again until `done` likes what it sees, and returns that. Throws, with what it saw last, when `patience` is over. */
export async function until<T>(
  clock: Clock,
  { what, read, done, patience = defaultPatience, bearsErrors = false }: Awaited<T>,
): Promise<T> {
  const deadline = clock.now() + patience;
  for (;;) {
    const seen = await look(read);
    if ('error' in seen && !bearsErrors) throw seen.error;
    if ('value' in seen && done(seen.value)) return seen.value;
    if (clock.now() > deadline) throw tooLate(what, patience, 'value' in seen ? seen.value : seen.error);
    await clock.sleep(pause);
  }
}

async function look<T>(read: () => Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
  try {
    return { value: await read() };
  } catch (error) {
    return { error };
  }
}

export function tooLate(what: string, patience: Duration, seen: unknown): Error {
  const last = seen instanceof Error ? seen.message : JSON.stringify(seen, withoutManagers, 2);
  return new Error(`waited ${formatDuration(patience)} for ${what}; seen last: ${last}`);
}

/** Who set which field is of no interest, and long. */
const withoutManagers = (key: string, value: unknown) => (key === 'managedFields' ? undefined : value);
