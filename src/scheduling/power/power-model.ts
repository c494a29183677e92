/** What a running node draws, in watts, by the utilization of its cpu from 0 to 1. A node that is off draws nothing. */
export type PowerModel = (utilization: number) => number;

const clamped = (utilization: number): number => Math.min(Math.max(utilization, 0), 1);

/** idle + (peak − idle)·u */
export const linearPower =
  (idle: number, peak: number): PowerModel =>
  (utilization) =>
    idle + (peak - idle) * clamped(utilization);

/**
 * Linear between measurements at equal steps of utilization, the first idle and the last at full use. In CloudSim's order of operations: hosts
 * whose power grows by the same are told apart by rounding alone there.
 */
export function tabulatedPower(watts: readonly number[]): PowerModel {
  const steps = watts.length - 1;
  return (utilization) => {
    const share = clamped(utilization);
    const below = Math.floor(share * steps);
    const from = watts[below]!;
    const delta = ((watts[below + 1] ?? from) - from) / steps;
    return from + delta * (share - below / steps) * (steps * steps);
  };
}

/** SPECpower measurements of two servers at 0, 10, … 100 % cpu, as CloudSim's power-aware experiments use them. */
export const measuredWatts = {
  /** HP ProLiant ML110 G4 */
  g4: [86, 89.4, 92.6, 96, 99.5, 102, 106, 108, 112, 114, 117],
  /** HP ProLiant ML110 G5 */
  g5: [93.7, 97, 101, 105, 110, 116, 121, 125, 129, 133, 135],
} as const;

export const joulesPerKilowattHour = 3.6e6;

/** The energy of an interval in joules, by the trapezoidal rule, as CloudSim counts it. */
export const intervalEnergy = (before: number, after: number, seconds: number): number =>
  ((before + after) / 2) * seconds;
