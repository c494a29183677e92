import { expect, test } from 'vitest';
import { leavingReason } from './node-lifecycle.js';

const condition = (type: string, status: string) => ({ status: { conditions: [{ type, status }] } });
const taint = (key: string) => ({ spec: { taints: [{ key, effect: 'NoSchedule' }] } });

test.each([
  ['an ordinary node', {}, undefined],
  ['a cordoned one', { spec: { unschedulable: true } }, 'cordoned'],
  ['one that is being drained', condition('DrainInProgress', 'True'), 'DrainInProgress'],
  ['one whose drain is over', condition('DrainInProgress', 'False'), undefined],
  ['one whose maintenance is planned', condition('MaintenancePlanned', 'True'), 'MaintenancePlanned'],
  ['one that is not ready', condition('Ready', 'False'), undefined],
  [
    'one that the cluster autoscaler takes away',
    taint('ToBeDeletedByClusterAutoscaler'),
    'ToBeDeletedByClusterAutoscaler',
  ],
  ['one that Karpenter takes away', taint('karpenter.sh/disrupted'), 'karpenter.sh/disrupted'],
  ['one for certain pods only', taint('gpu'), undefined],
])('the pods of %s: %#', (_, node, reason) => {
  expect(leavingReason(node)).toBe(reason);
});
