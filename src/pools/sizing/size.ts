/** How large a stock is to be now, and why: a pure function of the promise, what is known of demand, and the last size. */
import type { Autoscale } from '../../api/container-pool.js';
import { type Duration, formatDuration, type Instant, minute, timestamp } from '../../support/time.js';
import { foretell, type Rule, stockOf } from './choose.js';
import { type DemandHistory, day, leadSlots, peaks, period, periodOf, slot, slotsPerPeriod } from './history.js';
import { scheduledMin } from './schedule.js';

/** So long the stock bears the most that was ever seen: the errors of forecasts are not known yet. */
const learning: Duration = day;

/** In charge where somebody else decides. */
export const webhookName = 'webhook';
/** Somebody else is asked so often. */
const askEvery: Duration = minute;

/** In charge until there is a rule. */
const mostSoFar = 'most-so-far';

export interface SizeView {
  readonly autoscale: Autoscale;
  /** The least stock while demand is not known: the pool's `replicas`. */
  readonly start: number;
  readonly history: DemandHistory;
  /** The forecaster and margin in charge; `undefined` while too little is known for one. */
  readonly rule: Rule | undefined;
  /** What the webhook says, of a pool that has one: nothing until it has answered. */
  readonly told?: Told | 'not yet';
  readonly lead: Duration;
  /** The size until now; `undefined` for a pool that had none. */
  readonly before: { readonly stock: number; readonly changedAt: Instant } | undefined;
  readonly now: Instant;
}

/** An answer of a webhook. */
export interface Told {
  readonly stock: number;
  readonly message?: string;
}

export interface Size {
  readonly stock: number;
  /** Why it is what it is, as a sentence; says something new only when the stock has changed. */
  readonly message: string;
  /** Whether demand asks for more than `max`. */
  readonly short: boolean;
  readonly forecast: number;
  readonly forecaster: string;
  /** When to decide anew. */
  readonly wakeAt: Instant;
}

interface Wanted {
  readonly stock: number;
  readonly why: string;
  readonly forecast: number;
}

export function sizeStock(view: SizeView): Size {
  const { autoscale, rule, before, now, told } = view;
  const wanted = told === undefined ? wantedOf(view) : toldOf(told, view);
  const aim = withinLimits(wanted, view);
  const step = before
    ? paced(aim.stock, before, autoscale.change, now)
    : { stock: aim.stock, why: '', wakeAt: undefined };
  const reasons = [aim.why, step.why].filter((why) => why !== '').join('; ');
  return {
    stock: step.stock,
    message: `${verb(before?.stock, step.stock)}: ${reasons}`,
    short: wanted.stock > autoscale.max,
    forecast: wanted.forecast,
    forecaster: told === undefined ? (rule?.forecaster.name ?? mostSoFar) : webhookName,
    wakeAt: Math.min(told === undefined ? (periodOf(now) + 1) * period : now + askEvery, step.wakeAt ?? Infinity),
  };
}

function verb(before: number | undefined, after: number): string {
  if (before === undefined) return `begins with ${after}`;
  if (before === after) return `stays at ${after}`;
  return `${before < after ? 'raised' : 'lowered'} from ${before} to ${after}`;
}

/** What the webhook asks for. Until it has, the stock stays. */
function toldOf(told: Told | 'not yet', { before, start }: SizeView): Wanted {
  if (told === 'not yet') {
    const stock = before?.stock ?? start;
    return { stock, why: 'the webhook has not answered yet', forecast: stock };
  }
  const { stock, message } = told;
  return { stock, why: `the webhook asks for ${stock}${message ? `: ${message}` : ''}`, forecast: stock };
}

/** What demand asks for, limits aside. */
function wantedOf({ rule, history, lead, start, now, autoscale: { hitRate } }: SizeView): Wanted {
  const at = periodOf(now);
  const slots = leadSlots(lead);
  const refill = `refill takes ${formatDuration(lead)}`;
  const known = now - history.first * slot;
  const highest = known < learning ? mostSeen(history, slots, now) : 0;
  if (!rule) {
    const stock = Math.max(start, highest);
    const seen = `at most ${highest} were asked for within one refill so far, ${refill}`;
    return { stock, why: `demand has been counted for less than an hour: ${seen}`, forecast: highest };
  }
  const forecast = foretell(rule.forecaster, history, at, slots);
  const stock = stockOf(forecast, rule.margin);
  const expected = Math.ceil(forecast);
  const until = `between ${timeOf(at * period)} and ${timeOf((at + 1) * period)} UTC`;
  const by = `${until} at most ${expected} are expected within one refill, going by ${rule.forecaster.basis}, ${refill}`;
  const { asked, hits } = rule.score;
  const kept =
    asked === 0
      ? 'nothing was asked for lately'
      : `so sized, ${percent(hits / asked)} of recent demand was in stock (promised ${percent(hitRate)})`;
  const spare = stock > expected ? `, and ${stock - expected} are kept for error` : '';
  const why = `${by}${spare}; ${kept}`;
  if (known >= learning || stock >= Math.max(start, highest)) return { stock, why, forecast: expected };
  const least = Math.max(start, highest);
  const first = start > highest ? `${start} are kept at first` : `up to ${highest} were asked for within one refill`;
  return { stock: least, why: `${first}, and demand is known for less than a day; ${by}`, forecast: expected };
}

const mostSeen = (history: DemandHistory, lead: number, now: Instant): number =>
  peaks(history, lead, Math.floor(history.first / slotsPerPeriod), periodOf(now) + 1).reduce(
    (a, b) => Math.max(a, b),
    0,
  );

function withinLimits(
  { stock, why }: Wanted,
  { autoscale, now }: SizeView,
): { readonly stock: number; readonly why: string } {
  const { min, max } = autoscale;
  const scheduled = scheduledMin(autoscale, now);
  const least = Math.min(max, Math.max(min, scheduled.min));
  if (stock > max) return { stock: max, why: `${why}; that would be ${stock}, but max is ${max}` };
  if (stock >= least)
    return { stock, why: scheduled.min === 0 && scheduled.why !== '' ? `${why}; ${scheduled.why}` : why };
  const limit = scheduled.min > min ? `the schedule ${scheduled.why}` : `min is ${min}`;
  return { stock: least, why: `${limit}, and demand asks for ${stock} only: ${why}` };
}

/** One step towards the aim, no larger than a minute allows, and a minute after the last at the earliest. */
function paced(
  aim: number,
  { stock, changedAt }: { readonly stock: number; readonly changedAt: Instant },
  { raisePerMinute, lowerPerMinute }: Autoscale['change'],
  now: Instant,
): { readonly stock: number; readonly why: string; readonly wakeAt: Instant | undefined } {
  if (aim === stock) return { stock, why: '', wakeAt: undefined };
  if (now < changedAt + minute) return { stock, why: 'it changed within this minute', wakeAt: changedAt + minute };
  const next = Math.min(stock + raisePerMinute, Math.max(stock - lowerPerMinute, aim));
  if (next === aim) return { stock: next, why: '', wakeAt: undefined };
  const limit = next > stock ? `raised by ${raisePerMinute}` : `lowered by ${lowerPerMinute}`;
  return { stock: next, why: `the aim is ${aim}, but in a minute it is ${limit} at most`, wakeAt: now + minute };
}

const timeOf = (at: Instant): string => timestamp(at).slice(11, 16);

/** Rounded down: a promise that is just missed must not look kept. */
const percent = (share: number): string => `${Math.floor(share * 10_000 + 1e-6) / 100}%`;
