/** The places of the claims that go on waiting: in which order they would be served if stock came, one after the other. */
import { totalOf } from './allocate.js';
import type { Stock } from './stock.js';
import { Turns } from './turns.js';
import type { Applicant, QueueView, Waiting } from './view.js';

/** From 1. Those that stock alone does not help come last: no other claim waits for them. */
export function placesOf(view: QueueView, waiting: readonly Waiting[], stock: Stock): ReadonlyMap<Applicant, number> {
  const places = new Map<Applicant, number>();
  const [next, others] = [
    waiting.filter(({ waits }) => waits.cause === 'stock'),
    waiting.filter(({ waits }) => waits.cause !== 'stock'),
  ];
  const lacking = new Map(next.map(({ applicant, grant }) => [applicant, lackOf(applicant) - totalOf(grant)]));
  const supposed = new Map<string, number>();
  const granted = (tenant: string, pool: number) =>
    stock.granted(tenant, pool) + (supposed.get(`${pool}/${tenant}`) ?? 0);
  const turns = new Turns(view, [...lacking.keys()], granted)[Symbol.iterator]();
  for (let turn = turns.next(); !turn.done; turn = turns.next(true)) {
    const claim = turn.value;
    places.set(claim, places.size + 1);
    // as if all that it lacks came from the pool that suits it best
    const pool = view.bins[claim.needs[0]?.bins[0] ?? -1]?.pool ?? -1;
    const at = `${pool}/${claim.tenant}`;
    supposed.set(at, (supposed.get(at) ?? 0) + (lacking.get(claim) ?? 0));
  }
  for (const { applicant } of others) places.set(applicant, places.size + 1);
  return places;
}

const lackOf = ({ needs }: Applicant): number => needs.reduce((sum, { count }) => sum + count, 0);
