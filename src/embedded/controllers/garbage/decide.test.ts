import { describe, expect, test } from 'vitest';
import type { Resource } from '../../../api/meta/resource.js';
import { blocking, type DependentPlan, decideDependent, type OwnerState } from './decide.js';

const object = (metadata: Partial<Resource['metadata']> = {}): Resource => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'child', uid: 'child', resourceVersion: '1', creationTimestamp: '', ...metadata },
});
const reference = (uid: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: uid, uid });
const owners = (states: readonly OwnerState[]) =>
  states.map((state, i) => ({ reference: reference(`${state}${i}`), state }));
const remove = (propagation: 'Background' | 'Foreground' | 'Orphan'): DependentPlan => ({ do: 'delete', propagation });

describe('what becomes of a dependent', () => {
  test.each<[string, Resource, readonly OwnerState[], number, DependentPlan]>([
    ['without owners it stays', object(), [], 0, { do: 'nothing' }],
    ['its owner is there', object(), ['solid'], 0, { do: 'nothing' }],
    ['its owner is gone', object(), ['absent'], 0, remove('Background')],
    ['one of two is gone', object(), ['solid', 'absent'], 0, { do: 'drop-references', uids: ['absent1'] }],
    ['one waits, one is there', object(), ['waiting', 'solid'], 1, { do: 'drop-references', uids: ['waiting0'] }],
    ['its owner waits for it', object(), ['waiting'], 0, remove('Background')],
    ['its owner waits, and it has dependents', object(), ['waiting', 'absent'], 1, remove('Foreground')],
    ['it is to orphan its own', object({ finalizers: ['orphan'] }), ['absent'], 1, remove('Orphan')],
    ['it is to wait for its own', object({ finalizers: ['foregroundDeletion'] }), ['absent'], 1, remove('Foreground')],
    ['it is on its way out', object({ deletionTimestamp: 'now' }), ['absent'], 0, { do: 'nothing' }],
  ])('%s', (_what, dependent, states, dependents, expected) => {
    const own = Array.from({ length: dependents }, () => object());
    expect(decideDependent(dependent, owners(states), own)).toEqual(expected);
  });
});

test('only those that say so block their owner', () => {
  const owner = object({ uid: 'owner' });
  const [blocks, does, other] = [
    object({ ownerReferences: [{ ...reference('owner'), blockOwnerDeletion: true }] }),
    object({ ownerReferences: [reference('owner')] }),
    object({ ownerReferences: [{ ...reference('other'), blockOwnerDeletion: true }, reference('owner')] }),
  ];
  expect(blocking(owner, [blocks, does, other])).toEqual([blocks]);
});
