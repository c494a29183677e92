import type { Duration } from '../../support/time.js';

/** What machines used over time, as shares of what each of them has. Between two samples use is linear. */
export interface UsageTrace {
  /** Where it is from, for reports: `PlanetLab, 20110303, 1052 machines`. */
  readonly source: string;
  /** Which resources are measured and which are made up, and how, for reports. */
  readonly notes: readonly string[];
  /** From one sample to the next. */
  readonly interval: Duration;
  readonly machines: readonly MachineTrace[];
}

/** Shares of what the machine has, a sample each interval: usually from 0 to 1, above where more is asked for than there is. */
export interface MachineTrace {
  readonly name: string;
  readonly cpu: Float64Array;
  readonly memory?: Float64Array;
  readonly network?: Float64Array;
  readonly disk?: Float64Array;
}
