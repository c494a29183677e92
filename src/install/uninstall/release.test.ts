import { expect, test } from 'vitest';
import { ContainerClaim } from '../../api/container-claim.js';
import type { Pod } from '../../api/kubernetes.js';
import { labels, states } from '../../api/names.js';
import { jsonPatch } from '../../cluster/patch.js';
import { claimsOwning, releasePatch } from './release.js';

const ofClaim = { apiVersion: 'penstock.dev/v1alpha1', kind: ContainerClaim.name, name: 'c', uid: 'claim' };
const ofMap = { apiVersion: 'v1', kind: 'ConfigMap', name: 'm', uid: 'map' };
const ofNamesake = { ...ofClaim, apiVersion: 'other.example/v1', uid: 'other' };
const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    uid: 'pod',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { app: 'web', [labels.pool]: 'a', [labels.claim]: 'c', [labels.state]: states.delivered },
    ownerReferences: [ofMap, ofClaim, ofNamesake],
  },
};

test('only claims of ours count as owners', () => {
  expect(claimsOwning(pod)).toEqual(['claim']);
});

test('a release tests what was read, drops the claim alone, and leaves marks of others', () => {
  expect(releasePatch(pod)).toEqual(
    jsonPatch([
      { op: 'test', path: '/metadata/uid', value: 'pod' },
      { op: 'test', path: '/metadata/ownerReferences', value: [ofMap, ofClaim, ofNamesake] },
      { op: 'replace', path: '/metadata/ownerReferences', value: [ofMap, ofNamesake] },
      { op: 'remove', path: '/metadata/labels/penstock.dev~1pool' },
      { op: 'remove', path: '/metadata/labels/penstock.dev~1claim' },
      { op: 'add', path: '/metadata/labels/penstock.dev~1state', value: 'released' },
    ]),
  );
});
