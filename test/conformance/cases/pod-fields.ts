import { expect } from 'vitest';
import { Pod } from '../../../src/api/kubernetes.js';
import { type JsonOperation, jsonPatch } from '../../../src/cluster/patch.js';
import { type Case, createPod, effect, type World } from '../case.js';

const add = (path: string, value: unknown): JsonOperation => ({ op: 'add', path, value });
const remove = (path: string): JsonOperation => ({ op: 'remove', path });
const main = '/spec/containers/0';

type Change = readonly [name: string, expected: string, ...operations: readonly JsonOperation[]];

/** One change to a pod, and what the server says to it. The pods: see `draft`. */
const changes: readonly Change[] = [
  ['a label', 'ok', add('/metadata/labels/a', 'b')],
  ['a label that is none', '422 Invalid metadata.labels', add('/metadata/labels/a', 'no spaces')],
  ['a label key that is none', '422 Invalid metadata.labels', add('/metadata/labels/a~1b~1c', 'd')],
  ['all labels away', 'ok', remove('/metadata/labels')],
  ['an annotation', 'ok', add('/metadata/annotations', { a: 'any text, with spaces' })],
  ['an annotation key that is none', '422 Invalid metadata.annotations', add('/metadata/annotations', { 'a b': 'c' })],
  [
    'annotations of 300 KiB',
    '422 Invalid metadata.annotations',
    add('/metadata/annotations', { a: 'x'.repeat(300 * 1024) }),
  ],
  ['a finalizer', 'ok', add('/metadata/finalizers', ['penstock.dev/test'])],
  [
    'a finalizer that is none',
    '422 Invalid metadata.finalizers metadata.finalizers[0]',
    add('/metadata/finalizers', ['test me']),
  ],
  ['the name', '400 BadRequest', add('/metadata/name', 'other')],
  ['the namespace', '400 BadRequest', add('/metadata/namespace', 'other')],
  ['the uid', '422 Invalid metadata.uid', add('/metadata/uid', '00000000-0000-4000-8000-000000000000')],
  ['the time of creation', 'ok, unchanged', add('/metadata/creationTimestamp', '2020-01-01T00:00:00Z')],
  ['the generation', 'ok, unchanged', add('/metadata/generation', 17)],
  ['generateName', 'ok', add('/metadata/generateName', 'q-')],
  [
    'the time of deletion',
    '422 Invalid metadata.deletionTimestamp',
    add('/metadata/deletionTimestamp', '2020-01-01T00:00:00Z'),
  ],
  ['the kind', '422 Invalid patch', add('/kind', 'Node')],
  ['the apiVersion', '422 Invalid patch', add('/apiVersion', 'v2')],
  ['an image', 'ok', add(`${main}/image`, 'registry.test/web:2')],
  ['an empty image', '422 Invalid spec.containers[0].image', add(`${main}/image`, '')],
  ['the image of an init container', 'ok', add('/spec/initContainers/0/image', 'registry.test/init:2')],
  ['a toleration more', 'ok', add('/spec/tolerations/-', { key: 'b', operator: 'Exists' })],
  ['a toleration without operator', 'ok', add('/spec/tolerations/-', { key: 'b', value: 'c' })],
  ['a toleration less', '422 Invalid spec.tolerations', add('/spec/tolerations', [])],
  ['a toleration changed', '422 Invalid spec.tolerations', add('/spec/tolerations/0/key', 'other')],
  ['the seconds of a toleration', 'ok', add('/spec/tolerations/0/tolerationSeconds', 5)],
  ['a scheduling gate less', 'ok', add('/spec/schedulingGates', [{ name: 'penstock.dev/one' }])],
  ['all scheduling gates away', 'ok', remove('/spec/schedulingGates')],
  [
    'a scheduling gate more',
    '422 Invalid spec.schedulingGates[2].name',
    add('/spec/schedulingGates/-', { name: 'penstock.dev/three' }),
  ],
  ['a node selector more, while gated', 'ok', add('/spec/nodeSelector', { zone: 'a' })],
  ['a deadline', 'ok', add('/spec/activeDeadlineSeconds', 60)],
  ['a deadline of nothing', '422 Invalid spec.activeDeadlineSeconds', add('/spec/activeDeadlineSeconds', 0)],
  ['a negative deadline', '422 Invalid spec.activeDeadlineSeconds', add('/spec/activeDeadlineSeconds', -1)],
  [
    'a deadline that is too large',
    '422 Invalid spec.activeDeadlineSeconds',
    add('/spec/activeDeadlineSeconds', 2 ** 31),
  ],
  ['a deadline that is no number', '422 Invalid patch', add('/spec/activeDeadlineSeconds', 'soon')],
  ['the grace period', '422 Invalid spec', add('/spec/terminationGracePeriodSeconds', 5)],
  ['a negative grace period', '422 Invalid spec', add('/spec/terminationGracePeriodSeconds', -1)],
  ['the node', '422 Invalid spec', add('/spec/nodeName', 'n1')],
  ['the service account', '422 Invalid spec', add('/spec/serviceAccountName', 'other')],
  ['the mounting of a token', '422 Invalid spec', add('/spec/automountServiceAccountToken', false)],
  ['an environment', '422 Invalid spec', add(`${main}/env`, [{ name: 'A', value: 'b' }])],
  ['the command', '422 Invalid spec', add(`${main}/command`, ['sh'])],
  ['arguments', '422 Invalid spec', add(`${main}/args`, ['x'])],
  ['the working folder', '422 Invalid spec', add(`${main}/workingDir`, '/tmp')],
  ['a port', '422 Invalid spec', add(`${main}/ports`, [{ containerPort: 80 }])],
  ['the pull policy', '422 Invalid spec', add(`${main}/imagePullPolicy`, 'Always')],
  ['resources', '422 Invalid spec', add(`${main}/resources/requests/cpu`, '200m')],
  ['the same resources, in other words', 'ok, unchanged', add(`${main}/resources/requests/cpu`, '0.1')],
  ['a probe', '422 Invalid spec', add(`${main}/readinessProbe`, { exec: { command: ['true'] } })],
  ['a life-cycle hook', '422 Invalid spec', add(`${main}/lifecycle`, { preStop: { exec: { command: ['true'] } } })],
  ['a mount', '422 Invalid spec', add(`${main}/volumeMounts`, [{ name: 'tmp', mountPath: '/tmp' }])],
  ['the security of a container', '422 Invalid spec', add(`${main}/securityContext`, { runAsUser: 1 })],
  ['the name of a container', '422 Invalid spec', add(`${main}/name`, 'other')],
  ['a container more', '422 Invalid spec.containers', add('/spec/containers/-', { name: 'b', image: 'b' })],
  [
    'an init container more',
    '422 Invalid spec.initContainers',
    add('/spec/initContainers/-', { name: 'b', image: 'b' }),
  ],
  ['no container at all', '422 Invalid spec.containers', add('/spec/containers', [])],
  ['a volume more', '422 Invalid spec', add('/spec/volumes/-', { name: 'more', emptyDir: {} })],
  ['the priority', '422 Invalid spec', add('/spec/priority', 5)],
  ['the priority class', '422 Invalid spec', add('/spec/priorityClassName', 'system-node-critical')],
  ['the restart policy', '422 Invalid spec', add('/spec/restartPolicy', 'Never')],
  ['the host’s network', '422 Invalid spec', add('/spec/hostNetwork', true)],
  ['the host name', '422 Invalid spec', add('/spec/hostname', 'other')],
  ['the DNS policy', '422 Invalid spec spec.dnsConfig', add('/spec/dnsPolicy', 'None')],
  ['the security of the pod', '422 Invalid spec', add('/spec/securityContext', { runAsUser: 1 })],
  ['the scheduler', '422 Invalid spec', add('/spec/schedulerName', 'other')],
  [
    'spread constraints',
    '422 Invalid spec',
    add('/spec/topologySpreadConstraints', [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }]),
  ],
  ['an unknown field', '422 Invalid patch', add('/spec/colour', 'red')],
  ['an unknown field of metadata', '422 Invalid patch', add('/metadata/colour', 'red')],
  ['the status', 'ok, unchanged', add('/status/message', 'hello')],
  [
    'two fields at once',
    '422 Invalid metadata.labels spec',
    add('/spec/hostname', 'other'),
    add('/metadata/labels/a', 'no spaces'),
  ],
];

const owner = { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b' };
const owned = (...owners: readonly object[]) => add('/metadata/ownerReferences', owners);

const owners: readonly Change[] = [
  ['an owner without uid', '422 Invalid metadata.ownerReferences[0].uid', owned({ ...owner, uid: '' })],
  ['an owner without name', '422 Invalid metadata.ownerReferences[0].name', owned({ ...owner, name: '' })],
  ['an Event as owner', '422 Invalid metadata.ownerReferences[0]', owned({ ...owner, kind: 'Event' })],
  [
    'a wrong owner after a right one',
    '422 Invalid metadata.ownerReferences[1].kind',
    owned(owner, { ...owner, kind: '' }),
  ],
  [
    'two controllers',
    '422 Invalid metadata.ownerReferences',
    owned({ ...owner, controller: true }, { ...owner, uid: 'c', controller: true }),
  ],
];

export const podFields: readonly Case[] = [
  ...changes.map((change) => caseOf(change, (expected) => expected)),
  ...owners.map((change) =>
    caseOf(change, (expected, { placesOwners }) => (placesOwners ? expected : expected.replace(/\[[0-9]\]/, ''))),
  ),
];

function caseOf([name, expected, ...operations]: Change, expectedIn: (expected: string, world: World) => string): Case {
  return {
    name: `${name}: ${expected}`,
    async run(world) {
      const pod = await createPod(world, {
        spec: {
          containers: [{ name: 'main', image: 'registry.test/web:1', resources: { requests: { cpu: '100m' } } }],
          initContainers: [{ name: 'init', image: 'registry.test/init:1' }],
          volumes: [{ name: 'tmp', emptyDir: {} }],
          tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute' }],
          schedulingGates: [{ name: 'penstock.dev/one' }, { name: 'penstock.dev/two' }],
        },
      });
      const ref = { namespace: world.namespace, name: 'p' };
      expect(await effect(pod, world.cluster.patch(Pod, ref, jsonPatch(operations)))).toBe(expectedIn(expected, world));
    },
  };
}
