/** Measures what a pattern makes the engine do, beside what is known to take one step per character. */
import { performance } from 'node:perf_hooks';
import { createContext, Script } from 'node:vm';

const script = new Script("text.replace(pattern, '')");
const context = createContext();

/** How often a pattern may take what the linear one takes on the same text; a quadratic one takes thousands of times that. */
const allowance = 100;
const attempts = 10;

/** Whether a pattern, tried everywhere in the text, is done after an amount of work in proportion to its length. */
export function isLinearOn(text: string, { source, flags }: RegExp): boolean {
  const pattern = new RegExp(source, flags.includes('g') ? flags : `${flags}g`);
  // a machine that is busy elsewhere holds up some attempts, not each of them
  for (let attempt = 0; attempt < attempts; attempt++) {
    const reference = timeOf(text, /[^]/g, Infinity);
    if (timeOf(text, pattern, reference * allowance) < Infinity) return true;
  }
  return false;
}

/** Milliseconds; infinite where it would take more than `limit`: the engine is stopped then. */
function timeOf(text: string, pattern: RegExp, limit: number): number {
  Object.assign(context, { text, pattern });
  const start = performance.now();
  try {
    script.runInContext(context, limit === Infinity ? {} : { timeout: Math.ceil(limit) });
  } catch (error) {
    if (isTimeout(error)) return Infinity;
    throw error;
  }
  return performance.now() - start;
}

/** The context has an `Error` of its own. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
