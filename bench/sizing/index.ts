import { cpuUsage } from 'node:process';
import type { Autoscale } from '../../src/api/container-pool.js';
import { autoscaleWithin } from '../../src/api/container-pool-schema.js';
import {
  chooseRule,
  DemandHistory,
  day,
  leadSlots,
  periodOf,
  RuleBook,
  sizeStock,
} from '../../src/pools/sizing/index.js';
import { type Duration, minute } from '../../src/support/time.js';
import { print, type Row } from '../measure.js';
import { fixed, oracle, reactive, Sized } from './policies.js';
import { type Outcome, type Policy, simulate } from './simulate.js';
import { lacksTrace, type Trace, traceNames, traceOf, tracesVariable } from './traces.js';

export interface SizingOptions {
  /** One trace; all when absent. */
  readonly trace?: string | undefined;
  /** One line of JSON per trace instead of a table. */
  readonly json: boolean;
}

const lead: Duration = minute;
const promise = 0.99;
const largest = 1000;
/** What a user gets who states no more than this. */
const autoscale: Autoscale = { ...autoscaleWithin({ min: 0, max: largest }), leadTime: '60s' };

interface Result extends Outcome {
  readonly policy: string;
  readonly hitRate: number;
}

/**
 * One pool per trace, its arrivals replayed in virtual time against the sizes that the operator decides, beginning with no knowledge at
 * all; beside the best that one could do otherwise, chosen in hindsight.
 */
export function benchSizing({ trace, json }: SizingOptions): void {
  const folder = process.env[tracesVariable];
  for (const name of trace === undefined ? traceNames : [trace]) {
    const lack = lacksTrace(name, folder);
    if (lack === undefined) compare(traceOf(name, folder), json);
    else if (trace === undefined) console.error(`bench sizing skips ${name}: ${lack}`);
    else {
      console.error(`bench sizing cannot replay ${name}: ${lack}`);
      process.exit(2);
    }
  }
}

function compare(trace: Trace, json: boolean): void {
  const run = (policy: Policy) => played(trace, policy);
  const sized = new Sized(trace.from, lead, autoscale);
  const bestStatic = run(fixed(smallestStatic(trace)));
  const results = [
    bestStatic,
    { ...run(fixed(smallestStatic(firstWeek(trace)))), policy: 'static, chosen after a week' },
    bestReactive(run),
    run(sized),
    run(oracle(trace.arrivals, lead, promise, hourly)),
    run(oracle(trace.arrivals, lead, promise, 1)),
  ];
  const decision = decisionTimes(trace);
  if (json) {
    const told = { trace: trace.name, about: trace.about, leadTimeSeconds: lead / 1000, promise, results };
    const idle = results.map(({ idleHours }) => idleHours / bestStatic.idleHours);
    console.log(
      JSON.stringify({ ...told, idleOfStatic: idle, inCharge: Object.fromEntries(sized.inCharge), decision }),
    );
    return;
  }
  print(`sizing, ${trace.name}: ${trace.about}; lead time 60 s, promised ${percent(promise)}`, [
    ...results.map((result) => rowOf(result, bestStatic)),
    {
      what: 'a decision, CPU time',
      figure: `${decision.size.toFixed(1)} ms`,
      against: 'aim < 5 ms; every five minutes',
    },
    { what: 'choosing forecaster and margin', figure: `${decision.choose.toFixed(1)} ms`, against: 'once an hour' },
  ]);
}

const rowOf = ({ policy, hitRate, idleHours, started }: Result, best: Result): Row => ({
  what: policy,
  figure: percent(hitRate),
  against: `idle ${Math.round(idleHours)} container-hours, ${(idleHours / best.idleHours).toFixed(2)} of static; ${started} started`,
});

function played(trace: Trace, policy: Policy): Result {
  const outcome = simulate(trace.arrivals, trace, lead, policy);
  return { policy: policy.name, ...outcome, hitRate: outcome.hits / outcome.asked };
}

/** What somebody who chooses a static stock after a week has seen of the trace. */
function firstWeek({ arrivals, from, ...rest }: Trace): Trace {
  const to = from + 7 * day;
  return { ...rest, arrivals: arrivals.filter((at) => at < to), from, to };
}

/** The smallest stock that keeps the promise: more never misses more. */
function smallestStatic(trace: Trace): number {
  let [low, high] = [1, largest];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (played(trace, fixed(middle)).hitRate >= promise) high = middle;
    else low = middle + 1;
  }
  return low;
}

const spares = [0, 1, 2, 3, 4, 6, 10, 20, 40, 80];
const factors = [0.5, 1, 2, 4, 8];
const windows = [1, 3, 12];
const leadPerPeriod = 0.2;
const hourly = 12;

/** Of many settings of a reactive buffer the one that keeps the promise with the least idle stock. */
function bestReactive(run: (policy: Policy) => Result): Result {
  const kept = spares
    .flatMap((spare) =>
      factors.flatMap((factor) => windows.map((window) => run(reactive(spare, factor, window, leadPerPeriod)))),
    )
    .filter(({ hitRate }) => hitRate >= promise);
  kept.sort((a, b) => a.idleHours - b.idleHours);
  const [best] = kept;
  if (!best) throw new Error('no setting of the reactive buffer keeps the promise: add larger ones');
  return best;
}

/** CPU milliseconds with the trace's last four weeks as history: the mean of some. */
function decisionTimes({ arrivals, from, to }: Trace): { readonly size: number; readonly choose: number } {
  const history = new DemandHistory(from);
  for (const at of arrivals) history.add(at, 1);
  const rules = new RuleBook();
  const rule = rules.ruleFor(history, to, lead, promise);
  const before = { stock: 1, changedAt: from };
  return {
    size: cpuOf(() => sizeStock({ autoscale, start: 0, history, rule, lead, before, now: to })),
    choose: cpuOf(() => chooseRule(history, periodOf(to), leadSlots(lead), promise)),
  };
}

function cpuOf(work: () => unknown): number {
  const rounds = 20;
  for (let round = 0; round < rounds; round++) work();
  const begin = cpuUsage();
  for (let round = 0; round < rounds; round++) work();
  const { user, system } = cpuUsage(begin);
  return (user + system) / 1000 / rounds;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
