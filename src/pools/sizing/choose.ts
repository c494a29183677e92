/** Which forecaster and which margin kept the promise on recent demand with the least idle stock. */
import { type Duration, hour } from '../../support/time.js';
import { type Forecaster, forecasters } from './forecast/index.js';
import { type DemandHistory, day, peaks, period, slotsPerPeriod } from './history.js';
import { replay, type Score } from './replay.js';

/** So much of the past is played against each rule: with a weekend in it, and short enough to forget. */
const recent: Duration = 7 * day;
/** A promise of 99 % cannot be judged by fewer than two misses, 200 containers: where a week had fewer, it goes further back. */
const leastMisses = 2;
/** Less than this tells nothing. */
export const leastKnown: Duration = hour;
/** Of the misses that the promise allows, this share may be made on the past, on which the rule was chosen: the future is never quite like it. */
const cautious = 0.5;
/** The margins that are tried: none, and these shares of what the largest error so far would have asked for. */
const shares = [0, ...Array.from({ length: 24 }, (_, step) => 0.85 ** (23 - step))];

/** How a stock is made from a forecast f: f + margin·√(f + 1), rounded up. */
export interface Rule {
  readonly forecaster: Forecaster;
  readonly margin: number;
  /** What it would have done on the recent past. */
  readonly score: Score;
}

/**
 * The errors of a forecast of counts grow with the root of what is counted, so the margin is measured in it. How large it
 * must be is found by trying, whatever the distribution of the errors: demand comes in batches, for which no Poisson holds.
 */
export const stockOf = (forecast: number, margin: number): number =>
  Math.max(0, Math.ceil(forecast + margin * Math.sqrt(forecast + 1) - 1e-9));

/**
 * Tries every forecaster, each with the smallest margin that keeps the promise, by playing the recent demand against the
 * stock that the rule would have kept. The loss is that of the promise itself: a miss counts per container, where a
 * pinball loss would count a quiet period as much as a busy one.
 * @param until the period that begins now: all before it are known
 * @param lead in slots
 * @returns `undefined` while too little is known
 */
export function chooseRule(history: DemandHistory, until: number, lead: number, hitRate: number): Rule | undefined {
  const first = Math.ceil(history.first / slotsPerPeriod);
  if ((until - first) * period < leastKnown) return undefined;
  const known = peaks(history, lead, first, until);
  const from = known.length - telling(history, first, until, leastMisses / (1 - hitRate));
  const demand = history.slots((first + from) * slotsPerPeriod, until * slotsPerPeriod);
  const promise = 1 - (1 - hitRate) * cautious;
  let best: Rule | undefined;
  for (const forecaster of forecasters) {
    const foretold = forecaster.forecast(known, first, from).subarray(0, known.length - from);
    const trial = { forecaster, foretold, known: known.subarray(from), demand, lead, promise };
    const rule = leastMargin(trial, best);
    if (!best || isBetter(rule, best, promise)) best = rule;
  }
  return best;
}

/**
 * How many periods back the past is played: a week, or until `enough` were asked for. Not the first day, as soon as there is
 * another: those who go by the hour of the day could not know it.
 */
function telling(history: DemandHistory, first: number, until: number, enough: number): number {
  const week = recent / period;
  const perDay = day / period;
  const all = until - first - (until - first >= 2 * perDay ? perDay : 1);
  for (let back = week; back < all; back += week) {
    const asked = history
      .slots((until - back) * slotsPerPeriod, until * slotsPerPeriod)
      .reduce((sum, count) => sum + count, 0);
    if (asked >= enough) return back;
  }
  return all;
}

interface Trial {
  readonly forecaster: Forecaster;
  /** By period, as `known`. */
  readonly foretold: Float64Array;
  readonly known: Float64Array;
  /** By slot. */
  readonly demand: Uint16Array;
  readonly lead: number;
  readonly promise: number;
}

/** The smallest margin that keeps the promise; a larger one where no smaller can be better than the best so far. */
function leastMargin({ forecaster, foretold, known, demand, lead, promise }: Trial, best: Rule | undefined): Rule {
  const worst = largestError(known, foretold);
  const tried = (place: number): Rule => {
    const margin = worst * (shares[place] ?? 1);
    const stocks = foretold.map((forecast) => stockOf(forecast, margin));
    return { forecaster, margin, score: replay(demand, stocks, lead) };
  };
  // a larger margin neither misses more nor stands idle less, so halving finds the smallest that is large enough
  let [low, high] = [0, shares.length - 1];
  let found = tried(high);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const rule = tried(middle);
    if (keeps(rule.score, promise)) [high, found] = [middle, rule];
    else if (best && keeps(best.score, promise) && rule.score.idle >= best.score.idle) return found;
    else low = middle + 1;
  }
  return found;
}

function largestError(known: Float64Array, foretold: Float64Array): number {
  let largest = 0;
  for (let p = 0; p < known.length; p++) {
    const forecast = foretold[p] ?? 0;
    largest = Math.max(largest, ((known[p] ?? 0) - forecast) / Math.sqrt(forecast + 1));
  }
  return largest;
}

const keeps = ({ asked, hits }: Score, promise: number): boolean => hits >= promise * asked;

function isBetter(a: Rule, b: Rule, promise: number): boolean {
  const [keepsA, keepsB] = [keeps(a.score, promise), keeps(b.score, promise)];
  if (keepsA !== keepsB) return keepsA;
  return keepsA ? a.score.idle < b.score.idle : a.score.hits > b.score.hits;
}

/** What a forecaster says of one period, from all that is known before it. */
export function foretell(forecaster: Forecaster, history: DemandHistory, at: number, lead: number): number {
  const first = Math.ceil(history.first / slotsPerPeriod);
  const known = peaks(history, lead, first, at);
  return forecaster.forecast(known, first, known.length)[0] ?? 0;
}
