import type { Random } from '../../support/random.js';
import { type Duration, second } from '../../support/time.js';

/** A log-normal distribution of times, by its median and the standard deviation of its logarithm. */
export interface Spread {
  readonly median: Duration;
  readonly sigma: number;
}

/** How long things take on a simulated node. */
export interface Profile {
  /** From binding to a sandbox with its network. */
  readonly sandbox: Spread;
  /** From an image that is present to a running process. */
  readonly start: Spread;
  /** From the process to an application that says it is ready. */
  readonly readiness: Spread;
  /** How long an init container runs. */
  readonly init: Spread;
  /** From the request to stop to a process that is gone, at most the pod's grace. */
  readonly stop: Spread;
  /** From a new size in the spec to the cgroup that shows it. */
  readonly resize: Spread;
  readonly pull: {
    /** Of one pull. */
    readonly bytesPerSecond: number;
    /** How many images a node pulls at once. */
    readonly parallel: number;
    /** Bytes by the image's name; `otherwise` for the rest. */
    readonly sizes: Readonly<Record<string, number>>;
    readonly otherwise: number;
    /** The spread of a pull's time around size / bandwidth. */
    readonly sigma: number;
  };
  /** How long a status that says only "creating" waits, so that a quick start is one write less. */
  readonly reportAfter: Duration;
}

/** What a medium node with a near registry shows: about a second from binding to running once the image is there. */
export const realistic: Profile = {
  sandbox: { median: 450, sigma: 0.2 },
  start: { median: 250, sigma: 0.25 },
  readiness: { median: 1400, sigma: 0.18 },
  init: { median: 800, sigma: 0.3 },
  stop: { median: 400, sigma: 0.5 },
  resize: { median: 60, sigma: 0.2 },
  pull: { bytesPerSecond: 50e6, parallel: 3, sizes: {}, otherwise: 200e6, sigma: 0.15 },
  reportAfter: 1.2 * second,
};

const atOnce: Spread = { median: 0, sigma: 0 };

/** Everything happens in the turn in which it is asked for: for tests that are about something else. */
export const instant: Profile = {
  sandbox: atOnce,
  start: atOnce,
  readiness: atOnce,
  init: atOnce,
  stop: atOnce,
  resize: atOnce,
  pull: { bytesPerSecond: Number.POSITIVE_INFINITY, parallel: 3, sizes: {}, otherwise: 0, sigma: 0 },
  reportAfter: 0,
};

/** Whole milliseconds. */
export function drawTime({ median, sigma }: Spread, random: Random): Duration {
  return median === 0 ? 0 : Math.round(random.logNormal(median, sigma));
}
