import { describe, expect, it } from 'vitest';
import { aReplicaSet, now, ready, stocked } from '../../test/objects.js';
import { ReplicaSet, type Pod } from '../api/kubernetes.js';
import { controllerReference } from '../api/meta/kind.js';
import { annotations, deletionCost } from '../api/names.js';
import { timestamp } from '../support/time.js';
import { leastCost, planReplacement } from './plan-replacement.js';

const set = aReplicaSet({ replicas: 2 });

const request = (node?: string) => ({
  [annotations.evictionRequest]: JSON.stringify({
    requester: 'test',
    requestedAt: timestamp(now),
    reason: 'its node is hot',
    node,
  }),
});

interface Parts {
  readonly node?: string;
  readonly marks?: Readonly<Record<string, string>>;
  readonly status?: Pod['status'];
}

function replica(name: string, { node = 'a', marks = {}, status = ready }: Parts = {}): Pod {
  const pod = stocked(name, { status, spec: { nodeName: node, containers: [] } });
  const ownerReferences = [controllerReference(ReplicaSet, set)];
  return { ...pod, metadata: { ...pod.metadata, labels: {}, ownerReferences, annotations: marks } };
}

const inStock = (name: string, nodeName: string) => stocked(name, { spec: { nodeName, containers: [] } });
const plan = (pods: readonly Pod[], stock: readonly Pod[]) => {
  const { replace, ...rest } = planReplacement({ replicaSet: set, pods, stock, constraints: undefined });
  return { replaced: replace && [replace.asked.metadata.name, replace.replacement.metadata.name], ...rest };
};

describe('what is done for a replica of two that is asked to go', () => {
  const asked = replica('asked', { marks: request() });
  const none = { replaced: undefined, unmark: [], isLeft: true };

  it('a container on another node takes its place', () => {
    const stock = [inStock('here', 'a'), inStock('there', 'b')];
    expect(plan([asked, replica('other')], stock)).toEqual({ ...none, replaced: ['asked', 'there'], isLeft: false });
  });

  it('the node that is named has to have one', () => {
    const named = replica('asked', { marks: request('c') });
    expect(plan([named, replica('other')], [inStock('there', 'b')])).toEqual(none);
    expect(plan([named, replica('other')], [inStock('named', 'c')])).toMatchObject({ replaced: ['asked', 'named'] });
  });

  it('one after the other, where several are asked', () => {
    const both = [asked, replica('later', { marks: request() })];
    const stock = [inStock('s', 'b'), inStock('t', 'b')];
    expect(plan(both, stock)).toEqual({ ...none, replaced: ['asked', 's'], isLeft: true });
  });

  it.each<[string, readonly Pod[]]>([
    [
      'another replica is not ready, and would be deleted in its place',
      [replica('other', { status: { phase: 'Running' } })],
    ],
    [
      'it is not ready itself',
      [replica('other'), replica('asked', { marks: request(), status: { phase: 'Running' } })],
    ],
    ['one is too many already: a container has been handed over', [replica('other'), replica('new', { node: 'b' })]],
    ['one is missing', []],
    [
      'another one is marked to go first, whose request was withdrawn',
      [replica('other', { marks: { [deletionCost]: leastCost } })],
    ],
  ])('nothing while %s', (_, others) => {
    const pods = others.some(({ metadata }) => metadata.name === 'asked') ? others : [asked, ...others];
    expect(plan(pods, [inStock('there', 'b')])).toMatchObject({ replaced: undefined, isLeft: true });
  });

  it('one whose request was withdrawn is no more to be deleted first', () => {
    const withdrawn = replica('withdrawn', { marks: { [deletionCost]: leastCost } });
    expect(plan([withdrawn, replica('other')], [inStock('there', 'b')])).toEqual({
      replaced: undefined,
      unmark: [withdrawn],
      isLeft: false,
    });
  });
});
