import { expect, it } from 'vitest';
import { aClaim, aDeployment, aPool, aReplicaSet, now } from '../../test/objects.js';
import type { Pod } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import { controllerReference } from '../api/meta/kind.js';
import { ReplicaSet } from '../api/kubernetes.js';
import { objectionTo } from './objections.js';
import { targetOf } from './targets.js';
import type { ClaimEnd, DeploymentEnd } from './workloads.js';

const resources = { requests: { cpu: '100m' }, limits: { cpu: '200m' } };
const spec = { containers: [{ name: 'main', image: 'registry.test/app:1', resources }] };
const replicaSet = aReplicaSet({ spec });
/** A mesh has put its proxy first: nothing in the pod itself tells whose work it does. */
const replica: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...replicaSet.metadata, name: 'p', ownerReferences: [controllerReference(ReplicaSet, replicaSet)] },
  spec: { containers: [{ name: 'proxy', image: 'proxy:1' }, ...spec.containers] },
};
const item = { name: 'a', count: 1, resources: { limits: { cpu: '300m' } } };
const claim = aClaim({ items: [item] });
const slot = { index: 0, itemName: 'a', item };
const from: DeploymentEnd = { kind: 'Deployment', deployment: aDeployment(), replicaSet, pods: [replica] };
const to: ClaimEnd = {
  kind: 'ContainerClaim',
  claim,
  held: [],
  done: new Set(),
  missing: [slot],
  pools: [aPool({ template: { spec } })],
  expiresAt: undefined,
};

it("a replica that becomes a claim's notes which of its containers its template knows: that one the claim sizes", () => {
  expect(objectionTo(replica, from, to, slot)).toBeUndefined();
  const target = targetOf({ pod: replica, slot }, from, to, 'mark')({ term: 1, now });
  expect(target.marks.annotations[annotations.mainContainer]).toBe('main');
});
