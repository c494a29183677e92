import { expect, test } from 'vitest';
import type { PodSpec } from '../../api/kubernetes.js';
import { qosClass } from './qos.js';

const all = { cpu: '1', memory: '1Gi' };
const container = (resources?: PodSpec['resources']) => ({ name: 'a', ...(resources && { resources }) });

test.each<[string, PodSpec, ReturnType<typeof qosClass>]>([
  ['no amounts', { containers: [container()] }, 'BestEffort'],
  [
    'amounts of nothing that counts',
    { containers: [container({ requests: { 'ephemeral-storage': '1Gi' } })] },
    'BestEffort',
  ],
  ['limits for all', { containers: [container({ limits: all })] }, 'Guaranteed'],
  ['requests below limits', { containers: [container({ requests: { cpu: '500m' }, limits: all })] }, 'Burstable'],
  ['no limit for memory', { containers: [container({ limits: { cpu: '1' } })] }, 'Burstable'],
  ['one container without amounts', { containers: [container({ limits: all }), container()] }, 'Burstable'],
  [
    'an init container without amounts',
    { containers: [container({ limits: all })], initContainers: [container()] },
    'Burstable',
  ],
  ['limits at the level of the pod', { containers: [container()], resources: { limits: all } }, 'Guaranteed'],
  [
    'a request at the level of the pod',
    { containers: [container({ limits: all })], resources: { requests: { cpu: '2' } } },
    'Burstable',
  ],
])('the class of a pod with %s', (_what, spec, expected) => {
  expect(qosClass(spec)).toBe(expected);
});
