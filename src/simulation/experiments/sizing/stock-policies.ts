/** The policies that are compared: what the operator does, and what else one could do. */
import type { Autoscale } from '../../../api/container-pool.js';
import { DemandHistory, periodOf, RuleBook, sizeStock } from '../../../pools/sizing/index.js';
import type { Duration, Instant } from '../../../support/time.js';
import type { StockPolicy } from './stock-replay.js';

const ignore = () => {};

/** Always the same: `replicas`. */
export const fixed = (stock: number): StockPolicy => ({ name: `static ${stock}`, stockAt: () => stock, asked: ignore });

/**
 * A buffer that follows demand as it comes, as autoscalers of fleets do: `spare` containers, and `factor` times what was
 * asked for per lead time in the last `window` periods.
 */
export function reactive(spare: number, factor: number, window: number, leadPerPeriod: number): StockPolicy {
  const counts = new Map<number, number>();
  return {
    name: `reactive: ${spare} + ${factor} × last ${5 * window} min`,
    stockAt(now) {
      const period = periodOf(now);
      let seen = 0;
      for (let back = 1; back <= window; back++) seen += counts.get(period - back) ?? 0;
      return Math.ceil(spare + (factor * seen * leadPerPeriod) / window);
    },
    asked: (at) => {
      const key = periodOf(at);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
  };
}

/** What the operator does, without the cluster: its own decisions on its own history, beginning with nothing. */
export class Sized implements StockPolicy {
  readonly name = 'sized from demand';
  readonly #history: DemandHistory;
  readonly #rules = new RuleBook();
  #before: { readonly stock: number; readonly changedAt: Instant } | undefined;
  #wakeAt: Instant = 0;
  /** Decisions for which each forecaster was in charge. */
  readonly inCharge = new Map<string, number>();

  constructor(
    since: Instant,
    private readonly lead: Duration,
    private readonly autoscale: Autoscale,
  ) {
    this.#history = new DemandHistory(since);
  }

  asked(at: Instant): void {
    this.#history.add(at, 1);
  }

  stockAt(now: Instant): number {
    const { lead, autoscale } = this;
    if (this.#before && now < this.#wakeAt) return this.#before.stock;
    const rule = this.#rules.ruleFor(this.#history, now, lead, autoscale.hitRate);
    const before = this.#before;
    const { stock, forecaster, wakeAt } = sizeStock({
      autoscale,
      start: 0,
      history: this.#history,
      rule,
      lead,
      before,
      now,
    });
    this.#wakeAt = wakeAt;
    if (stock !== before?.stock) this.#before = { stock, changedAt: now };
    this.inCharge.set(forecaster, (this.inCharge.get(forecaster) ?? 0) + 1);
    return stock;
  }
}

/**
 * Knows all that will be asked for, but sets the stock once per `span` periods: the least idle stock that keeps the
 * promise. The r-th container that is asked for within one lead time finds one in stock when the stock is at least r. So
 * the r-th container of a span's stock serves as many as there are r-th ones, and costs the span's length; those that serve most
 * for their cost come first.
 */
export function oracle(arrivals: Float64Array, lead: Duration, hitRate: number, span: number): StockPolicy {
  const ranks = new Map<number, number[]>();
  let first = 0;
  arrivals.forEach((at, i) => {
    while (at - (arrivals[first] ?? at) >= lead) first++;
    const key = Math.floor(periodOf(at) / span);
    const counts = ranks.get(key) ?? [];
    const rank = i - first + 1;
    counts[rank] = (counts[rank] ?? 0) + 1;
    ranks.set(key, counts);
  });
  const steps = [...ranks].flatMap(([key, counts]) => stepsOf(counts).map((step) => ({ key, ...step })));
  steps.sort((a, b) => b.serves / b.costs - a.serves / a.costs || a.key - b.key);
  const stocks = new Map<number, number>();
  let served = 0;
  for (const { key, serves, costs } of steps) {
    if (served >= hitRate * arrivals.length) break;
    served += serves;
    stocks.set(key, (stocks.get(key) ?? 0) + costs);
  }
  const stockIn = (at: Instant) => stocks.get(Math.floor(periodOf(at) / span)) ?? 0;
  const name = `oracle, every ${5 * span} min`;
  // a container must be started a lead time before it is asked for
  return {
    name,
    stockAt: (now) => Math.max(stockIn(now), stockIn(now + lead)),
    asked: ignore,
  };
}

/** The steps by which the stock of one span grows, each the best for its cost: the upper hull of what is served. */
function stepsOf(counts: readonly number[]): readonly { readonly serves: number; readonly costs: number }[] {
  const steps: { serves: number; costs: number }[] = [];
  for (let stock = 0; stock < counts.length - 1; ) {
    let best = { serves: 0, costs: 1 };
    let serves = 0;
    for (let next = stock + 1; next < counts.length; next++) {
      serves += counts[next] ?? 0;
      const costs = next - stock;
      if (serves / costs > best.serves / best.costs) best = { serves, costs };
    }
    steps.push(best);
    stock += best.costs;
  }
  return steps;
}
