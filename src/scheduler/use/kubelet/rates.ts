import type { Amounts } from '../../../scheduling/resources/amounts.js';
import { type Duration, second } from '../../../support/time.js';
import type { Pressure } from '../use-source.js';
import type { Counter, Figures } from './summary.js';

/** What stands in figures, and the disk's counter, which the summary does not have. */
export type NodeFigures = Figures & { readonly disk?: Counter | undefined };

/**
 * How fast a counter went, per second; `undefined` when that cannot be said: no earlier reading, none since, or the counter
 * went back, as it does when what it counts began anew.
 */
export function rateOf(before: Counter | undefined, after: Counter | undefined): number | undefined {
  if (!before || !after || after.at <= before.at || after.total < before.total) return undefined;
  return ((after.total - before.total) * second) / (after.at - before.at);
}

/**
 * What was used between two readings. cpu is the difference of its counter, so that means over a window are exact, wherever the
 * readings lie in it (the kubelet's times are whole seconds); the kubelet's own rate stands for it where there is no
 * difference. A level, such as memory, is taken to be what it was last. Pure.
 */
export function useBetween(before: NodeFigures | undefined, after: NodeFigures): Amounts {
  const coreNanoseconds = rateOf(before?.cpu, after.cpu);
  return present({
    cpu: coreNanoseconds === undefined ? after.cpuNow : coreNanoseconds / 1e6,
    memory: after.memory,
    'ephemeral-storage': after.storage,
    network: rateOf(before?.network, after.network),
    disk: rateOf(before?.disk, after.disk),
  });
}

/** What share of the time between two readings some task was stalled; of the last ten seconds, where there is one only. */
export function pressureBetween(before: Figures | undefined, after: Figures): Pressure {
  return present({
    cpu: stalledShare(before, after, 'cpu'),
    memory: stalledShare(before, after, 'memory'),
    io: stalledShare(before, after, 'io'),
  });
}

function stalledShare(before: Figures | undefined, after: Figures, name: keyof Figures['stalls']): number | undefined {
  const nanoseconds = rateOf(before?.stalls[name], after.stalls[name]);
  return nanoseconds === undefined ? after.stalls[name]?.share : Math.min(1, nanoseconds / 1e9);
}

/** What the first reading of a node speaks for: its rates are those of the kubelet, whose samples are that far apart. */
export const firstSpan: Duration = 10 * second;

function present(values: Readonly<Record<string, number | undefined>>): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const name in values) {
    const value = values[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
