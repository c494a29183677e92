import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aReplicaSet, now } from '../../test/objects.js';
import { evictionRequestOf } from '../api/eviction-request.js';
import { type Pod, ReplicaSet } from '../api/kubernetes.js';
import { controllerOf, controllerReference } from '../api/meta/kind.js';
import { annotations, deletionCost, stockGate } from '../api/names.js';
import {
  isGated,
  isOver,
  isReady,
  isStartingCold,
  isTerminating,
  isWaiting,
  nodeLoads,
  openPatch,
} from '../line/index.js';
import { timestamp } from '../support/time.js';
import { Constraints, repelledBy } from './constraints.js';
import { repelling } from './indexes.js';
import { OtherPodTrimmer } from './trim-other-pod.js';

const some = <T>(value: T) => fc.constantFrom(undefined, value);
const term = (app: string) => ({ topologyKey: 'zone', labelSelector: { matchLabels: { app } } });
const request = JSON.stringify({ requester: 'test', requestedAt: timestamp(now), reason: 'it is hot', node: 'n2' });

const containerStatus = fc.record({
  name: fc.constant('main'),
  ready: fc.boolean(),
  restartCount: fc.nat(1),
  image: fc.constant('web:1'),
  imageID: fc.constant(''),
  state: fc.constantFrom(
    { waiting: { reason: 'ContainerCreating' } },
    { running: {} },
    { terminated: { exitCode: 0 } },
  ),
});

type Marks = Readonly<Record<string, string>> | undefined;

/** A pod of somebody else, as far as it may be told apart from others. */
const pods: fc.Arbitrary<Pod> = fc
  .record({
    namespace: fc.constantFrom('shop', 'default'),
    labels: fc.constantFrom<Marks>(undefined, { app: 'web' }, { app: 'other', tier: 'a' }),
    marks: fc.constantFrom<Marks>(
      undefined,
      {},
      { 'example.com/note': 'long' },
      { [annotations.origin]: 'cold', 'example.com/note': 'long' },
      { [annotations.evictionRequest]: request, [deletionCost]: '-2147483648' },
    ),
    deletionTimestamp: some(timestamp(now)),
    isReplica: fc.boolean(),
    nodeName: fc.constantFrom(undefined, 'n1', 'n2'),
    gates: fc.constantFrom(undefined, [], [{ name: stockGate }], [{ name: 'example.com/quota' }, { name: stockGate }]),
    repelled: some([term('web')]),
    near: some([term('web')]),
    cpu: fc.constantFrom(undefined, '100m', '2'),
    phase: fc.constantFrom(undefined, 'Pending', 'Running', 'Failed', 'Succeeded'),
    isReady: fc.boolean(),
    statuses: fc.array(containerStatus, { maxLength: 2 }),
    inits: fc.array(containerStatus, { maxLength: 1 }),
  })
  .map((drawn) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'other',
      namespace: drawn.namespace,
      uid: 'uid-other',
      resourceVersion: '7',
      creationTimestamp: timestamp(now),
      ...(drawn.labels && { labels: drawn.labels }),
      ...(drawn.marks && { annotations: drawn.marks }),
      ...(drawn.deletionTimestamp !== undefined && { deletionTimestamp: drawn.deletionTimestamp }),
      ...(drawn.isReplica && {
        ownerReferences: [
          { apiVersion: 'v1', kind: 'Thing', name: 'thing', uid: 'thing' },
          controllerReference(ReplicaSet, aReplicaSet({ replicas: 1 })),
        ],
      }),
    },
    spec: {
      containers: [
        {
          name: 'main',
          image: 'web:1',
          ...(drawn.cpu !== undefined && { resources: { requests: { cpu: drawn.cpu } } }),
        },
        { name: 'proxy', image: 'proxy:1' },
      ],
      ...(drawn.nodeName !== undefined && { nodeName: drawn.nodeName }),
      ...(drawn.gates && { schedulingGates: drawn.gates }),
      affinity: {
        ...(drawn.repelled && { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: drawn.repelled } }),
        ...(drawn.near && { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: drawn.near } }),
      },
    },
    status: {
      ...(drawn.phase !== undefined && { phase: drawn.phase }),
      conditions: [{ type: 'Ready', status: drawn.isReady ? 'True' : 'False' }],
      containerStatuses: drawn.statuses,
      initContainerStatuses: drawn.inits,
    },
  }));

const nodes = new Map(
  ['n1', 'n2'].map((name) => [
    name,
    { metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels: { zone: name } } },
  ]),
);

const constrained = (() => {
  const set = aReplicaSet({ replicas: 1 });
  const spread = {
    maxSkew: 1,
    topologyKey: 'zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { app: 'web' } },
  };
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: {
      containers: [{ name: 'main' }],
      topologySpreadConstraints: [spread],
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('other')] } },
    },
  };
  return { ...set, spec: { ...set.spec, selector: {}, template } };
})();

/** Everything that is decided by the pod of somebody else. */
function seen(pod: Pod) {
  const container: Pod = {
    ...pod,
    metadata: { ...pod.metadata, name: 'stock' },
    spec: { containers: [], nodeName: 'n1' },
  };
  return {
    waits: [isWaiting(pod), isGated(pod), isStartingCold(pod)],
    stands: [isReady(pod), isOver(pod), isTerminating(pod), controllerOf(pod)?.uid, pod.metadata.creationTimestamp],
    isAsked: [evictionRequestOf(pod), pod.metadata.annotations?.[deletionCost]],
    opens: openPatch(pod),
    repels: [repelling(pod), repelledBy([pod], 'default', { app: 'web' }).length],
    constrains: new Constraints(constrained, { nodes, pods: [pod] }).objection(container),
    loads: nodeLoads([pod]),
  };
}

describe('the pod of somebody else', () => {
  it('decides the same by what is kept of it', () => {
    const trimmer = new OtherPodTrimmer();
    fc.assert(
      fc.property(pods, (pod) => {
        expect(seen(trimmer.trim(pod, undefined))).toEqual(seen(pod));
      }),
    );
  });

  it('decides the same when it was another before', () => {
    const trimmer = new OtherPodTrimmer();
    fc.assert(
      fc.property(pods, pods, (before, pod) => {
        const kept = trimmer.trim(before, undefined);
        expect(seen(trimmer.trim(pod, kept))).toEqual(seen(pod));
        expect(seen(kept)).toEqual(seen(before));
      }),
    );
  });

  it('shares with others what it has in common with them', () => {
    const trimmer = new OtherPodTrimmer();
    const [one, two] = fc.sample(pods, { numRuns: 1, seed: 1 }).flatMap((pod) => [pod, structuredClone(pod)]);
    const [kept, like] = [one, two].flatMap((pod) => (pod ? [trimmer.trim(pod, undefined)] : []));
    expect(kept?.metadata.labels).toBe(like?.metadata.labels);
    expect(kept?.spec?.containers).toBe(like?.spec?.containers);
    expect(kept?.status).toBe(like?.status);
  });
});
