import { expect, test } from 'vitest';
import type { Metadata } from '../../api/meta/metadata.js';
import type { Resource } from '../../api/meta/resource.js';
import { type Claim, decideClaim } from './claim.js';
import { selects } from '../../api/meta/label-selector.js';

const object = (metadata: Partial<Metadata> = {}): Resource => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', uid: 'a', resourceVersion: '1', creationTimestamp: '', ...metadata },
});
const ownedBy = (uid: string) => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid, controller: true }],
});
const terminating = { deletionTimestamp: '2026-01-01T00:00:00Z' };

test.each<[string, Partial<Metadata>, boolean, Partial<Metadata>, Claim]>([
  ['its own', ownedBy('me'), true, {}, 'own'],
  ['its own that it no longer selects', ownedBy('me'), false, {}, 'release'],
  ['its own that ends anyway', { ...ownedBy('me'), ...terminating }, false, {}, 'not-ours'],
  ['its own while it is deleted', ownedBy('me'), false, terminating, 'not-ours'],
  ['that of its predecessor of the same name', ownedBy('old'), true, {}, 'not-ours'],
  ["nobody's", {}, true, {}, 'adopt'],
  ["nobody's that it does not select", {}, false, {}, 'not-ours'],
  ["nobody's that ends", terminating, true, {}, 'not-ours'],
  ["nobody's while it is deleted", {}, true, terminating, 'not-ours'],
])('%s', (_what, metadata, matches, controller, expected) => {
  expect(decideClaim(object({ uid: 'me', ...controller }), matches, object(metadata))).toBe(expected);
});

test('a selector selects by labels and expressions; an empty one nothing', () => {
  const labels = { app: 'web', tier: 'front' };
  const by = (operator: string, key: string, ...values: string[]) => ({
    matchExpressions: [{ key, operator, values }],
  });
  expect(selects({ matchLabels: { app: 'web' } }, labels)).toBe(true);
  expect(selects({ matchLabels: { app: 'db' } }, labels)).toBe(false);
  expect(selects(by('In', 'tier', 'front', 'back'), labels)).toBe(true);
  expect(selects(by('NotIn', 'tier', 'front'), labels)).toBe(false);
  expect(selects(by('NotIn', 'zone', 'a'), labels)).toBe(true);
  expect(selects(by('Exists', 'zone'), labels)).toBe(false);
  expect(selects(by('DoesNotExist', 'zone'), labels)).toBe(true);
  expect(selects({}, labels)).toBe(false);
});
