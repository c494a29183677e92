import { describe, expect, it } from 'vitest';
import type { Lease } from '../api/kubernetes.js';
import { virtualEpoch as now } from '../support/virtual-clock.js';
import { decide, freeSpec, heldSpec, observe } from './lease-record.js';

const lease = (spec: Lease['spec']): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'l', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
  ...(spec && { spec }),
});

describe('the decision whether a lease may be taken', () => {
  const other = { holder: 'other', term: 3, duration: 4000, since: now };
  it.each([
    ['there is none', undefined, now, { do: 'take' }],
    ['it was given back', { ...other, holder: '' }, now, { do: 'take' }],
    ['it is ours', { ...other, holder: 'me' }, now, { do: 'take' }],
    ['another one holds it', other, now + 3999, { do: 'wait', until: now + 4000 }],
    ['it has not changed for as long as it was given for', other, now + 4000, { do: 'take' }],
  ] as const)('%s', (_name, observed, at, decision) => {
    expect(decide(observed, 'me', at)).toEqual(decision);
  });
});

describe('the record', () => {
  it('is read as it was written', () => {
    expect(observe(lease(heldSpec('me', 3, 4000, now, now + 500)), now)).toEqual({
      holder: 'me',
      term: 3,
      duration: 4000,
      since: now,
    });
    expect(observe(lease(freeSpec(3, now)), now)).toMatchObject({ holder: '', term: 3 });
    expect(observe(lease(undefined), now)).toEqual({ holder: '', term: 0, duration: 0, since: now });
  });

  it('has microseconds, and whole seconds that are never too few', () => {
    expect(heldSpec('me', 1, 3500, now, now + 1)).toEqual({
      holderIdentity: 'me',
      leaseDurationSeconds: 4,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:00.001000Z',
      leaseTransitions: 1,
    });
  });
});
