import { describe, expect, test } from 'vitest';
import type { PodGroup } from '../api/pod-group.js';
import { gangOf, groupKeyOf, minMemberLabel, missingGroupOf, podGroupLabel, type PodGroups } from './gang.js';

const namespace = 'team';
const policies: Readonly<Record<string, PodGroup['spec']['schedulingPolicy']>> = {
  gang: { gang: { minCount: 4 } },
  basic: { basic: {} },
};
const podGroups: PodGroups = {
  served: true,
  find: (inNamespace, name) => {
    const schedulingPolicy = inNamespace === namespace ? policies[name] : undefined;
    return (
      schedulingPolicy && {
        apiVersion: 'scheduling.k8s.io/v1beta1',
        kind: 'PodGroup',
        metadata: { namespace, name, uid: name, resourceVersion: '1', creationTimestamp: '' },
        spec: { schedulingPolicy },
      }
    );
  },
};

describe('the gang of a pod', () => {
  test.each([
    ['without a group', {}, undefined],
    ['with the label alone', { labels: { [podGroupLabel]: 'g' } }, { minMember: 1, takesAll: true }],
    [
      'with the label and a number',
      { labels: { [podGroupLabel]: 'g', [minMemberLabel]: '3' } },
      { minMember: 3, takesAll: false },
    ],
    [
      'with a number that is none',
      { labels: { [podGroupLabel]: 'g', [minMemberLabel]: 'many' } },
      { minMember: 1, takesAll: true },
    ],
    ['of a PodGroup that is a gang', { schedulingGroup: 'gang' }, { minMember: 4, takesAll: false }],
    ['of a PodGroup that is none', { schedulingGroup: 'basic' }, undefined],
    ['of a PodGroup that is not there', { schedulingGroup: 'missing' }, undefined],
  ])('%s', (_, pod, expected) => {
    const gang = gangOf({ namespace, ...pod }, podGroups);
    expect(gang && { minMember: gang.minMember, takesAll: gang.takesAll }).toEqual(expected);
  });

  test('by a label is another one than by a PodGroup of that name', () => {
    const byLabel = groupKeyOf({ namespace, labels: { [podGroupLabel]: 'g' } });
    expect(groupKeyOf({ namespace, schedulingGroup: 'g' })).not.toBe(byLabel);
  });

  test('is missing only where a PodGroup is named that is not there', () => {
    const missing = (schedulingGroup?: string) => missingGroupOf({ namespace, schedulingGroup }, podGroups);
    expect([missing(), missing('gang'), missing('basic')]).toEqual([undefined, undefined, undefined]);
    expect(missing('other')).toBe('pod group team/other does not exist');
  });
});
