import { describe, expect, it } from 'vitest';
import { aReplicaSet, now, stocked } from '../../../../test/objects.js';
import { annotations, labels, states } from '../../../api/names.js';
import { handOverPatch } from './patch.js';
import { toReplicaSet } from './to-replica-set.js';

const valuesOf = (patch: ReturnType<typeof handOverPatch>) =>
  Object.fromEntries(
    (patch.type === 'json' ? patch.operations : []).map((operation) => [
      `${operation.op} ${operation.path}`,
      'value' in operation ? operation.value : undefined,
    ]),
  );

describe('a container for a ReplicaSet', () => {
  it('gets the labels of its template, its hash and its owner, in one write that tests what it was', () => {
    const replicaSet = aReplicaSet({ labels: { app: 'web', 'pod-template-hash': 'abc' } });
    const pod = stocked('p');
    const values = valuesOf(handOverPatch(pod, toReplicaSet({ replicaSet }, { now }), now));
    expect(values).toMatchObject({
      'test /metadata/uid': pod.metadata.uid,
      'test /metadata/labels/penstock.dev~1state': states.stocked,
      'test /metadata/ownerReferences': pod.metadata.ownerReferences,
      'add /metadata/labels/app': 'web',
      'add /metadata/labels/pod-template-hash': 'abc',
      'add /metadata/labels/penstock.dev~1state': states.delivered,
      'add /metadata/annotations/penstock.dev~1origin': 'stock',
      'replace /metadata/ownerReferences': [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', uid: replicaSet.metadata.uid, controller: true },
      ],
    });
    expect(Object.keys(values)).toContain(
      'remove /metadata/annotations/cluster-autoscaler.kubernetes.io~1safe-to-evict',
    );
  });

  it('may be evicted as its template says', () => {
    const replicaSet = aReplicaSet({ annotations: { [annotations.safeToEvict]: 'false' } });
    expect(toReplicaSet({ replicaSet }, { now })).toMatchObject({
      marks: { annotations: { [annotations.safeToEvict]: 'false' } },
    });
    expect(toReplicaSet({ replicaSet }, { now }).dropped).toBeUndefined();
  });

  it('cannot get a state of its own from the template', () => {
    const replicaSet = aReplicaSet({ labels: { [labels.state]: states.stocked } });
    expect(toReplicaSet({ replicaSet }, { now }).marks.labels).toEqual({ [labels.state]: states.delivered });
  });
});
