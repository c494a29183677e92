/** When a host is overloaded: the five rules of Beloglazov and Buyya (2012), as CloudSim 4.0 has them. */
import type { Host } from './host.js';
import {
  interquartileRange,
  type Line,
  localRegression,
  medianAbsoluteDeviation,
  robustLocalRegression,
} from './statistics.js';
import type { VirtualMachine } from './virtual-machine.js';

/** @param candidate a machine that counts as if it were on the host */
export type OverloadDetection = (host: Host, candidate?: VirtualMachine) => boolean;

export const detectionNames = ['thr', 'iqr', 'mad', 'lr', 'lrr'] as const;
export type DetectionName = (typeof detectionNames)[number];

/** What counts where a rule has too little to go by. */
const fallbackThreshold = 0.7;
/** From so many values on a spread is trusted. */
const leastForSpread = 12;
/** A regression looks at so many. */
const regressed = 10;

const requestedShare = (host: Host, candidate?: VirtualMachine): number =>
  (host.requested + (candidate?.requested ?? 0)) / host.mips;

const threshold =
  (limit: number): OverloadDetection =>
  (host, candidate) =>
    requestedShare(host, candidate) > limit;

const fallback = threshold(fallbackThreshold);

/** The more a host's use varies, the less of it may be used. */
const adaptiveThreshold =
  (spread: (history: Float64Array) => number, safety: number): OverloadDetection =>
  (host, candidate) => {
    const history = host.history(candidate);
    if (history.length < leastForSpread) return fallback(host, candidate);
    return requestedShare(host, candidate) > 1 - safety * spread(history);
  };

/** What is foretold for when a migration would end. */
const regression =
  (fit: (values: Float64Array) => Line, safety: number, interval: number): OverloadDetection =>
  (host, candidate) => {
    const history = host.history(candidate);
    if (history.length < regressed) return fallback(host, candidate);
    const { intercept, slope } = fit(history.subarray(0, regressed));
    const migration = longestMigration(host, candidate) / interval;
    return (intercept + slope * (regressed + Math.ceil(migration))) * safety >= 1;
  };

function longestMigration(host: Host, candidate: VirtualMachine | undefined): number {
  let memory = candidate?.type.memory ?? 0;
  for (const { type } of host.machines) memory = Math.max(memory, type.memory);
  return migrationTime(memory, host.type.bandwidth);
}

/** In seconds: half of the bandwidth is for it. @param memory in MiB @param bandwidth in kbit/s */
export const migrationTime = (memory: number, bandwidth: number): number => memory / (bandwidth / (2 * 8000));

/** @param parameter a threshold for `thr`, else how much safety there is to be @param interval in seconds */
export function overloadDetection(name: DetectionName, parameter: number, interval: number): OverloadDetection {
  switch (name) {
    case 'thr':
      return threshold(parameter);
    case 'iqr':
      return adaptiveThreshold(interquartileRange, parameter);
    case 'mad':
      return adaptiveThreshold(medianAbsoluteDeviation, parameter);
    case 'lr':
      return regression(localRegression, parameter, interval);
    case 'lrr':
      return regression(robustLocalRegression, parameter, interval);
  }
}
