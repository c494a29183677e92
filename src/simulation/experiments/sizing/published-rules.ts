/** Rules by which others size their pools, as published, each for one pool and from its own past alone. */
import { day, periodOf } from '../../../pools/sizing/index.js';
import { quantile } from '../../../support/statistics.js';
import { type Duration, hour, type Instant, second } from '../../../support/time.js';
import type { StockPolicy } from './stock-replay.js';

/** The least and the most that DROPS' reactive rule keeps, the factor by which a miss lets it grow, and how often it gives one up. */
const reactiveRule = { least: 15, most: 4500, factor: 1.35, decay: second };

/**
 * `reactive` of DROPS (EuroSys 2026, its published simulator): each miss multiplies the stock by 1.35, each second takes one away, and
 * fifteen always stay. At most 4,500 are kept.
 */
export class DropsReactive implements StockPolicy {
  readonly name: string = 'drops-reactive';
  protected size: number = reactiveRule.least;
  #since: Instant | undefined;

  stockAt(now: Instant): number {
    const since = this.#since ?? now;
    const steps = Math.floor((now - since) / reactiveRule.decay);
    this.#since = since + steps * reactiveRule.decay;
    this.size = Math.max(reactiveRule.least, this.size - steps);
    return this.size;
  }

  asked(_at: Instant): void {}

  missed(_at: Instant): void {
    this.size = Math.min(reactiveRule.most, Math.ceil(this.size * reactiveRule.factor));
  }
}

/** What was asked for in each hour, and what is to be expected of the next: as much as in the same hour of the week before, else of the hour before. */
class HourlyDemand {
  readonly #counts = new Map<number, number>();
  #first: number | undefined;

  add(at: Instant): void {
    const key = Math.floor(at / hour);
    this.#first ??= key;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  expectedAt(now: Instant): number {
    const key = Math.floor(now / hour);
    const weekBefore = key - (7 * day) / hour;
    const known = this.#first !== undefined && weekBefore >= this.#first;
    return this.#counts.get(known ? weekBefore : key - 1) ?? 0;
  }
}

/**
 * `predictive` of DROPS: once an hour, the stock that a Poisson process of the expected rate does not exceed within the time that it takes
 * to make a container, with the promised probability. Its forecast is a trained model's; here it is the same hour a week before.
 */
export class DropsPredictive implements StockPolicy {
  readonly name = 'drops-predictive';
  readonly #demand = new HourlyDemand();

  constructor(
    private readonly lead: Duration,
    private readonly hitRate: number,
  ) {}

  asked(at: Instant): void {
    this.#demand.add(at);
  }

  stockAt(now: Instant): number {
    return Math.max(1, poissonQuantile((this.#demand.expectedAt(now) * this.lead) / hour, this.hitRate));
  }
}

/** `predictive-reactive` of DROPS: once an hour as many as are expected within it, between hours as the reactive rule has it. */
export class DropsPredictiveReactive extends DropsReactive {
  override readonly name = 'drops-predictive-reactive';
  readonly #demand = new HourlyDemand();
  #hour: number | undefined;

  override asked(at: Instant): void {
    this.#demand.add(at);
  }

  override stockAt(now: Instant): number {
    const stock = super.stockAt(now);
    const key = Math.floor(now / hour);
    if (key === this.#hour) return stock;
    this.#hour = key;
    this.size = Math.max(reactiveRule.least, this.#demand.expectedAt(now));
    return this.size;
  }
}

const trainingDays = 7;

/**
 * DROPS for one pool: once a day, the percentile of what is asked for at the same time, within the time that it takes to make a container,
 * over the week before. (What it shares between pools, and the tier of nodes below, one pool has not.)
 */
export class Drops implements StockPolicy {
  readonly name = 'drops';
  #arrivals: Instant[] = [];
  #day: number | undefined;
  #stock = reactiveRule.least;

  constructor(
    private readonly lead: Duration,
    private readonly hitRate: number,
  ) {}

  asked(at: Instant): void {
    this.#arrivals.push(at);
  }

  stockAt(now: Instant): number {
    const today = Math.floor(now / day);
    if (today === this.#day) return this.#stock;
    const isFirst = this.#day === undefined;
    this.#day = today;
    if (isFirst) return this.#stock;
    this.#arrivals = this.#arrivals.filter((at) => at >= now - trainingDays * day);
    this.#stock = Math.max(1, quantile(concurrent(this.#arrivals, this.lead), this.hitRate) || 1);
    return this.#stock;
  }
}

/** Of each arrival, how many came within `lead` before it, itself too: so many have to be in stock that it finds one. */
function concurrent(arrivals: readonly Instant[], lead: Duration): readonly number[] {
  let first = 0;
  return arrivals.map((at, index) => {
    while (at - (arrivals[first] ?? at) >= lead) first++;
    return index - first + 1;
  });
}

/** The smallest n with P(X ≤ n) ≥ share, X being Poisson distributed with this mean. */
export function poissonQuantile(mean: number, share: number): number {
  let term = Math.exp(-mean);
  let sum = term;
  // beyond this mean exp(-mean) is 0: a normal distribution is close
  if (term === 0) return Math.ceil(mean + 3 * Math.sqrt(mean));
  let n = 0;
  while (sum < share) {
    n++;
    term *= mean / n;
    sum += term;
  }
  return n;
}

const periodsInHour = 12;

/**
 * The rule of Intelligent Pooling (VLDB 2024): forecast demand, smooth it by its maximum over a window so that misses cost more than idling,
 * and keep the smallest stock that serves the forecast, constant for blocks of time. Their forecast is a hybrid of singular spectrum
 * analysis and a neural network; here it is demand a week before (a day before in the first week), in five-minute periods.
 */
export class IntelligentPooling implements StockPolicy {
  readonly name = 'intelligent-pooling';
  readonly #counts = new Map<number, number>();
  #first: number | undefined;
  #block: number | undefined;
  #stock = 1;

  constructor(private readonly lead: Duration) {}

  asked(at: Instant): void {
    const key = periodOf(at);
    this.#first ??= key;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  stockAt(now: Instant): number {
    const period = periodOf(now);
    const block = Math.floor(period / periodsInHour);
    if (block === this.#block) return this.#stock;
    this.#block = block;
    const back = (period - (this.#first ?? period) >= 7 * periodsInDay ? 7 : 1) * periodsInDay;
    let most = 0;
    for (let ahead = -smoothing; ahead < periodsInHour + smoothing; ahead++)
      most = Math.max(most, this.#counts.get(period + ahead - back) ?? 0);
    // what comes while a container is made; periods are five minutes, within which demand comes in batches
    this.#stock = Math.max(1, Math.ceil(most * Math.max(1, this.lead / periodLength)));
    return this.#stock;
  }
}

const periodLength: Duration = hour / periodsInHour;
const periodsInDay = day / periodLength;
/** Periods on either side over which the maximum is taken. */
const smoothing = 2;
