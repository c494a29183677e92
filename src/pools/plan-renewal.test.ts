import { describe, expect, it } from 'vitest';
import { aPool, now } from '../../test/objects.js';
import { renewalWithin } from '../api/container-pool-schema.js';
import { templateFingerprint } from '../line/index.js';
import { hour, minute, timestamp } from '../support/time.js';
import { planRenewal } from './plan-renewal.js';

const image = (name: string) => ({ template: { spec: { containers: [{ name: 'main', image: name }] } } });
const rollBack = renewalWithin({ onFailure: 'RollBack' });
const [old, pool] = [aPool({ ...image('old'), renewal: rollBack }), aPool({ ...image('new'), renewal: rollBack })];
const said = { template: templateFingerprint(pool), since: timestamp(now) };
const view = { pool, said, template: 'not ready', lastGood: old, now } as const;

describe('planRenewal', () => {
  it('begins to count when the template has changed', () => {
    const before = { template: templateFingerprint(old), since: timestamp(now - hour), provenAt: timestamp(now) };
    expect(planRenewal({ ...view, said: before })).toEqual({
      status: said,
      made: pool,
      phase: 'Unproven',
      wakeAt: now + 10 * minute,
    });
  });

  it.each([
    ['rolls back', 'RollBack', old, 'RolledBack'],
    ['goes on where it is to be kept', 'Keep', old, 'Overdue'],
    ['goes on where there is nothing to go back to', 'RollBack', undefined, 'Overdue'],
  ] as const)('%s at its deadline', (_, onFailure, lastGood, phase) => {
    const wanted = aPool({ ...image('new'), renewal: renewalWithin({ onFailure }) });
    const due = planRenewal({ ...view, pool: wanted, lastGood, now: now + 10 * minute });
    expect([due.phase, due.made]).toEqual([phase, phase === 'RolledBack' ? old : wanted]);
    expect(due.status).toEqual(said);
  });

  it('is proven for good by the first container that gets ready', () => {
    const proven = planRenewal({ ...view, template: 'ready', now: now + minute });
    expect(proven).toMatchObject({ phase: 'Proven', status: { ...said, provenAt: timestamp(now + minute) } });
    expect(planRenewal({ ...view, said: proven.status, now: now + hour })).toMatchObject({
      phase: 'Proven',
      status: proven.status,
    });
  });

  it.each([
    ['paused', { refill: { ...pool.spec.refill, paused: true } }],
    ['empty by wish', { replicas: 0 }],
  ])('does not count while the pool is %s', (_, spec) => {
    const idle = aPool({ ...image('new'), renewal: rollBack, ...spec });
    const plan = planRenewal({ ...view, pool: idle, now: now + hour });
    expect(plan).toEqual({ status: { template: said.template }, made: idle, phase: 'Unproven', wakeAt: undefined });
    expect(planRenewal({ ...view, said: plan.status, now: now + hour }).wakeAt).toBe(now + hour + 10 * minute);
  });
});
