/** All that is compared, by name: what the operator does, what one could choose in hindsight, and what others have published. */
import type { Autoscale } from '../../../api/container-pool.js';
import { day } from '../../../pools/sizing/index.js';
import type { Duration } from '../../../support/time.js';
import type { Trace } from './arrival-traces.js';
import {
  Drops,
  DropsPredictive,
  DropsPredictiveReactive,
  DropsReactive,
  IntelligentPooling,
} from './published-rules.js';
import { fixed, oracle, reactive, Sized } from './stock-policies.js';
import { replayStock, type StockOutcome, type StockPolicy } from './stock-replay.js';

export interface SizingProblem {
  readonly trace: Trace;
  /** From the start of a container until it is in stock. */
  readonly lead: Duration;
  /** The part of what is asked for that is to be found in stock. */
  readonly hitRate: number;
  readonly autoscale: Autoscale;
}

const largest = 1000;
const hourly = 12;

export const contenders = {
  sized: ({ trace, lead, autoscale }) => new Sized(trace.from, lead, autoscale),
  'intelligent-pooling': ({ lead }) => new IntelligentPooling(lead),
  drops: ({ lead, hitRate }) => new Drops(lead, hitRate),
  'drops-predictive': ({ lead, hitRate }) => new DropsPredictive(lead, hitRate),
  'drops-reactive': () => new DropsReactive(),
  'drops-predictive-reactive': () => new DropsPredictiveReactive(),
  'static-after-week': (problem) => fixed(smallestStatic({ ...problem, trace: firstWeek(problem.trace) })),
  static: (problem) => fixed(smallestStatic(problem)),
  'reactive-in-hindsight': bestReactive,
  'oracle-hourly': ({ trace, lead, hitRate }) => oracle(trace.arrivals, lead, hitRate, hourly),
  oracle: ({ trace, lead, hitRate }) => oracle(trace.arrivals, lead, hitRate, 1),
} as const satisfies Readonly<Record<string, (problem: SizingProblem) => StockPolicy>>;

export type ContenderName = keyof typeof contenders;

export const isContender = (name: string): name is ContenderName => Object.hasOwn(contenders, name);

export const played = ({ trace, lead }: SizingProblem, policy: StockPolicy): StockOutcome =>
  replayStock(trace.arrivals, trace, lead, policy);

export const hitRateOf = ({ hits, asked }: StockOutcome): number => (asked === 0 ? 1 : hits / asked);

/** What somebody who chooses a static stock after a week has seen of the trace. */
function firstWeek({ arrivals, from, ...rest }: Trace): Trace {
  const to = from + 7 * day;
  return { ...rest, arrivals: arrivals.filter((at) => at < to), from, to };
}

/** The smallest stock that keeps the promise: more never misses more. */
function smallestStatic(problem: SizingProblem): number {
  let [low, high] = [1, largest];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (hitRateOf(played(problem, fixed(middle))) >= problem.hitRate) high = middle;
    else low = middle + 1;
  }
  return low;
}

const spares = [0, 1, 2, 3, 4, 6, 10, 20, 40, 80];
const factors = [0.5, 1, 2, 4, 8];
const windows = [1, 3, 12];
const leadPerPeriod = 0.2;

/** Of many settings of a reactive buffer the one that keeps the promise with the least idle stock. */
function bestReactive(problem: SizingProblem): StockPolicy {
  let best: { readonly create: () => StockPolicy; readonly idle: number } | undefined;
  for (const spare of spares)
    for (const factor of factors)
      for (const window of windows) {
        const create = () => reactive(spare, factor, window, leadPerPeriod);
        const outcome = played(problem, create());
        if (hitRateOf(outcome) < problem.hitRate) continue;
        if (!best || outcome.idleHours < best.idle) best = { create, idle: outcome.idleHours };
      }
  // none keeps it: the largest comes closest
  return best?.create() ?? reactive(largest, 0, 1, leadPerPeriod);
}
