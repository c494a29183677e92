import { describe, expect, it } from 'vitest';
import { aPool, now, ready, stocked } from '../../test/objects.js';
import type { TemplatedPool } from '../api/container-pool.js';
import { renewalWithin } from '../api/container-pool-schema.js';
import type { Pod } from '../api/kubernetes.js';
import { annotations, labels } from '../api/names.js';
import { hour, type Instant, minute, second, timestamp } from '../support/time.js';
import { breakerLimit } from './breaker.js';
import { planStock } from './plan-stock.js';
import { ReadyPods } from './ready-pods.js';
import { rulesOf } from './rules.js';
import { sortStock } from './sorted-stock.js';

const many = (count: number, make: (name: string) => Pod) => Array.from({ length: count }, (_, i) => make(`p${i}`));
const starting: Pod['status'] = { phase: 'Pending' };
const failing: Pod['status'] = {
  phase: 'Pending',
  containerStatuses: [
    {
      name: 'main',
      image: '',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason: 'ImagePullBackOff' } },
    },
  ],
};
const none: ReadonlyMap<string, string> = new Map();
const proven = { leavingNodes: none, lastSuccess: undefined, template: 'proven' } as const;
const oldTemplate = (name: string, status = ready): Pod => {
  const pod = stocked(name, { status });
  return { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, [labels.template]: 'old' } } };
};

interface Known {
  readonly leavingNodes?: ReadonlyMap<string, string>;
  readonly lastSuccess?: Instant | undefined;
  readonly template?: 'proven' | 'unproven';
  readonly isRefused?: (pod: Pod) => boolean;
}

/** The plan for a pool that has these pods, and has delivered none but what `lastSuccess` tells of. */
function planned(pool: TemplatedPool, pods: Iterable<Pod>, at: Instant, known: Known = {}) {
  const { leavingNodes = none, template = 'unproven', isRefused = () => false } = known;
  const [all, rules, ready] = [[...pods], rulesOf(pool), new ReadyPods()];
  for (const pod of all) ready.set(pod.metadata.name, pod);
  const lastSuccess = Math.max(known.lastSuccess ?? -Infinity, ready.newest(rules.template) ?? -Infinity);
  const stock = sortStock(all, rules, { leavingNodes, isRefused, isLost: () => false }, at);
  return planStock(pool, stock, at, {
    lastSuccess: lastSuccess === -Infinity ? undefined : lastSuccess,
    template,
    isRefused,
  });
}

describe('planStock', () => {
  it('makes what is missing, as many at once as may be starting', () => {
    expect(planned(aPool({ replicas: 10 }), many(4, stocked), now)).toMatchObject({ create: 6, retire: [] });
    const slow = aPool({ refill: { paused: false, maxStarting: 3, startDeadline: '5m' } });
    expect(
      planned(
        slow,
        many(2, (name) => stocked(name, { status: starting })),
        now,
      ).create,
    ).toBe(1);
  });

  it('makes nothing while paused, and says so', () => {
    const paused = aPool({ refill: { paused: true, maxStarting: 3, startDeadline: '5m' } });
    expect(planned(paused, [], now)).toMatchObject({ create: 0, heldBack: expect.stringContaining('paused') });
  });

  it('retires what exceeds the size: first what is not ready', () => {
    const pods = [stocked('a'), stocked('b', { status: starting }), stocked('c')];
    expect(planned(aPool({ replicas: 2 }), pods, now).retire.map(({ pod }) => pod.metadata.name)).toEqual(['b']);
  });

  it('stops refilling when containers cannot start, and says why', () => {
    const plan = planned(
      aPool(),
      many(breakerLimit + 2, (name) => stocked(name, { status: failing })),
      now,
    );
    expect(plan).toMatchObject({ create: 0, heldBack: expect.stringContaining('ImagePullBackOff') });
    expect(plan.retire).toHaveLength(2);
  });

  it('replaces what is not ready by its deadline, also when it was ready before', () => {
    const lost: Pod['status'] = {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: timestamp(now) }],
    };
    const pods = [stocked('young', { status: starting }), stocked('lost', { status: lost })];
    expect(planned(aPool(), pods, now).wakeAt).toBe(now + 5 * minute);
    expect(planned(aPool(), pods, now + 5 * minute).retire).toHaveLength(2);
  });

  it('renews stock of an old template within surge and unavailability', () => {
    const pool = aPool({ replicas: 10, renewal: renewalWithin({ maxUnavailable: 2, maxSurge: 3 }) });
    const begin = planned(pool, many(10, oldTemplate), now, proven);
    expect([begin.create, begin.retire.length]).toEqual([3, 2]);
    const end = planned(pool, [...many(10, stocked), oldTemplate('old')], now);
    expect([end.create, end.retire.length]).toEqual([0, 1]);
  });

  it('keeps ready stock of the old template until a container of the new one has been ready', () => {
    const pool = aPool({ replicas: 10, renewal: renewalWithin({ maxUnavailable: 2, maxSurge: 3 }) });
    expect(planned(pool, many(10, oldTemplate), now)).toMatchObject({ create: 3, retire: [] });
    const failed = many(breakerLimit, (name) => stocked(`new-${name}`, { status: failing }));
    expect(planned(pool, [...many(10, oldTemplate), ...failed], now)).toMatchObject({ create: 0, retire: [] });
    expect(planned(pool, [...many(10, oldTemplate), stocked('new')], now).retire).toHaveLength(3);
  });

  it('gives up one container to try a new template where there is no surge', () => {
    const pool = aPool({ replicas: 10, renewal: renewalWithin({ maxUnavailable: 2, maxSurge: 0 }) });
    expect(planned(pool, many(10, oldTemplate), now)).toMatchObject({ create: 0, retire: [{}] });
    expect(planned(pool, many(9, oldTemplate), now)).toMatchObject({ create: 1, retire: [] });
    const trying = [...many(9, oldTemplate), stocked('new', { status: starting })];
    expect(planned(pool, trying, now)).toMatchObject({ create: 0, retire: [] });
  });

  it('is not held back by containers of an older template that cannot start', () => {
    const failed = many(breakerLimit + 2, (name) => oldTemplate(name, failing));
    const plan = planned(aPool(), failed, now);
    expect(plan).toMatchObject({ create: 5, heldBack: undefined });
    expect(plan.retire).toHaveLength(failed.length);
  });

  describe('the breaker', () => {
    const failed = (name: string, at: Instant, parts = {}) =>
      stocked(name, { status: failing, metadata: { creationTimestamp: timestamp(at), labels, ...parts } });
    const { labels } = stocked('any').metadata;
    const five = Array.from({ length: breakerLimit }, (_, i) => failed(`p${i}`, now));

    it('tries one container after a pause, and no second beside it', () => {
      expect(planned(aPool(), five, now)).toMatchObject({ create: 0, wakeAt: now + 30 * second });
      expect(planned(aPool(), five, now + 30 * second).create).toBe(1);
      const probe = stocked('probe', { status: starting, metadata: { creationTimestamp: timestamp(now), labels } });
      expect(planned(aPool(), [...five, probe], now + minute).create).toBe(0);
    });

    it('drops the oldest failure for that of the probe, and waits longer each time, at most five minutes', () => {
      const pool = aPool({ refill: { paused: false, maxStarting: 50, startDeadline: '24h' } });
      let pods: readonly Pod[] = five;
      let at = now;
      const pauses: number[] = [];
      for (let probe = 0; probe < 12; probe++) {
        const wait = planned(pool, pods, at).wakeAt ?? at;
        pauses.push((wait - at) / second);
        at = wait;
        const { create, retire } = planned(pool, pods, at);
        expect([create, retire.length]).toEqual([1, 0]);
        pods = [...pods, failed(`probe${probe}`, at)];
        const after = planned(pool, pods, at);
        expect(after).toMatchObject({ create: 0, retire: [{ cause: 'failed' }] });
        pods = pods.filter((pod) => pod !== after.retire[0]?.pod);
      }
      expect(pauses.slice(0, 4)).toEqual([30, 30, 60, 120]);
      expect(pauses.at(-1)).toBe(300);
    });

    it('closes when the probe gets ready, in stock or already delivered', () => {
      const probe = stocked('probe', { metadata: { creationTimestamp: timestamp(now + minute), labels } });
      expect(planned(aPool(), [...five, probe], now + minute)).toMatchObject({ create: 9, heldBack: undefined });
      const known = { leavingNodes: none, lastSuccess: now + minute, template: 'proven' } as const;
      expect(planned(aPool(), five, now + minute, known).create).toBe(10);
    });

    it('keeps its failures past their deadline while it is open: they are its memory', () => {
      expect(planned(aPool(), five, now + 20 * minute)).toMatchObject({ create: 1, retire: [] });
      expect(planned(aPool(), five.slice(1), now + 20 * minute).retire).toHaveLength(4);
    });

    it('counts containers that never get ready, too', () => {
      const stuck = many(breakerLimit + 3, (name) => stocked(name, { status: starting }));
      expect(planned(aPool(), stuck, now + 4 * minute)).toMatchObject({ create: 2, retire: [] });
      const plan = planned(aPool(), stuck, now + 5 * minute);
      expect(plan).toMatchObject({ create: 1, heldBack: expect.stringContaining('does not get ready') });
      expect(plan.retire).toHaveLength(3);
    });
  });

  it('replaces what has expired before it goes', () => {
    const pool = aPool({ replicas: 2, expireAfter: '1h', renewal: renewalWithin({ maxUnavailable: 1, maxSurge: 1 }) });
    const old = many(2, stocked);
    expect(planned(pool, old, now + hour)).toMatchObject({ create: 1, retire: [] });
    const { labels } = stocked('any').metadata;
    const young = stocked('young', { metadata: { creationTimestamp: timestamp(now + hour), labels } });
    expect(planned(pool, [...old, young], now + hour)).toMatchObject({ create: 0, retire: [{ cause: 'expired' }] });
  });

  it('replaces stock of a cordoned node before it goes, as far as the surge reaches', () => {
    const on = (node: string) => (name: string) =>
      stocked(`${node}-${name}`, { spec: { nodeName: node, containers: [{ name: 'main', image: 'i' }] } });
    const pool = aPool({ replicas: 6, renewal: renewalWithin({ maxUnavailable: 3, maxSurge: 2 }) });
    const known = { leavingNodes: new Map([['a', 'cordoned']]), lastSuccess: undefined, template: 'proven' } as const;
    const begin = planned(pool, [...many(4, on('a')), ...many(2, on('b'))], now, known);
    expect(begin).toMatchObject({ create: 2, retire: [] });
    const next = planned(pool, [...many(4, on('a')), ...many(4, on('b'))], now, known);
    expect(next).toMatchObject({ create: 0, retire: [{ why: 'its node a is cordoned' }, {}] });
    const end = planned(pool, [...many(1, on('a')), ...many(6, on('b'))], now, known);
    expect(end.retire).toHaveLength(1);
  });

  it('does not count as ready what stands on a node whose pods have to go', () => {
    const one = (node: string) =>
      stocked(node, { spec: { nodeName: node, containers: [{ name: 'main', image: 'i' }] } });
    const known = { ...proven, leavingNodes: new Map([['a', 'ToBeDeletedByClusterAutoscaler']]) };
    expect(planned(aPool({ replicas: 2 }), [one('a'), one('b')], now, known)).toMatchObject({
      create: 1,
      retire: [],
      counts: { replicas: 2, ready: 1, starting: 0 },
    });
  });

  it('retires at once what is asked to go, and makes another in its place, also while something else holds renewal up', () => {
    const request = { requester: 'test/rebalancer', requestedAt: timestamp(now), reason: 'its node is hot' };
    const asked = stocked('asked');
    const marks = { ...asked.metadata.annotations, [annotations.evictionRequest]: JSON.stringify(request) };
    const pod = { ...asked, metadata: { ...asked.metadata, annotations: marks } };
    const pool = aPool({ replicas: 3, renewal: renewalWithin({ maxUnavailable: 0, maxSurge: 1 }) });
    expect(planned(pool, [...many(2, stocked), pod], now)).toMatchObject({
      create: 1,
      retire: [{ cause: 'requested', why: 'test/rebalancer asks for it: its node is hot' }],
      counts: { replicas: 2, ready: 2 },
    });
  });

  it('renews what has expired', () => {
    const pool = aPool({
      replicas: 2,
      expireAfter: '1h',
      renewal: renewalWithin({ maxUnavailable: 1, maxSurge: 0 }),
    });
    expect(planned(pool, many(2, stocked), now).wakeAt).toBe(now + hour);
    expect(planned(pool, many(2, stocked), now + hour)).toMatchObject({
      create: 0,
      retire: [{ why: 'it is older than 1h' }],
    });
  });

  describe('with a container that could not be deleted', () => {
    const refused = (...names: readonly string[]) => ({
      ...proven,
      isRefused: ({ metadata }: Pod) => names.includes(metadata.name),
    });
    const namesOf = (pods: readonly { readonly pod: Pod }[]) => pods.map(({ pod }) => pod.metadata.name);
    const pool = aPool({ replicas: 3, renewal: renewalWithin({ maxUnavailable: 0, maxSurge: 1 }) });

    it('makes one in its place and tries it again, though there is no room beside it', () => {
      const before = planned(pool, [oldTemplate('keep'), ...many(3, stocked)], now, proven);
      expect([before.create, before.counts.outdated]).toEqual([0, 1]);
      const plan = planned(pool, [oldTemplate('keep'), ...many(2, stocked)], now, refused('keep'));
      expect([plan.create, namesOf(plan.retire)]).toEqual([1, ['keep']]);
      expect(plan.counts).toMatchObject({ replicas: 2, ready: 2, starting: 0, outdated: 0 });
    });

    it.each(['failing', 'expired'] as const)('counts one that is %s neither as starting nor as failing', (how) => {
      const slow = aPool({
        replicas: 3,
        refill: { paused: false, maxStarting: 1, startDeadline: '5m' },
        ...(how === 'expired' && { expireAfter: '1h' }),
      });
      const young = { creationTimestamp: timestamp(now + hour) };
      const pods = [
        stocked('keep', how === 'failing' ? { status: failing } : {}),
        ...many(2, (name) => stocked(name, { metadata: young })),
      ];
      const plan = planned(slow, pods, now + hour, refused('keep'));
      expect([plan.create, namesOf(plan.retire)]).toEqual([1, ['keep']]);
      expect(plan.counts).toMatchObject({ replicas: 2, ready: 2, starting: 0, failing: 0 });
    });

    it('gives up no other one in its place when the stock is too large, and has it again when it is not', () => {
      const pods = [stocked('a'), stocked('keep'), stocked('b', { status: starting })];
      const plan = planned(aPool({ replicas: 2 }), pods, now, refused('keep'));
      expect([plan.create, namesOf(plan.retire), plan.counts.replicas]).toEqual([0, ['keep'], 2]);
      expect(planned(pool, pods, now, refused('keep'))).toMatchObject({ create: 0, retire: [] });
    });
  });

  it('counts', () => {
    const pods = [
      stocked('a'),
      stocked('b', { status: starting }),
      stocked('c', { status: failing }),
      oldTemplate('d'),
      stocked('e', { metadata: { deletionTimestamp: 'x' } }),
    ];
    expect(planned(aPool(), pods, now).counts).toEqual({
      replicas: 4,
      ready: 2,
      starting: 1,
      failing: 1,
      updated: 3,
      outdated: 1,
    });
  });
});
