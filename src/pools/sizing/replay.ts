/** What a stock would have done: arithmetic on slots, no pool and no clock. */
import { slotsPerPeriod } from './history.js';

export interface Score {
  /** Containers asked for. */
  readonly asked: number;
  /** Of these, those that were in stock. */
  readonly hits: number;
  /** Containers that stood ready and were not asked for, summed over the slots. */
  readonly idle: number;
}

/**
 * Plays demand against a stock that is `stocks[p]` in period p: what is taken is made anew and ready `lead` slots later;
 * what is not in stock starts cold, outside of it; what is too much goes at once. Begins with the stock ready.
 * @param demand by slot
 * @param stocks by period
 */
export function replay(demand: Uint16Array, stocks: Float64Array, lead: number): Score {
  /** What becomes ready in each of the coming slots; `now` goes round in it. */
  const coming = new Uint32Array(lead + 1);
  let now = 0;
  let ready = stocks[0] ?? 0;
  let starting = 0;
  let asked = 0;
  let hits = 0;
  let idle = 0;
  for (let p = 0, i = 0; i < demand.length; p++) {
    const stock = stocks[p] ?? 0;
    const end = Math.min(demand.length, i + slotsPerPeriod);
    for (; i < end; i++) {
      if (starting === 0 && ready === stock && demand[i] === 0) {
        // most slots of most pools; nothing is coming, so where the round stands does not matter
        idle += ready;
        continue;
      }
      const back = coming[now] ?? 0;
      coming[now] = 0;
      ready += back;
      starting -= back;
      // what is starting already cannot be called back, so what is ready goes first
      if (ready + starting > stock) ready = Math.max(0, stock - starting);
      const wanted = demand[i] ?? 0;
      if (wanted > 0) {
        const hit = wanted < ready ? wanted : ready;
        asked += wanted;
        hits += hit;
        ready -= hit;
      }
      idle += ready;
      const made = stock - ready - starting;
      if (made > 0) {
        starting += made;
        coming[now === 0 ? lead : now - 1] = made;
      }
      now = now === lead ? 0 : now + 1;
    }
  }
  return { asked, hits, idle };
}
