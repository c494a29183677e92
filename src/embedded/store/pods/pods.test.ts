import { describe, expect, it } from 'vitest';
import { Binding, Eviction, Node, Pod, type Container, type PodSpec } from '../../../api/kubernetes.js';
import { BadRequest, Conflict, Forbidden, Invalid, NotFound } from '../../../cluster/errors.js';
import { type JsonOperation, jsonPatch, mergePatch, strategicPatch } from '../../../cluster/patch.js';
import { messageOf } from '../../../support/errors.js';
import { seededRandom } from '../../../support/random.js';
import { VirtualClock } from '../../../support/virtual-clock.js';
import { EmbeddedCluster } from '../cluster.js';

const make = (clock = new VirtualClock()) => new EmbeddedCluster({ clock, random: seededRandom(1) });
const ref = { name: 'p', namespace: 'default' };
const plain: Container = { name: 'main', image: 'busybox:1.36' };

const podOf = (spec: Partial<PodSpec> = {}) => ({ metadata: ref, spec: { containers: [plain], ...spec } });
const sized = (requests: Record<string, string>, limits?: Record<string, string>) =>
  podOf({ containers: [{ ...plain, resources: limits ? { requests, limits } : { requests } }] });

describe('a new pod', () => {
  it('gets the defaults of the server', async () => {
    const pod = await make().create(
      Pod,
      podOf({
        containers: [{ name: 'main', image: 'nginx', resources: { limits: { cpu: '0.5', memory: '1024Mi' } } }],
      }),
    );
    expect(pod.metadata.generation).toBe(1);
    expect(pod.status).toEqual({ phase: 'Pending', qosClass: 'Guaranteed' });
    expect(pod.spec).toEqual({
      containers: [
        {
          name: 'main',
          image: 'nginx',
          imagePullPolicy: 'Always',
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          resources: { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '500m', memory: '1Gi' } },
        },
      ],
      restartPolicy: 'Always',
      dnsPolicy: 'ClusterFirst',
      terminationGracePeriodSeconds: 30,
      schedulerName: 'default-scheduler',
      securityContext: {},
      enableServiceLinks: true,
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
        { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      ],
    });
  });

  it.each([
    ['no containers', podOf({ containers: [] }), 'spec.containers: Required value'],
    ['no image', podOf({ containers: [{ name: 'main' }] }), 'spec.containers[0].image: Required value'],
    ['two of one name', podOf({ containers: [plain, plain] }), 'spec.containers[1].name: Duplicate value: "main"'],
    ['a bad name', podOf({ containers: [{ ...plain, name: 'Main' }] }), 'a lowercase RFC 1123 label must consist of'],
    [
      'more requested than allowed',
      sized({ cpu: '2' }, { cpu: '1' }),
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      'a mount of nothing',
      podOf({ containers: [{ ...plain, volumeMounts: [{ name: 'x', mountPath: '/x' }] }] }),
      'spec.containers[0].volumeMounts[0].name: Not found: "x"',
    ],
  ])('is refused with %s', async (_what, pod, message) => {
    await expect(make().create(Pod, pod)).rejects.toThrow(Invalid);
    await expect(make().create(Pod, pod)).rejects.toThrow(message);
  });

  it('is not even read when an amount is no quantity', async () => {
    await expect(make().create(Pod, sized({ cpu: 'much' }))).rejects.toThrow(BadRequest);
  });
});

describe('an update of a pod', () => {
  it.each<[string, JsonOperation[], string]>([
    ['labels', [{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }], 'accepted'],
    ['an image', [{ op: 'replace', path: '/spec/containers/0/image', value: 'busybox:2' }], 'accepted'],
    ['a deadline', [{ op: 'add', path: '/spec/activeDeadlineSeconds', value: 60 }], 'accepted'],
    ['no deadline', [{ op: 'add', path: '/spec/activeDeadlineSeconds', value: 0 }], 'must be between 1 and'],
    [
      'another toleration',
      [{ op: 'add', path: '/spec/tolerations/-', value: { key: 'x', operator: 'Exists' } }],
      'accepted',
    ],
    ['one toleration less', [{ op: 'remove', path: '/spec/tolerations/0' }], 'existing toleration can not be modified'],
    [
      'a command',
      [{ op: 'add', path: '/spec/containers/0/command', value: ['x'] }],
      'pod updates may not change fields other than',
    ],
    ['a node', [{ op: 'add', path: '/spec/nodeName', value: 'n' }], 'pod updates may not change fields other than'],
    [
      'resources',
      [{ op: 'add', path: '/spec/containers/0/resources', value: { requests: { cpu: '1' } } }],
      'pod updates may not change fields other than',
    ],
    ['a gate', [{ op: 'add', path: '/spec/schedulingGates', value: [{ name: 'a/b' }] }], 'only deletion is allowed'],
    [
      'more containers',
      [{ op: 'add', path: '/spec/containers/-', value: { name: 'x', image: 'y' } }],
      'may not add or remove containers',
    ],
    [
      'a grace',
      [{ op: 'replace', path: '/spec/terminationGracePeriodSeconds', value: 1 }],
      'pod updates may not change',
    ],
  ])('of %s', async (_what, operations, expected) => {
    const cluster = make();
    await cluster.create(Pod, podOf({ tolerations: [{ key: 'own', operator: 'Exists' }] }));
    const patched = cluster.patch(Pod, ref, jsonPatch(operations));
    const outcome = await patched.then(
      () => 'accepted',
      (error: unknown) => messageOf(error),
    );
    expect(outcome).toContain(expected);
  });

  it('shortens a deadline, never extends or removes it', async () => {
    const cluster = make();
    await cluster.create(Pod, podOf({ activeDeadlineSeconds: 100 }));
    const to = (value: number | null) =>
      cluster.patch(Pod, ref, mergePatch({ spec: { activeDeadlineSeconds: value } }));
    expect((await to(50)).metadata.generation).toBe(2);
    await expect(to(60)).rejects.toThrow('must be less than or equal to previous value');
    await expect(to(null)).rejects.toThrow('must not update from a positive integer to nil value');
  });

  it('leaves the status to the status subresource, and the spec to the pod', async () => {
    const cluster = make();
    await cluster.create(Pod, podOf());
    const patch = mergePatch({
      status: { phase: 'Running' },
      spec: { nodeName: 'n' },
      metadata: { labels: { a: 'b' } },
    });
    const main = await cluster.patch(Pod, ref, mergePatch({ status: { phase: 'Running' } }));
    expect(main.status?.phase).toBe('Pending');
    const status = await cluster.patch(Pod, ref, patch, { subresource: 'status' });
    expect(status).toMatchObject({
      status: { phase: 'Running', qosClass: 'BestEffort' },
      metadata: { generation: 1, labels: { a: 'b' } },
    });
    expect(status.spec?.nodeName).toBeUndefined();
  });

  it('merges conditions by type in a strategic merge', async () => {
    const cluster = make();
    await cluster.create(Pod, podOf());
    const condition = (type: string, status: string) =>
      cluster.patch(Pod, ref, strategicPatch({ status: { conditions: [{ type, status }] } }), {
        subresource: 'status',
      });
    await condition('Ready', 'False');
    await condition('Initialized', 'True');
    const { status } = await condition('Ready', 'True');
    expect(status?.conditions).toEqual([
      // as the server has it: what a strategic merge adds comes first
      { type: 'Initialized', status: 'True' },
      { type: 'Ready', status: 'True' },
    ]);
  });
});

describe('a resize', () => {
  const resize = (requests: Record<string, string | null>, limits?: Record<string, string | null>) =>
    strategicPatch({
      spec: { containers: [{ name: 'main', resources: limits ? { requests, limits } : { requests } }] },
    });

  it('changes cpu and memory and nothing else', async () => {
    const cluster = make();
    await cluster.create(Pod, sized({ cpu: '1', memory: '1Gi' }));
    const patch = strategicPatch({
      metadata: { labels: { a: 'b' } },
      spec: { containers: [{ name: 'main', image: 'other', resources: { requests: { cpu: '2' } } }] },
    });
    const resized = await cluster.patch(Pod, ref, patch, { subresource: 'resize' });
    expect(resized.spec?.containers[0]).toMatchObject({
      image: plain.image,
      resources: { requests: { cpu: '2', memory: '1Gi' } },
    });
    expect(resized.metadata).toMatchObject({ generation: 2 });
    expect(resized.metadata.labels).toBeUndefined();
  });

  it.each([
    [
      'a change of the class of service',
      resize({ cpu: '2' }, { cpu: '2', memory: '1Gi' }),
      'Pod QOS Class may not change',
    ],
    ['the loss of a request', resize({ memory: null }), 'resource requests cannot be removed'],
    ['another resource', resize({ 'example.com/gpu': '1' }), 'only cpu and memory resources are mutable'],
    ['a request over its limit', resize({ cpu: '3' }, { cpu: '2' }), 'must be less than or equal to cpu limit of 2'],
  ])('refuses %s', async (_what, patch, message) => {
    const cluster = make();
    await cluster.create(Pod, sized({ cpu: '1', memory: '1Gi' }));
    await expect(cluster.patch(Pod, ref, patch, { subresource: 'resize' })).rejects.toThrow(message);
  });

  it('refuses more than the node has', async () => {
    const cluster = make();
    await cluster.create(Node, {
      metadata: { name: 'n' },
      status: { allocatable: { cpu: '2', memory: '4Gi' }, capacity: { cpu: '2', memory: '4Gi' } },
    });
    await cluster.create(Pod, { ...sized({ cpu: '1' }), spec: { ...sized({ cpu: '1' }).spec, nodeName: 'n' } });
    const to = (cpu: string) => cluster.patch(Pod, ref, resize({ cpu }), { subresource: 'resize' });
    await expect(to('3')).rejects.toThrow(Forbidden);
    await expect(to('3')).rejects.toThrow(
      "node didn't have enough allocatable resources: cpu, requested: 3000, allocatable: 2000",
    );
    expect((await to('2')).metadata.generation).toBe(2);
  });
});

describe('binding and deleting', () => {
  const bind = (cluster: EmbeddedCluster, node: string) =>
    cluster.create(Binding, { metadata: ref, target: { kind: 'Node', name: node } });

  it('binds a pod once', async () => {
    const cluster = make();
    await cluster.create(Pod, podOf());
    await bind(cluster, 'n');
    expect(await cluster.get(Pod, ref)).toMatchObject({
      spec: { nodeName: 'n' },
      status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
    });
    await expect(bind(cluster, 'm')).rejects.toThrow(Conflict);
    expect((await cluster.list(Pod, { fields: 'spec.nodeName=n' })).items).toHaveLength(1);
    expect((await cluster.list(Pod, { fields: 'spec.nodeName=' })).items).toHaveLength(0);
  });

  it('gives a bound pod its grace, which a second delete can shorten', async () => {
    const cluster = make();
    await cluster.create(Pod, podOf({ nodeName: 'n' }));
    const first = await cluster.remove(Pod, ref);
    expect(first?.metadata).toMatchObject({
      deletionGracePeriodSeconds: 30,
      deletionTimestamp: '2026-01-01T00:00:30Z',
      generation: 2,
    });
    expect(await cluster.remove(Pod, ref)).toBe(first);
    expect((await cluster.remove(Pod, ref, { gracePeriodSeconds: 5 }))?.metadata).toMatchObject({
      deletionGracePeriodSeconds: 5,
      deletionTimestamp: '2026-01-01T00:00:05Z',
    });
    expect(await cluster.remove(Pod, ref, { gracePeriodSeconds: 0 })).toBeUndefined();
    await expect(cluster.get(Pod, ref)).rejects.toThrow(NotFound);
  });

  it('deletes a pod of no node, or one that has ended, at once', async () => {
    const cluster = make();
    await cluster.create(Pod, podOf());
    expect(await cluster.remove(Pod, ref)).toBeUndefined();
    await cluster.create(Pod, podOf({ nodeName: 'n' }));
    await cluster.patch(Pod, ref, mergePatch({ status: { phase: 'Failed' } }), { subresource: 'status' });
    expect(await cluster.remove(Pod, ref)).toBeUndefined();
  });

  it('holds preconditions', async () => {
    const cluster = make();
    await cluster.create(Pod, podOf());
    await expect(cluster.remove(Pod, ref, { preconditions: { uid: 'other' } })).rejects.toThrow(Conflict);
    await expect(cluster.remove(Pod, ref, { preconditions: { resourceVersion: '1' } })).rejects.toThrow(Conflict);
  });

  it('evicts', async () => {
    const cluster = make();
    await cluster.create(Pod, podOf({ nodeName: 'n' }));
    await cluster.create(Eviction, { metadata: ref });
    expect((await cluster.get(Pod, ref)).metadata.deletionGracePeriodSeconds).toBe(30);
  });
});
