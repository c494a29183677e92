import { cpuUsage } from 'node:process';
import { chooseRule, DemandHistory, leadSlots, periodOf, RuleBook, sizeStock } from '../../src/pools/sizing/index.js';
import { lacksTrace, type Trace, traceNames } from '../../src/simulation/experiments/sizing/arrival-traces.js';
import {
  hitRateOf,
  contenders,
  played,
  type SizingProblem,
} from '../../src/simulation/experiments/sizing/contenders.js';
import { problemOf } from '../../src/simulation/experiments/sizing/sizing.js';
import type { StockOutcome } from '../../src/simulation/experiments/sizing/stock-replay.js';
import { seededRandom } from '../../src/support/random.js';
import { print, type Row } from '../measure.js';
import { tracesVariable } from '../traces.js';

export interface SizingOptions {
  /** One trace; all when absent. */
  readonly trace?: string | undefined;
  /** One line of JSON per trace instead of a table. */
  readonly json: boolean;
}

const settings = { leadTime: 60, hitRate: 0.99 };

/**
 * One pool per trace, its arrivals replayed in virtual time against the sizes that the operator decides, and what such a decision costs;
 * beside the best static stock in hindsight. All rules side by side: `penstock experiment run sizing`.
 */
export function benchSizing({ trace, json }: SizingOptions): void {
  const folder = process.env[tracesVariable];
  for (const name of trace === undefined ? traceNames : [trace]) {
    const lack = lacksTrace(name, folder);
    if (lack === undefined) compare(problemOf(name, seededRandom('bench'), { ...settings, trace: folder }), json);
    else if (trace === undefined) console.error(`bench sizing skips ${name}: ${lack}`);
    else {
      console.error(`bench sizing cannot replay ${name}: ${lack}`);
      process.exit(2);
    }
  }
}

function compare(problem: SizingProblem, json: boolean): void {
  const { trace, hitRate } = problem;
  const best = played(problem, contenders.static(problem));
  const sized = played(problem, contenders.sized(problem));
  const decision = decisionTimes(problem);
  if (json) {
    console.log(JSON.stringify({ trace: trace.name, about: trace.about, hitRate, static: best, sized, decision }));
    return;
  }
  print(`sizing, ${trace.name}: ${trace.about}; lead time 60 s, promised ${percent(hitRate)}`, [
    rowOf('static, chosen in hindsight', best, best),
    rowOf('sized from demand', sized, best),
    {
      what: 'a decision, CPU time',
      figure: `${decision.size.toFixed(1)} ms`,
      against: 'aim < 5 ms; every five minutes',
    },
    { what: 'choosing forecaster and margin', figure: `${decision.choose.toFixed(1)} ms`, against: 'once an hour' },
  ]);
}

const rowOf = (what: string, outcome: StockOutcome, best: StockOutcome): Row => ({
  what,
  figure: percent(hitRateOf(outcome)),
  against: `idle ${Math.round(outcome.idleHours)} container-hours, ${(outcome.idleHours / best.idleHours).toFixed(2)} of static; ${outcome.started} started`,
});

/** CPU milliseconds with the trace's last four weeks as history: the mean of some. */
function decisionTimes({ trace, lead, hitRate, autoscale }: SizingProblem): {
  readonly size: number;
  readonly choose: number;
} {
  const { arrivals, from, to }: Trace = trace;
  const history = new DemandHistory(from);
  for (const at of arrivals) history.add(at, 1);
  const rules = new RuleBook();
  const rule = rules.ruleFor(history, to, lead, hitRate);
  const before = { stock: 1, changedAt: from };
  return {
    size: cpuOf(() => sizeStock({ autoscale, start: 0, history, rule, lead, before, now: to })),
    choose: cpuOf(() => chooseRule(history, periodOf(to), leadSlots(lead), hitRate)),
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
