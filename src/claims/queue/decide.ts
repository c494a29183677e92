/**
 * Whose turn it is: a pure function of the claims that wait for a set of pools, of what their tenants hold, and of what is
 * in stock. It remembers nothing; the same view gives the same decision, on every replica.
 *
 * Claims come in the order of `Turns`; shares are worked out anew after each grant. A claim that takes all or nothing, and
 * for which there is not enough, keeps what there is; those behind it get only what it cannot use, so that none of them
 * ever delays it.
 */
import { type Need, type Portion, totalOf } from './allocate.js';
import { placesOf } from './places.js';
import { Stock } from './stock.js';
import { Turns } from './turns.js';
import type { Applicant, Cause, Decision, QueueView, Turn, Waiting } from './view.js';

/** What a claim has been granted so far, and what it lacks still. */
interface Open {
  readonly granted: readonly Portion[];
  readonly needs: readonly Need[];
}

export function decide(view: QueueView): Decision {
  const stock = new Stock(view);
  const open = new Map<Applicant, Open>();
  const served: Turn[] = [];
  const waiting: Waiting[] = [];
  const granted = (tenant: string, pool: number) => stock.granted(tenant, pool);
  const turns = new Turns(view, view.applicants, granted)[Symbol.iterator]();
  for (let turn = turns.next(); !turn.done; ) {
    const claim = turn.value;
    const before = open.get(claim) ?? { granted: [], needs: claim.needs };
    const now = serve(claim, before, stock);
    if (now) open.set(claim, now);
    else waiting.push(wait(claim, before, stock));
    const isServed = now?.needs.every(({ count }) => count === 0) ?? false;
    if (isServed) served.push({ applicant: claim, grant: now?.granted ?? [], reserved: [] });
    turn = turns.next(isServed || !now);
  }
  const places = placesOf(view, waiting, stock);
  return {
    turns: [
      ...served,
      ...waiting.map((turn) => ({ ...turn, waits: { ...turn.waits, place: places.get(turn.applicant) ?? 0 } })),
    ],
    length: waiting.length,
  };
}

/**
 * Gives the claim its least at once, and what it wants beyond that one by one, between the others. Nothing when there is
 * not enough.
 */
function serve(claim: Applicant, { granted, needs }: Open, stock: Stock): Open | undefined {
  const least = leastOf(claim, granted);
  const free = stock.free(claim, needs);
  if (totalOf(free) < least) return undefined;
  const portions = firstOf(least, free);
  for (const portion of portions) stock.grant(claim, portion);
  return { granted: [...granted, ...portions], needs: without(needs, portions) };
}

/** The claim gets no more now. What it could use is kept for it, where that brings its turn nearer. */
function wait(claim: Applicant, { granted, needs }: Open, stock: Stock): Waiting {
  const cause = causeOf(claim, needs, leastOf(claim, granted), stock);
  const ahead = stock.keptFrom(needs);
  const reserved = cause === 'stock' && claim.reserves ? stock.free(claim, needs) : [];
  for (const portion of reserved) stock.keep(claim, portion);
  return { applicant: claim, grant: granted, reserved, waits: { cause, ahead } };
}

const leastOf = ({ least }: Applicant, granted: readonly Portion[]): number => (granted.length === 0 ? least : 1);

function causeOf(claim: Applicant, needs: readonly Need[], least: number, stock: Stock): Cause {
  if (totalOf(stock.ever(claim, needs)) < least) return 'never';
  return totalOf(stock.allowed(claim, needs)) < least ? 'limit' : 'stock';
}

function firstOf(count: number, portions: readonly Portion[]): readonly Portion[] {
  const first: Portion[] = [];
  let left = count;
  for (const portion of portions) {
    if (left === 0) break;
    const taken = Math.min(left, portion.count);
    first.push({ ...portion, count: taken });
    left -= taken;
  }
  return first;
}

function without(needs: readonly Need[], portions: readonly Portion[]): readonly Need[] {
  return needs.map((need, at) => ({
    ...need,
    count: portions.reduce((left, { need: of, count }) => (of === at ? left - count : left), need.count),
  }));
}
