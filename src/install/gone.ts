import { NotFound } from '../cluster/errors.js';

/** What the call gives; nothing where there is no such object any more. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
