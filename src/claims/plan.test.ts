import { describe, expect, it } from 'vitest';
import { aClaim, aPool, delivered, ended, now } from '../../test/objects.js';
import type { ContainerClaim } from '../api/container-claim.js';
import type { Pod } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import { hour, minute, second, timestamp } from '../support/time.js';
import { readLedger } from './ledger.js';
import { fitClaim, fitServed } from './fit/fit.js';
import { type Assignment, bestOf } from './offer.js';
import { planClaim } from './plan.js';
import { isServed } from './standing.js';

/** @param ready containers in stock, of each pool; @param starts how many containers it may start cold */
function plan(
  claim: ContainerClaim,
  { pods = [] as Pod[], ready = 0, at = now, pools = [aPool()], starts = Infinity } = {},
) {
  const ledger = readLedger(claim, pods, at);
  const offered = pools.map((pool) => ({ pool }));
  const fit = isServed(claim) ? fitServed(claim, offered) : fitClaim(claim, offered);
  const available = new Map([...fit.pools.keys()].map((pool) => [pool, { ready, room: Infinity }]));
  const turn = { shares: bestOf(ledger.missing, fit, available), told: { message: 'waits' } };
  const coldRooms = new Map([...fit.pools.keys()].map((pool) => [pool, { count: starts, againAt: at + minute }]));
  return planClaim({ claim, known: pools.length > 0, fit, ledger, turn, coldRooms, now: at });
}

const indexOf = ({ slot }: Assignment) => slot.index;

const served = (claim: ContainerClaim, reason = 'Delivered'): ContainerClaim => ({
  ...claim,
  status: {
    desired: 3,
    allocated: 3,
    configured: 3,
    ready: 3,
    replaced: 0,
    active: 3,
    succeeded: 0,
    failed: 0,
    conditions: [{ type: 'Delivered', status: 'True', reason, message: '', lastTransitionTime: timestamp(now) }],
  },
});

describe('planClaim', () => {
  it('takes all from stock when there is enough', () => {
    const { standing, take, cold } = plan(aClaim(), { ready: 3 });
    expect([standing.phase, take.length, cold.length]).toEqual(['delivering', 3, 0]);
  });

  it('takes nothing before minAvailable can be had', () => {
    expect(plan(aClaim(), { ready: 2 })).toMatchObject({ standing: { phase: 'waiting' }, take: [] });
    expect(plan(aClaim({ minAvailable: 2 }), { ready: 2 }).take).toHaveLength(2);
    expect(plan(aClaim({ minAvailable: 0 }), { ready: 1 })).toMatchObject({
      standing: { phase: 'waiting' },
      take: [{ slot: { index: 0 } }],
    });
  });

  it('counts what it has towards minAvailable', () => {
    const claim = aClaim({ minAvailable: 2 });
    expect(plan(claim, { pods: [delivered('p', claim, 1)], ready: 1 }).take.map(indexOf)).toEqual([0]);
  });

  it('makes the rest cold when asked to', () => {
    const { take, cold } = plan(aClaim({ whenEmpty: 'Cold' }), { ready: 1 });
    expect([take.length, cold.length]).toEqual([1, 2]);
  });

  it('makes no more cold than its pool starts at present, and waits with the rest', () => {
    const claim = aClaim({ whenEmpty: 'Cold' });
    expect(plan(claim, { ready: 1, starts: 1 })).toMatchObject({
      standing: { phase: 'waiting', message: expect.stringContaining('waits to start 1 of 3') },
      take: [{ slot: { index: 0 } }],
      cold: [{ slot: { index: 1 } }],
      wakeAt: now + 5 * second,
    });
  });

  it('fails at once when asked to, and settles for minAvailable', () => {
    expect(plan(aClaim({ whenEmpty: 'Fail' }), { ready: 2 }).standing).toMatchObject({
      phase: 'finished',
      reason: 'StockEmpty',
    });
    expect(plan(aClaim({ whenEmpty: 'Fail', minAvailable: 2 }), { ready: 2 })).toMatchObject({
      standing: { phase: 'settled' },
      take: [{}, {}],
    });
    expect(plan(aClaim({ whenEmpty: 'Fail', minAvailable: 0 }), { ready: 0 }).standing.phase).toBe('finished');
  });

  it('gives up at the deadline and takes back what it had', () => {
    const claim = aClaim({ deadline: '30s' });
    const pods = [delivered('p', claim, 0)];
    expect(plan(claim, { pods, at: now + 29 * second })).toMatchObject({
      standing: { phase: 'waiting' },
      wakeAt: now + 30 * second,
    });
    expect(plan(claim, { pods, at: now + 30 * second, ready: 9 })).toMatchObject({
      standing: { phase: 'finished', reason: 'DeadlineExceeded' },
      retire: [{}],
    });
  });

  it('settles at the deadline with what it has from minAvailable on', () => {
    const claim = aClaim({ deadline: '30s', minAvailable: 1 });
    const late = plan(claim, { pods: [delivered('p', claim, 0)], at: now + 30 * second, ready: 9 });
    expect(late).toMatchObject({ standing: { phase: 'settled' }, retire: [], take: [] });
    expect(plan(served(claim, 'Partial'), { pods: [delivered('p', claim, 0)], ready: 9 }).take).toEqual([]);
  });

  it('replaces what was lost after delivery, past the deadline too', () => {
    const claim = served(aClaim({ deadline: '30s' }));
    const pods = [delivered('p', claim, 0), delivered('q', claim, 2)];
    expect(plan(claim, { pods, at: now + minute, ready: 1 }).take.map(indexOf)).toEqual([1]);
    expect(plan(claim, { pods, at: now + minute })).toMatchObject({ standing: { phase: 'waiting' }, retire: [] });
  });

  it('lives no longer than the pool allows when it says nothing', () => {
    const pool = aPool({ claims: { maxContainers: 10, maxLifetime: '1h' } });
    expect(plan(aClaim(), { pools: [pool], ready: 9 })).toMatchObject({ take: [{}, {}, {}], expiresAt: now + hour });
  });

  it('ends with its lifetime, also when it was never served whole and has lost what it had', () => {
    const { status = served(aClaim()).status!, ...fresh } = aClaim({
      lifetime: '1m',
      count: 2,
    });
    const unserved = { ...status, allocated: 0, active: 0, ready: 0, conditions: [] };
    const claim = { ...fresh, status: { ...unserved, expiresAt: timestamp(now + minute) } };
    expect(plan(claim, { ready: 1, at: now + 59 * second }).standing).toMatchObject({ phase: 'waiting' });
    expect(plan(claim, { ready: 1, at: now + minute })).toMatchObject({
      standing: { phase: 'finished', reason: 'LifetimeEnded' },
      take: [],
    });
  });

  it('ends with its lifetime', () => {
    const claim = served(aClaim({ lifetime: '1m', count: 1 }));
    const pods = [delivered('p', claim, 0)];
    expect(plan(claim, { pods })).toMatchObject({ expiresAt: now + minute, wakeAt: now + minute });
    expect(plan(claim, { pods, at: now + minute })).toMatchObject({
      standing: { phase: 'finished', reason: 'LifetimeEnded' },
      retire: [{}],
    });
  });

  it('refuses what the pool does not allow, and says what', () => {
    expect(plan(aClaim(), { pools: [], ready: 9 })).toMatchObject({
      standing: { phase: 'refused', reason: 'PoolNotFound' },
      take: [],
    });
    const small = aPool({ claims: { maxContainers: 2, maxLifetime: '1h' } });
    expect(plan(aClaim(), { pools: [small], ready: 9 }).standing).toMatchObject({
      reason: 'NotAllowed',
      message: expect.stringContaining('at most 2'),
    });
    expect(plan(aClaim({ count: 1, lifetime: '2h' }), { pools: [small], ready: 9 }).standing).toMatchObject({
      message: expect.stringContaining('at most 1h'),
    });
    const large = aClaim({ items: [{ count: 1, env: [{ name: 'A', value: 'é'.repeat(150_000) }] }] });
    expect(plan(large, { ready: 9 }).standing).toMatchObject({ message: expect.stringContaining('bytes') });
    const file = aClaim({ items: [{ count: 1, files: [{ name: 'x.yaml', content: '' }] }] });
    expect(plan(file, { ready: 9 }).standing).toMatchObject({ message: expect.stringContaining('x.yaml') });
  });

  it('moves a surplus container to a missing number of its item, and retires it where there is none', () => {
    const claim = aClaim({
      items: [
        { name: 'a', count: 2 },
        { name: 'b', count: 1 },
      ],
    });
    const twice = plan(claim, { pods: [delivered('p', claim, 0), delivered('q', claim, 0)] });
    expect(twice).toMatchObject({ move: [{ pod: { metadata: { name: 'q' } }, to: { index: 1 } }], retire: [] });
    const full = plan(claim, { pods: [delivered('p', claim, 2), delivered('q', claim, 2)] });
    expect(full).toMatchObject({ move: [], retire: [{ pod: { metadata: { name: 'q' } } }] });
  });

  it('retires a surplus container with a latch: its program has read its number', () => {
    const claim = aClaim({ count: 2 });
    const latched = delivered('q', claim, 0);
    const { metadata } = latched;
    const marks = { ...metadata.annotations, [annotations.latchMode]: 'Exec' };
    const q = { ...latched, metadata: { ...metadata, annotations: marks } };
    const twice = plan(claim, { pods: [delivered('p', claim, 0), q], ready: 1 });
    expect(twice).toMatchObject({ move: [], retire: [{ pod: q, keeper: {} }], take: [{ slot: { index: 1 } }] });
  });

  it('never asks to look again at an instant that is past', () => {
    const claim = aClaim({ deadline: '10s', minAvailable: 1 });
    const refused = plan(claim, { pods: [delivered('p', claim, 0)], at: now + minute, pools: [] });
    expect(refused).toMatchObject({ standing: { phase: 'refused' }, wakeAt: undefined });
  });

  it('leaves what is delivered alone when its pool is gone', () => {
    const claim = aClaim({ count: 1 });
    const whole = plan(claim, { pods: [delivered('p', claim, 0)], pools: [] });
    expect(whole).toMatchObject({ standing: { phase: 'delivering' }, retire: [] });
    expect(plan(served(claim, 'Partial'), { pools: [] }).standing.phase).toBe('delivering');
  });
});

describe('planClaim for work that ends', () => {
  const claim = aClaim();
  const done = [0, 1, 2].map((index) => ended(`done-${index}`, claim, index, 0));

  it('finishes the claim when all of it has succeeded, and lets the pods stay', () => {
    expect(plan(claim, { pods: done, ready: 3 })).toMatchObject({
      standing: { phase: 'finished', reason: 'Complete', message: '3 containers succeeded' },
      take: [],
      retire: [],
    });
  });

  it('fills no slot whose work is done', () => {
    const { standing, take } = plan(served(claim), { pods: done.slice(1), ready: 3 });
    expect([standing.phase, take.map(indexOf)]).toEqual(['delivering', [0]]);
  });

  it('tries what failed again, once its pause is over, and looks again then', () => {
    const pods = [...done.slice(0, 2), ended('bad', claim, 2, 1)];
    const early = plan(served(claim), { pods, ready: 3, at: now + second });
    expect(early).toMatchObject({ standing: { phase: 'delivering' }, take: [], retire: [], wakeAt: now + 10 * second });
    const due = plan(served(claim), { pods, ready: 3, at: now + 10 * second });
    expect(due.take).toMatchObject([{ slot: { index: 2, failures: 1 } }]);
  });

  it('fails the claim when more has failed than it allows, ends what runs, and keeps what has ended', () => {
    const limited = aClaim({ backoffLimit: 1 });
    const pods = [
      ended('first', limited, 0, 1),
      ended('second', limited, 0, 7, { failures: 1, at: now + minute }),
      delivered('running', limited, 1),
      ended('done', limited, 2, 0),
    ];
    const { standing, retire } = plan(served(limited), { pods, ready: 3, at: now + hour });
    expect(standing).toEqual({
      phase: 'finished',
      reason: 'BackoffLimitExceeded',
      message: '2 failures, more than backoffLimit allows (1); last: pod second: its program ended with exit code 7',
    });
    expect(retire.map(({ pod }) => pod.metadata.name)).toEqual(['running']);
  });

  describe('of a claim that got fewer than it asked for', () => {
    const partial = (granted: string) => {
      const claim = served(aClaim({ minAvailable: 1 }), 'Partial');
      return { ...claim, status: { ...claim.status!, grantedIndexes: granted } };
    };

    it('tries again what failed, and replaces what was lost, of those that it got alone', () => {
      const claim = partial('0-1');
      const pods = [ended('bad', claim, 0, 1)];
      const { standing, take } = plan(claim, { pods, ready: 3, at: now + minute });
      expect([standing.phase, take.map(indexOf)]).toEqual(['delivering', [0, 1]]);
      expect(plan(claim, { pods, ready: 0, at: now + minute }).standing.phase).toBe('waiting');
    });

    it('is complete when those have succeeded, and not before', () => {
      const claim = partial('0-1');
      const one = [ended('done', claim, 1, 0)];
      expect(plan(claim, { pods: one }).standing.phase).toBe('waiting');
      const both = [...one, ended('good', claim, 0, 0, { failures: 1 })];
      expect(plan(claim, { pods: both }).standing).toMatchObject({ reason: 'Complete' });
    });
  });

  it('counts restarts by a kubelet as a Job does', () => {
    const limited = aClaim({ count: 1, backoffLimit: 2 });
    const restarted = (count: number, restartPolicy: 'OnFailure' | 'Always') => {
      const pod = delivered('p', limited, 0);
      const status = { name: 'main', ready: true, restartCount: count, image: '', imageID: '' };
      return {
        ...pod,
        spec: { ...pod.spec!, restartPolicy },
        status: { ...pod.status, containerStatuses: [status] },
      };
    };
    const reasonOf = (pod: Pod) => plan(served(limited), { pods: [pod] }).standing;
    expect(reasonOf(restarted(2, 'OnFailure'))).toMatchObject({ phase: 'delivering' });
    expect(reasonOf(restarted(3, 'OnFailure'))).toMatchObject({ reason: 'BackoffLimitExceeded' });
    expect(reasonOf(restarted(30, 'Always'))).toMatchObject({ phase: 'delivering' });
  });
});
