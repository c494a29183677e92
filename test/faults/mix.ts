import type { Random } from '../../src/support/random.js';
import { type Duration, second } from '../../src/support/time.js';

/** Which faults a run has, and how many: drawn from its seed, so that no two runs are alike. */
export interface Mix {
  /** `elected`: two replicas and a Lease; `both`: two that are active at once, with nothing between them. */
  readonly operators: 'one' | 'elected' | 'both';
  /** Whether the cluster collects what belongs to deleted claims and pools; without it the operator is alone with that. */
  readonly collector: boolean;
  /** Whether admission puts containers of others into every pod, the proxy of a mesh, say, at whatever place. */
  readonly foreign: boolean;
  /** The mean time of a call, half of it on the way there. */
  readonly latency: Duration;
  /** The share of calls that fail and have no effect. */
  readonly refused: number;
  /** The share of writes that happen, with an answer that never comes. */
  readonly lost: number;
  /** The share of writes that time out and happen later all the same. */
  readonly late: number;
  /** The share of pods that the server lets nobody delete, or change, by a policy; and of pods that it does not let be made. */
  readonly denied: number;
  /** The greatest delay of a watch's events. */
  readonly lag: Duration;
  /** The mean life of a watch. */
  readonly watchLife: Duration;
  /** The mean time between compactions of the server's history. */
  readonly compaction: Duration;
  /** A replica is stopped at one of its first so many writes. */
  readonly crashWithin: number;
  /** The mean time between pauses of a replica: its timers and its answers stand still, its last writes come after. */
  readonly pauses: Duration;
}

export const noFaults: Mix = {
  operators: 'one',
  collector: true,
  foreign: false,
  latency: 0,
  refused: 0,
  lost: 0,
  late: 0,
  denied: 0,
  lag: 0,
  watchLife: Infinity,
  compaction: Infinity,
  crashWithin: 0,
  pauses: Infinity,
};

export function drawMix(random: Random): Mix {
  const sometimes = <T>(share: number, draw: () => T, otherwise: T): T => {
    // both are drawn always: leaving one fault out must not change the others
    const value = draw();
    return random.uniform() < share ? value : otherwise;
  };
  const operators = random.pick(['one', 'elected', 'elected', 'both'] as const);
  return {
    operators,
    collector: random.split('collector').uniform() < 0.3,
    foreign: random.split('foreign').uniform() < 0.4,
    // two that act at once, in no time and in step, would undo each other's work for ever: chance must part them
    latency: sometimes(0.8, () => random.pick([2, 10, 50, 200]), operators === 'both' ? 2 : 0),
    refused: sometimes(0.5, () => random.pick([0.02, 0.1, 0.3]), 0),
    lost: sometimes(0.5, () => random.pick([0.02, 0.1, 0.3]), 0),
    late: sometimes(0.4, () => random.pick([0.02, 0.1]), 0),
    denied: random.split('denied').pick([0, 0, 0, 0.1, 0.3]),
    lag: sometimes(0.5, () => random.pick([200, 2 * second, 8 * second]), 0),
    watchLife: sometimes(0.4, () => random.pick([2, 10, 30]) * second, Infinity),
    compaction: sometimes(0.3, () => random.pick([5, 20]) * second, Infinity),
    crashWithin: sometimes(0.6, () => random.pick([5, 20, 60]), 0),
    pauses: sometimes(0.4, () => random.pick([10, 25]) * second, Infinity),
  };
}

/** In one line, only what differs from a run without faults. */
export function describeMix(mix: Mix): string {
  const words = Object.entries(mix)
    .filter(([name, value]) => name === 'operators' || value !== noFaults[name as keyof Mix])
    .map(([name, value]) => `${name} ${value}`);
  return words.join(', ');
}
