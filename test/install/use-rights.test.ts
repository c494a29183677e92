/** What sources of use need is written where they are; an installation takes it as it takes other rights. */
import { expect, test } from 'vitest';
import { type Right, ruleOf } from '../../src/install/rights/right.js';
import {
  kubeletDiskRights,
  kubeletRights,
  metricsApiPodRights,
  metricsApiRights,
  readerTokenRights,
} from '../../src/scheduler/use/index.js';

test.each<[string, readonly Right[], object]>([
  ['kubelets', kubeletRights, { apiGroups: [''], resources: ['nodes/stats'], verbs: ['get'] }],
  ["kubelets' disks", kubeletDiskRights, { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] }],
  [
    'the account that asks kubelets',
    readerTokenRights('reader'),
    { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'], resourceNames: ['reader'] },
  ],
  ['the metrics API', metricsApiRights, { apiGroups: ['metrics.k8s.io'], resources: ['nodes'], verbs: ['list'] }],
  ['its pods', metricsApiPodRights, { apiGroups: ['metrics.k8s.io'], resources: ['pods'], verbs: ['list'] }],
])('The rights to read %s are one rule of a role, which has nothing beyond what is read', (_what, rights, rule) => {
  expect(rights.map(ruleOf)).toEqual([rule]);
});
