import { expect, it } from 'vitest';
import { now, stocked } from '../../test/objects.js';
import type { Pod } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import { timestamp } from '../support/time.js';
import { standsFor } from './eviction.js';

const on = (nodeName: string | undefined, marks: Readonly<Record<string, string>> = {}): Pod => {
  const pod = stocked('one', { spec: { containers: [], ...(nodeName !== undefined && { nodeName }) } });
  return { ...pod, metadata: { ...pod.metadata, annotations: marks } };
};
const asking = (node?: string) => ({
  [annotations.evictionRequest]: JSON.stringify({
    requester: 'test',
    requestedAt: timestamp(now),
    reason: 'its node is hot',
    node,
  }),
});

it.each([
  ['b', undefined, true],
  ['a', undefined, false],
  [undefined, undefined, false],
  ['b', 'b', true],
  ['c', 'b', false],
  // the request says where: its own node is allowed
  ['a', 'a', true],
])(
  'a container on node %s can take the place of one on node a whose request names node %s: %s',
  (node, named, fits) => {
    expect(standsFor(on(node), on('a', asking(named)))).toBe(fits);
  },
);

it.each<Readonly<Record<string, string>>>([{}, { [annotations.evictionRequest]: 'soon' }])(
  'nothing takes the place of one that is not asked to go: %j',
  (marks) => {
    expect(standsFor(on('b'), on('a', marks))).toBe(false);
  },
);
