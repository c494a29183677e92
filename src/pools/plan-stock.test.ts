import { describe, expect, it } from 'vitest';
import { aPool, now, ready, stocked } from '../../test/objects.js';
import type { Pod } from '../api/kubernetes.js';
import { labels } from '../api/names.js';
import { hour, minute, timestamp } from '../support/time.js';
import { breakerLimit, planStock } from './plan-stock.js';

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
const oldTemplate = (name: string, status = ready): Pod => {
  const pod = stocked(name, { status });
  return { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, [labels.template]: 'old' } } };
};

describe('planStock', () => {
  it('makes what is missing, as many at once as may be starting', () => {
    expect(planStock(aPool({ replicas: 10 }), many(4, stocked), now)).toMatchObject({ create: 6, retire: [] });
    const slow = aPool({ refill: { paused: false, maxStarting: 3, startDeadline: '5m' } });
    expect(
      planStock(
        slow,
        many(2, (name) => stocked(name, { status: starting })),
        now,
      ).create,
    ).toBe(1);
  });

  it('makes nothing while paused, and says so', () => {
    const paused = aPool({ refill: { paused: true, maxStarting: 3, startDeadline: '5m' } });
    expect(planStock(paused, [], now)).toMatchObject({ create: 0, heldBack: expect.stringContaining('paused') });
  });

  it('retires what exceeds the size: first what is not ready', () => {
    const pods = [stocked('a'), stocked('b', { status: starting }), stocked('c')];
    expect(planStock(aPool({ replicas: 2 }), pods, now).retire.map(({ pod }) => pod.metadata.name)).toEqual(['b']);
  });

  it('stops refilling when containers cannot start, and says why', () => {
    const plan = planStock(
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
    expect(planStock(aPool(), pods, now).wakeAt).toBe(now + 5 * minute);
    expect(planStock(aPool(), pods, now + 5 * minute).retire).toHaveLength(2);
  });

  it('renews stock of an old template within surge and unavailability', () => {
    const pool = aPool({ replicas: 10, renewal: { maxUnavailable: 2, maxSurge: 3 } });
    const begin = planStock(pool, many(10, oldTemplate), now);
    expect([begin.create, begin.retire.length]).toEqual([3, 2]);
    const end = planStock(pool, [...many(10, stocked), oldTemplate('old')], now);
    expect([end.create, end.retire.length]).toEqual([0, 1]);
  });

  it('renews what has expired', () => {
    const pool = aPool({ replicas: 2, expireAfter: '1h', renewal: { maxUnavailable: 1, maxSurge: 0 } });
    expect(planStock(pool, many(2, stocked), now).wakeAt).toBe(now + hour);
    expect(planStock(pool, many(2, stocked), now + hour)).toMatchObject({
      create: 0,
      retire: [{ why: 'it is older than 1h' }],
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
    expect(planStock(aPool(), pods, now).counts).toEqual({
      replicas: 4,
      ready: 2,
      starting: 1,
      failing: 1,
      updated: 3,
    });
  });
});
