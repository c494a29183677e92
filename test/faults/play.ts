import { describeMix } from './mix.js';
import { run } from './run.js';
import type { Play } from './suites.js';
import { report, traceOf } from './trace.js';

/** The operator's histories. */
export const play: Play = async (seed) => {
  const result = await run({ seed });
  return {
    report: result.violations.length === 0 ? undefined : report(result),
    trace: traceOf(result, new Set()),
    faults: describeMix(result.mix),
  };
};
