/** Many decisions, one after the other, with stock that comes in between: what must hold of all of them together. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decide } from './decide.js';
import type { Holding, Use } from './share.js';
import type { Applicant, QueueView } from './view.js';

const one: Use = { containers: 1, cpu: 100, memory: 100 };

interface Asked {
  readonly tenant: string;
  readonly needs: readonly { readonly count: number; readonly bins: readonly number[] }[];
  readonly least: number;
  readonly priority: number;
  readonly second: number;
}

function claimOf(name: string, { needs, second, ...rest }: Asked): Applicant {
  return {
    key: name,
    uid: name,
    createdAt: `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`,
    needs: needs.map((need, at) => ({ item: String(at), ...need })),
    reserves: true,
    pools: [...new Set(needs.flatMap(({ bins }) => bins))].sort((a, b) => a - b),
    ...rest,
  };
}

const lackOf = ({ needs }: Applicant): number => needs.reduce((sum, { count }) => sum + count, 0);

/** Plays decisions until no stock comes any more. Returns at which step each claim had its least, and all that it asked for. */
function play(claims: readonly Applicant[], arrivals: readonly (readonly number[])[]) {
  let waiting = claims;
  const held = new Map<string, Holding[]>();
  const ready = [0, 0, 0];
  const begun = new Map<string, number>();
  const whole = new Map<string, number>();
  for (const [step, come] of arrivals.entries()) {
    for (const [bin, count] of come.entries()) ready[bin] = (ready[bin] ?? 0) + count;
    const view: QueueView = {
      applicants: waiting,
      pools: ready.map((_, bin) => ({
        total: { containers: 100, cpu: 10_000, memory: 10_000 },
        each: one,
        fresh: bin,
        ceiling: 100,
      })),
      bins: ready.map((count, pool) => ({ pool, ready: count })),
      holdings: held,
      rules: () => ({ weight: 1, maxContainers: Infinity }),
    };
    const after: Applicant[] = [];
    for (const { applicant, grant } of decide(view).turns) {
      const { tenant, priority, createdAt, uid } = applicant;
      for (const { bin, count } of grant) {
        ready[bin] = (ready[bin] ?? 0) - count;
        const use = { containers: count, cpu: 100 * count, memory: 100 * count };
        held.set(tenant, [...(held.get(tenant) ?? []), { priority, createdAt, uid, pool: bin, use }]);
      }
      if (grant.length > 0 && !begun.has(uid)) begun.set(uid, step);
      const needs = applicant.needs.map((need, at) => ({
        ...need,
        count: grant.reduce((left, portion) => (portion.need === at ? left - portion.count : left), need.count),
      }));
      const now = { ...applicant, needs, least: grant.length > 0 ? 1 : applicant.least };
      if (lackOf(now) === 0) whole.set(uid, step);
      else after.push(now);
    }
    waiting = after;
  }
  return { begun, whole };
}

const needs = (most: number) =>
  fc.array(
    fc.record({
      count: fc.integer({ min: 1, max: most }),
      bins: fc.shuffledSubarray([0, 1, 2], { minLength: 1, maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 2 },
  );

const sum = (all: readonly { readonly count: number }[]) => all.reduce((total, { count }) => total + count, 0);

const large = needs(8).map((all) =>
  claimOf('large', { tenant: 'a', needs: all, least: sum(all), priority: 1, second: 10 }),
);

/** Those that come after the large claim: its tenant's younger ones, and anybody's of a lower priority. */
const behind = fc.array(
  fc
    .record({ needs: needs(3), tenant: fc.constantFrom('a', 'b', 'c'), young: fc.boolean(), all: fc.boolean() })
    .map(({ needs: own, tenant, young, all }) => ({
      tenant,
      needs: own,
      least: all ? sum(own) : 1,
      priority: tenant === 'a' && young ? 1 : 0,
      second: tenant === 'a' && young ? 20 : 0,
    })),
  { maxLength: 12 },
);

const arrivals = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 3 }), {
  minLength: 1,
  maxLength: 12,
});

it('serves a large claim at the very step at which it would be served without those behind it', () => {
  fc.assert(
    fc.property(large, behind, arrivals, (first, others, steps) => {
      const alone = play([first], steps);
      const among = play([first, ...others.map((one, at) => claimOf(`small-${at}`, one))], steps);
      expect(among.begun.get('large')).toBe(alone.begun.get('large'));
      expect(among.whole.get('large')).toBe(alone.whole.get('large'));
    }),
    { numRuns: 1000 },
  );
});

it('does not hold up a large claim by another tenant either, once that has had its share', () => {
  const rich = { priority: 0, second: 1, tenant: 'a' };
  const big = claimOf('large', { ...rich, needs: [{ count: 6, bins: [0] }], least: 6 });
  const small = Array.from({ length: 30 }, (_, at) =>
    claimOf(`small-${String(at).padStart(2, '0')}`, {
      tenant: 'b',
      needs: [{ count: 1, bins: [0] }],
      least: 1,
      priority: 0,
      second: 0,
    }),
  );
  const { begun } = play(
    [big, ...small],
    Array.from({ length: 30 }, () => [1, 0, 0]),
  );
  // one of the older small ones, which makes its tenant's share the greater; then the large one keeps what comes
  expect(begun.get('large')).toBe(6);
});

it('serves everybody in the end', () => {
  fc.assert(
    fc.property(large, behind, (first, others) => {
      const all = [first, ...others.map((one, at) => claimOf(`small-${at}`, one))];
      const enough = Array.from({ length: 120 }, () => [1, 1, 1]);
      expect(play(all, enough).whole.size).toBe(all.length);
    }),
    { numRuns: 200 },
  );
});
