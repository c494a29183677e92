import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { totalOf } from './allocate.js';
import { decide } from './decide.js';
import type { Holding, Use } from './share.js';
import type { Applicant, QueueView } from './view.js';

const one: Use = { containers: 1, cpu: 100, memory: 100 };
const times = (count: number): Use => ({ containers: count, cpu: 100 * count, memory: 100 * count });
const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;

interface Asked {
  readonly name: string;
  readonly tenant?: string;
  readonly count?: number;
  readonly least?: number;
  readonly priority?: number;
  readonly second?: number;
  readonly bins?: readonly number[];
  readonly reserves?: boolean;
}

/** A claim on pool 0, whose bin is 0, unless told otherwise. */
function asks({
  name,
  tenant = '',
  count = 1,
  second = 0,
  priority = 0,
  bins = [0],
  reserves = true,
  ...rest
}: Asked): Applicant {
  return {
    key: `default/${name}`,
    uid: name,
    tenant,
    priority,
    createdAt: at(second),
    needs: [{ item: '0', count, bins }],
    least: rest.least ?? count,
    reserves,
    pools: [...bins],
  };
}

interface Scene {
  readonly ready: readonly number[];
  readonly ceiling?: number;
  readonly total?: number;
  readonly held?: Readonly<Record<string, readonly Partial<Holding>[]>>;
  readonly rules?: QueueView['rules'];
}

/** As many pools as there are bins, all alike. */
function view(applicants: readonly Applicant[], scene: Scene): QueueView {
  const {
    ready,
    ceiling = 100,
    total = 100,
    held = {},
    rules = () => ({ weight: 1, maxContainers: Infinity }),
  } = scene;
  const holdings = Object.entries(held).map(([tenant, all]) => {
    const whole = all.map((some) => ({ priority: 0, createdAt: '', uid: '', pool: 0, use: one, ...some }));
    return [tenant, whole] as const;
  });
  return {
    applicants,
    pools: ready.map((_, bin) => ({ total: times(total), each: one, fresh: bin, ceiling })),
    bins: ready.map((count, pool) => ({ pool, ready: count })),
    holdings: new Map(holdings),
    rules,
  };
}

/** What each claim was granted, and how it goes on waiting. */
function outcome(queued: QueueView): Readonly<Record<string, string>> {
  const told = decide(queued).turns.map(({ applicant, grant, reserved, waits }) => {
    const rest = waits ? `, ${waits.place} ${waits.cause}, kept ${totalOf(reserved)}` : '';
    return [applicant.uid, `${totalOf(grant)}${rest}`] as const;
  });
  return Object.fromEntries(told);
}

describe('decide', () => {
  it('goes by priority, then by share, then by age, then by uid', () => {
    const claims = [
      asks({ name: 'urgent', priority: 1, second: 9 }),
      asks({ name: 'poor', tenant: 'poor', second: 8 }),
      asks({ name: 'old', tenant: 'rich', second: 1 }),
      asks({ name: 'a', tenant: 'rich', second: 2 }),
      asks({ name: 'b', tenant: 'rich', second: 2 }),
    ];
    const places = (ready: number) => outcome(view(claims, { ready: [ready], held: { rich: [{ use: times(5) }] } }));
    expect(places(0)).toEqual({
      urgent: '0, 1 stock, kept 0',
      poor: '0, 2 stock, kept 0',
      old: '0, 3 stock, kept 0',
      a: '0, 4 stock, kept 0',
      b: '0, 5 stock, kept 0',
    });
    expect(places(3)).toMatchObject({ urgent: '1', poor: '1', old: '1', a: '0, 1 stock, kept 0' });
  });

  it('tells places as if stock came, one container after the other', () => {
    const rich = Array.from({ length: 3 }, (_, i) => asks({ name: `rich-${i}`, tenant: 'rich', second: i }));
    const poor = asks({ name: 'poor', tenant: 'poor', second: 9 });
    const vain = asks({ name: 'vain', tenant: 'vain', count: 500, second: 0 });
    expect(outcome(view([...rich, poor, vain], { ready: [0] }))).toMatchObject({
      'rich-0': '0, 1 stock, kept 0',
      poor: '0, 2 stock, kept 0',
      'rich-1': '0, 3 stock, kept 0',
      'rich-2': '0, 4 stock, kept 0',
      vain: '0, 5 never, kept 0',
    });
  });

  it('gives by weight', () => {
    const claims = Array.from({ length: 20 }, (_, i) =>
      asks({ name: `${i}`, tenant: i % 2 ? 'heavy' : 'light', second: i }),
    );
    const rules = (tenant: string) => ({ weight: tenant === 'heavy' ? 2 : 1, maxContainers: Infinity });
    const granted = decide(view(claims, { ready: [9], rules })).turns.filter(({ grant }) => grant.length > 0);
    expect(granted.filter(({ applicant }) => applicant.tenant === 'heavy')).toHaveLength(6);
  });

  it('keeps what there is for a claim that takes all or nothing, and gives the rest to those behind it', () => {
    const large = asks({ name: 'large', count: 5, bins: [0] });
    const small = asks({ name: 'small', second: 1, bins: [0] });
    const other = asks({ name: 'other', second: 2, bins: [1] });
    expect(outcome(view([large, small, other], { ready: [4, 1] }))).toEqual({
      large: '0, 1 stock, kept 4',
      small: '0, 2 stock, kept 0',
      other: '1',
    });
  });

  it('lets others have what the first cannot use', () => {
    const two: Applicant = {
      ...asks({ name: 'both', count: 3 }),
      needs: [
        { item: 'a', count: 2, bins: [0] },
        { item: 'b', count: 2, bins: [1] },
      ],
      least: 4,
      pools: [0, 1],
    };
    const small = asks({ name: 'small', second: 1, count: 3, least: 1, bins: [0] });
    expect(outcome(view([two, small], { ready: [4, 1] }))).toEqual({
      both: '0, 1 stock, kept 3',
      small: '2, 2 stock, kept 0',
    });
  });

  it('keeps nothing for a claim that waits in vain', () => {
    const vain = asks({ name: 'vain', count: 50 });
    const small = asks({ name: 'small', second: 1 });
    expect(outcome(view([vain, small], { ready: [9], ceiling: 10 }))).toEqual({
      vain: '0, 1 never, kept 0',
      small: '1',
    });
  });

  it('keeps nothing for a claim whose tenant has all that it may have', () => {
    const rules = (tenant: string) => ({ weight: 1, maxContainers: tenant === 'full' ? 5 : Infinity });
    const full = asks({ name: 'full', tenant: 'full', count: 2 });
    const small = asks({ name: 'small', tenant: 'b', second: 1 });
    const scene = { ready: [1], rules, held: { full: [{ use: times(4) }], b: [{ use: times(40) }] } };
    expect(outcome(view([full, small], scene))).toEqual({ full: '0, 1 limit, kept 0', small: '1' });
  });

  it('gives one claim no more at once than its share, whatever it asks for', () => {
    const greedy = asks({ name: 'greedy', tenant: 'a', count: 100, least: 1 });
    const many = Array.from({ length: 4 }, (_, i) => asks({ name: `${i}`, tenant: 'b', second: 1 + i }));
    expect(outcome(view([greedy, ...many], { ready: [6] }))).toMatchObject({ greedy: '3, 1 stock, kept 0', 2: '1' });
  });

  it('does not count against a claim what younger ones of its tenant were given meanwhile', () => {
    const large = asks({ name: 'large', tenant: 'a', count: 5, second: 1 });
    const rival = asks({ name: 'rival', tenant: 'b', count: 5, second: 3 });
    const younger = { createdAt: at(2), uid: 'younger', use: times(3) };
    expect(outcome(view([large, rival], { ready: [5], held: { a: [younger] } }))).toMatchObject({ large: '5' });
    const older = { ...younger, createdAt: at(0) };
    expect(outcome(view([large, rival], { ready: [5], held: { a: [older] } }))).toMatchObject({ rival: '5' });
  });

  it('keeps nothing for a claim that does not wait', () => {
    const fails = asks({ name: 'fails', count: 5, reserves: false });
    const small = asks({ name: 'small', second: 1 });
    expect(outcome(view([fails, small], { ready: [2] }))).toEqual({ fails: '0, 1 stock, kept 0', small: '1' });
  });
});

const tenants = ['', 'a', 'b', 'c'] as const;

const claims = fc
  .array(
    fc.record({
      tenant: fc.constantFrom(...tenants),
      count: fc.integer({ min: 1, max: 5 }),
      best: fc.boolean(),
      priority: fc.integer({ min: 0, max: 1 }),
      second: fc.integer({ min: 0, max: 5 }),
      bins: fc.shuffledSubarray([0, 1, 2], { minLength: 1 }),
      reserves: fc.boolean(),
    }),
    { maxLength: 12 },
  )
  .map((all) => all.map(({ best, ...rest }, at) => asks({ name: `c${at}`, ...rest, ...(best ? { least: 1 } : {}) })));

const scenes = fc.record({
  claims,
  ready: fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 3, maxLength: 3 }),
  ceiling: fc.integer({ min: 0, max: 10 }),
  held: fc.dictionary(
    fc.constantFrom(...tenants),
    fc.array(fc.record({ pool: fc.integer({ min: 0, max: 2 }), createdAt: fc.constantFrom(at(0), at(3)) }), {
      maxLength: 6,
    }),
  ),
  limit: fc.integer({ min: 1, max: 9 }),
});

const rulesOf =
  (limit: number): QueueView['rules'] =>
  (tenant) => ({
    weight: tenant === 'b' ? 2 : 1,
    maxContainers: tenant === 'c' ? limit : Infinity,
  });

describe('decide, whatever is asked for', () => {
  it('grants no more than there is, to none more than it lacks or may have, its least or nothing, and places all others', () => {
    fc.assert(
      fc.property(scenes, ({ claims: all, limit, ...scene }) => {
        const queued = view(all, { ...scene, rules: rulesOf(limit) });
        const { turns, length } = decide(queued);
        expect(turns.map(({ applicant }) => applicant.key).sort()).toEqual(all.map(({ key }) => key).sort());
        for (const [bin, { ready }] of queued.bins.entries()) {
          const given = turns.flatMap(({ grant, reserved }) => [...grant, ...reserved]);
          expect(totalOf(given.filter((portion) => portion.bin === bin))).toBeLessThanOrEqual(ready);
        }
        for (const { applicant, grant, reserved, waits } of turns) {
          const lacks = applicant.needs.reduce((sum, { count }) => sum + count, 0);
          expect(totalOf(grant)).toBeLessThanOrEqual(lacks);
          expect(grant.length === 0 || totalOf(grant) >= applicant.least).toBe(true);
          expect(waits === undefined).toBe(totalOf(grant) === lacks);
          expect(waits?.cause === 'stock' ? [] : reserved).toEqual([]);
        }
        for (const pool of queued.pools.keys()) {
          const held = (scene.held['c'] ?? []).filter((one) => one.pool === pool).length;
          const granted = turns
            .filter(({ applicant }) => applicant.tenant === 'c')
            .flatMap(({ grant }) => grant.filter(({ bin }) => bin === pool));
          expect(totalOf(granted)).toBeLessThanOrEqual(Math.max(0, limit - held));
        }
        const places = turns.flatMap(({ waits }) => waits?.place ?? []).sort((a, b) => a - b);
        expect(places).toEqual(Array.from({ length }, (_, place) => place + 1));
      }),
      { numRuns: 1000 },
    );
  });

  it('decides the same whatever order it is told in', () => {
    fc.assert(
      fc.property(scenes, fc.infiniteStream(fc.nat()), ({ claims: all, limit, ...scene }, chance) => {
        const shuffled = all
          .map((claim) => ({ claim, order: chance.next().value }))
          .sort((a, b) => a.order - b.order)
          .map(({ claim }) => claim);
        const rules = rulesOf(limit);
        expect(outcome(view(shuffled, { ...scene, rules }))).toEqual(outcome(view(all, { ...scene, rules })));
      }),
    );
  });

  it('serves nobody of a lower priority with what one of a higher could have had', () => {
    fc.assert(
      fc.property(scenes, ({ claims: all, limit, ...scene }) => {
        const rules = rulesOf(limit);
        const high = all.filter(({ priority }) => priority === 1);
        const gets = (claims: readonly Applicant[]) =>
          decide(view(claims, { ...scene, rules }))
            .turns.filter(({ applicant }) => applicant.priority === 1)
            .map(({ applicant, grant, reserved }) => ({ claim: applicant.key, grant, reserved }))
            .sort((a, b) => (a.claim < b.claim ? -1 : 1));
        expect(gets(all)).toEqual(gets(high));
      }),
    );
  });

  it('leaves nothing over that the next in turn could use', () => {
    fc.assert(
      fc.property(scenes, ({ claims: all, limit, ...scene }) => {
        const queued = view(all, { ...scene, rules: rulesOf(limit) });
        const { turns } = decide(queued);
        const spare = queued.bins.map(
          ({ ready }, bin) =>
            ready -
            totalOf(turns.flatMap(({ grant, reserved }) => [...grant, ...reserved]).filter((p) => p.bin === bin)),
        );
        for (const { applicant, grant, waits } of turns) {
          if (!waits || applicant.tenant === 'c' || (grant.length === 0 && applicant.least > 1)) continue;
          expect(applicant.needs[0]?.bins.filter((bin) => (spare[bin] ?? 0) > 0)).toEqual([]);
        }
      }),
    );
  });

  it('shares a stock that does not suffice evenly: within one container, by weight', () => {
    const demand = fc.array(fc.integer({ min: 30, max: 40 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(demand, fc.integer({ min: 0, max: 60 }), fc.boolean(), (counts, ready, asOne) => {
        const all = counts.flatMap((count, tenant) =>
          asOne
            ? [asks({ name: `${tenant}`, tenant: `${tenant}`, count, least: 1 })]
            : Array.from({ length: count }, (_, i) => asks({ name: `${tenant}-${i}`, tenant: `${tenant}` })),
        );
        const weight = (tenant: string) => (tenant === '0' ? 2 : 1);
        const rules = (tenant: string) => ({ weight: weight(tenant), maxContainers: Infinity });
        const { turns } = decide(view(all, { ready: [ready], rules }));
        const got = counts.map((_, tenant) =>
          totalOf(turns.filter(({ applicant }) => applicant.tenant === `${tenant}`).flatMap(({ grant }) => grant)),
        );
        // with weights w a tenant's share is its containers by w; nobody is behind by more than one of its containers
        const shares = got.map((count, tenant) => count / weight(`${tenant}`));
        const wanting = counts.flatMap((count, tenant) => ((got[tenant] ?? 0) < count ? [tenant] : []));
        for (const behind of wanting)
          for (const [other, share] of shares.entries())
            expect(share - (shares[behind] ?? 0)).toBeLessThanOrEqual(1 / weight(`${other}`) + 1e-9);
      }),
    );
  });
});
