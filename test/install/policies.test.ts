/** What the policies, roles and priorities do on a real API server, to the operator and to everybody else. */
import https from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ContainerMigration } from '../../src/api/container-migration.js';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { renewalWithin } from '../../src/api/container-pool-schema.js';
import { FlowSchema, MutatingAdmissionPolicy, Role, RoleBinding } from '../../src/api/administration.js';
import { Deployment, Namespace, Node, Pod, ReplicaSet, scaleOf } from '../../src/api/kubernetes.js';
import { noLatch } from '../../src/api/latch.js';
import { defaultAudit } from '../../src/api/upkeep.js';
import type { Draft } from '../../src/api/meta/resource.js';
import { labels, states } from '../../src/api/names.js';
import { Forbidden, Invalid } from '../../src/cluster/errors.js';
import type { KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { jsonPatch, mergePatch, pointer } from '../../src/cluster/patch.js';
import { defaultNamespace, install } from '../../src/install/index.js';
import { serviceAccountUser } from '../../src/install/names.js';
import { featureNames } from '../../src/install/part.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { serves } from '../control-plane/serves.js';
import { clock, clusterAs, clusterAsAdmin, headersAs, type Person } from './as.js';

const namespace = 'team';
const operator: Person = { user: serviceAccountUser(defaultNamespace) };
const ann: Person = { user: 'ann' };
const vera: Person = { user: 'vera' };

const pod = (name: string, metadata: Draft<Pod>['metadata'] = {}): Draft<Pod> => ({
  metadata: { name, namespace, ...metadata },
  spec: { containers: [{ name: 'main', image: 'registry.test/app:1' }] },
});
const pool = (name: string): Draft<ContainerPool> => ({
  metadata: { name, namespace },
  spec: {
    replicas: 1,
    template: { spec: { containers: [{ name: 'main', image: 'registry.test/app:1' }] } },
    refill: { paused: false, maxStarting: 50, startDeadline: '5m' },
    renewal: renewalWithin({ maxUnavailable: 2, maxSurge: 2 }),
    audit: defaultAudit,
    claims: { maxContainers: 100 },
    configuration: { mountPath: '/etc/penstock', files: [] },
    latch: noLatch,
  },
});
const claim = (name: string, tenant?: string): Draft<ContainerClaim> => ({
  metadata: { name, namespace },
  spec: { pool: { name: 'p' }, items: [{ count: 1 }], whenEmpty: 'Wait', ...(tenant !== undefined && { tenant }) },
});

describe.skipIf(lacks(controlPlaneWithControllers, 'policies and roles'))('an installation', () => {
  let plane: ControlPlane;
  const clusters: KubernetesCluster[] = [];
  const as = (person: Person): KubernetesCluster => {
    const cluster = clusterAs(plane, person);
    clusters.push(cluster);
    return cluster;
  };
  let admin: KubernetesCluster;

  /** Roles and policies take effect a moment after they are written. */
  async function eventually(what: () => Promise<unknown>): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await what();
        return;
      } catch (error) {
        if (tries === 150) throw error;
        await clock.sleep(100);
      }
    }
  }

  const give = async (user: string, role: string) => {
    await admin.create(RoleBinding, {
      metadata: { name: user, namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
    });
  };

  beforeAll(async () => {
    plane = await ControlPlane.start({ controllers: true });
    admin = clusterAsAdmin(plane);
    clusters.push(admin);
    const gated = await serves(admin, MutatingAdmissionPolicy);
    const features = featureNames.filter(
      (name) => name !== 'monitor' && name !== 'alerts' && (gated || name !== 'gate'),
    );
    await install(
      admin,
      clock,
      { namespace: defaultNamespace, image: 'penstock:test', replicas: 0, version: '0.0.0', features },
      () => {},
    );
    await admin.create(Namespace, { metadata: { name: namespace } });
    await give('ann', 'edit');
    await give('vera', 'view');
    // until the policies and roles are in effect
    await eventually(async () => {
      const lie = pod('probe', { labels: { [labels.state]: states.stocked } });
      const answer = await as(ann)
        .create(Pod, lie, { dryRun: true })
        .catch((error: unknown) => error);
      if (!(answer instanceof Forbidden)) throw new Error('the policy is not in effect yet');
      await as(ann).create(ContainerPool, pool('probe'), { dryRun: true });
      await as(vera).list(ContainerPool, { namespace });
    });
  });
  afterAll(async () => {
    for (const cluster of clusters) cluster.close();
    await plane.stop();
  });

  describe('reserves marks on pods', () => {
    const reserved = { [labels.state]: states.stocked };
    const refusal = /reserved to Penstock's operator: /;

    test.each([
      ['a label', { labels: reserved }],
      ['an annotation', { annotations: { 'penstock.dev/claim-uid': 'x' } }],
      ['one of a file', { annotations: { 'file.penstock.dev/a': 'x' } }],
      ['a label that nobody knows yet', { labels: { 'penstock.dev/new': 'x' } }],
    ])('nobody else may create a pod with %s', async (_, metadata) => {
      await expect(as(ann).create(Pod, pod('a', metadata), { dryRun: true })).rejects.toThrow(refusal);
      await as(operator).create(Pod, pod('a', metadata), { dryRun: true });
      await admin.create(Pod, pod('a', metadata), { dryRun: true });
    });

    test('what looks alike is free, and so is what users may set', async () => {
      const metadata = {
        labels: { 'notpenstock.dev/state': 'x', 'app.kubernetes.io/name': 'penstock.dev' },
        annotations: {
          'penstock.dev.example.com/x': 'y',
          'penstock.dev/gate': 'web',
          'sim.penstock.dev/run-for': '1h',
        },
      };
      await as(ann).create(Pod, pod('free', metadata));
      const { metadata: after } = await as(ann).patch(
        Pod,
        { namespace, name: 'free' },
        mergePatch({ metadata: { annotations: { 'penstock.dev/gate': null } } }),
      );
      expect(after.annotations).toEqual({ 'penstock.dev.example.com/x': 'y', 'sim.penstock.dev/run-for': '1h' });
    });

    test('they are neither changed nor taken away, and everything else can be', async () => {
      const ref = { namespace, name: 'marked' };
      const metadata = { labels: { ...reserved, app: 'a' }, annotations: { 'penstock.dev/tenant': 'blue' } };
      await as(operator).create(Pod, pod('marked', metadata));
      const change = (body: object, options: object = {}) => as(ann).patch(Pod, ref, mergePatch(body), options);
      await expect(change({ metadata: { labels: { [labels.state]: states.delivered } } })).rejects.toThrow(refusal);
      await expect(change({ metadata: { labels: { [labels.state]: null } } })).rejects.toThrow(refusal);
      await expect(change({ metadata: { labels: null } })).rejects.toThrow(refusal);
      await expect(change({ metadata: { annotations: { 'penstock.dev/tenant': 'red' } } })).rejects.toThrow(refusal);
      await expect(change({ metadata: { annotations: null } })).rejects.toThrow(/penstock\.dev\/tenant/);
      await change({ metadata: { labels: { app: 'b' }, annotations: { 'example.com/x': 'y' } } });
      // the operator's own writes: the hand-over takes a label to another value
      await as(operator).patch(
        Pod,
        ref,
        jsonPatch([{ op: 'replace', path: pointer('metadata', 'labels', labels.state), value: states.delivered }]),
      );
      // finalizers, owners and the like are everybody's who may write pods
      await change({ metadata: { finalizers: ['example.com/hold'] } });
      await change({ metadata: { finalizers: null } });
    });

    test('nor through what lies below a pod', async () => {
      const node: Person = { user: 'system:node:n', groups: ['system:masters'] };
      const body = { metadata: { labels: reserved }, status: { message: 'x' } };
      await expect(as(ann).patch(Pod, { namespace, name: 'free' }, mergePatch(body))).rejects.toThrow(Forbidden);
      await admin.create(Role, {
        metadata: { name: 'status', namespace },
        rules: [{ apiGroups: [''], resources: ['pods/status', 'pods/resize'], verbs: ['patch'] }],
      });
      await admin.create(RoleBinding, {
        metadata: { name: 'status', namespace },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'status' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'kim' }],
      });
      const kim = as({ user: 'kim' });
      const ref = { namespace, name: 'free' };
      await eventually(() => kim.patch(Pod, ref, mergePatch({ status: { message: 'y' } }), { subresource: 'status' }));
      await expect(kim.patch(Pod, ref, mergePatch(body), { subresource: 'status' })).rejects.toThrow(refusal);
      // the server itself takes nothing but resources there
      const resized = await kim.patch(Pod, ref, mergePatch({ metadata: { labels: reserved } }), {
        subresource: 'resize',
      });
      expect(resized.metadata.labels).not.toHaveProperty(labels.state);
      await as(node).patch(Pod, { namespace, name: 'marked' }, mergePatch({ status: { message: 'z' } }), {
        subresource: 'status',
      });
    });

    test('controllers of Kubernetes go on: a ReplicaSet adopts, releases and deletes marked pods', async () => {
      const template = {
        metadata: { labels: { app: 'web' }, annotations: { 'penstock.dev/gate': 'web' } },
        spec: { containers: [{ name: 'main', image: 'registry.test/app:1' }] },
      };
      await as(operator).create(Pod, pod('orphan', { labels: { ...reserved, app: 'web' } }));
      const created = await as(ann).create(ReplicaSet, {
        metadata: { name: 'web', namespace },
        spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template },
      });
      await eventually(async () => {
        const { items } = await admin.list(Pod, { namespace, labels: 'app=web' });
        expect(items).toHaveLength(2);
        for (const { metadata } of items) expect(metadata.ownerReferences?.[0]?.uid).toBe(created.metadata.uid);
      });
      await as(ann).remove(ReplicaSet, { namespace, name: 'web' });
      await eventually(async () => {
        expect((await admin.list(Pod, { namespace, labels: 'app=web' })).items).toEqual([]);
      });
    });

    test('a template that carries them makes no pods', async () => {
      await as(ann).create(Deployment, {
        metadata: { name: 'liar', namespace },
        spec: {
          replicas: 1,
          selector: { matchLabels: { app: 'liar' } },
          template: {
            metadata: { labels: { app: 'liar', ...reserved } },
            spec: { containers: [{ name: 'main', image: 'registry.test/app:1' }] },
          },
        },
      });
      await eventually(async () => {
        const { items } = await admin.list(ReplicaSet, { namespace, labels: 'app=liar' });
        const [failure] = items[0]?.status?.conditions ?? [];
        expect(failure?.message).toMatch(refusal);
      });
    });
  });

  test('binds tenants to who may use them', async () => {
    const make = (tenant?: string) => as(ann).create(ContainerClaim, claim('c', tenant), { dryRun: true });
    const move = (tenant: string) =>
      as(ann).create(
        ContainerMigration,
        {
          metadata: { namespace, name: 'm' },
          spec: {
            from: { kind: 'ContainerPool', name: 'p' },
            to: { kind: 'ContainerClaim', name: 'c' },
            order: 'Oldest',
            keepSource: false,
            paused: false,
            cancelled: false,
            tenant,
          },
        },
        { dryRun: true },
      );
    await make();
    await expect(move('blue')).rejects.toThrow('ann may not act for the tenant blue');
    await expect(make('blue')).rejects.toThrow('ann may not act for the tenant blue');
    await admin.create(Role, {
      metadata: { name: 'blue', namespace },
      rules: [{ apiGroups: ['penstock.dev'], resources: ['tenants'], resourceNames: ['blue'], verbs: ['use'] }],
    });
    await admin.create(RoleBinding, {
      metadata: { name: 'blue', namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'blue' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ann' }],
    });
    await eventually(() => make('blue'));
    await move('blue');
    await expect(make('red')).rejects.toThrow(Forbidden);
    await expect(move('red')).rejects.toThrow(Forbidden);
    await as(ann).create(ContainerClaim, claim('mine', 'blue'));
    await expect(
      as(ann).patch(ContainerClaim, { namespace, name: 'mine' }, mergePatch({ spec: { tenant: 'red' } })),
    ).rejects.toThrow(Invalid);
    await as(ann).patch(ContainerClaim, { namespace, name: 'mine' }, mergePatch({ metadata: { labels: { a: 'b' } } }));
    await as(ann).remove(ContainerClaim, { namespace, name: 'mine' });
  });

  test('viewers look, editors write, and neither writes what the operator does', async () => {
    const [editor, viewer] = [as(ann), as(vera)];
    await editor.create(ContainerPool, pool('p'));
    const ref = { namespace, name: 'p' };
    const scale = scaleOf(ContainerPool);
    await viewer.get(ContainerPool, ref);
    await viewer.get(scale, ref);
    await expect(viewer.create(ContainerPool, pool('q'))).rejects.toThrow(Forbidden);
    await expect(viewer.patch(scale, ref, mergePatch({ spec: { replicas: 3 } }))).rejects.toThrow(Forbidden);
    await expect(viewer.remove(ContainerPool, ref)).rejects.toThrow(Forbidden);
    await editor.patch(scale, ref, mergePatch({ spec: { replicas: 3 } }));
    const status = mergePatch({ status: { ready: 3 } });
    await expect(editor.patch(ContainerPool, ref, status, { subresource: 'status' })).rejects.toThrow(Forbidden);
    await expect(editor.list(ContainerPool)).rejects.toThrow(Forbidden);
    await expect(as({ user: 'nobody' }).list(ContainerPool, { namespace })).rejects.toThrow(Forbidden);
    await expect(editor.list(Node)).rejects.toThrow(Forbidden);
    await editor.remove(ContainerPool, ref);
  });

  describe('lets deliveries go before refill', () => {
    /** The FlowSchema by which the server classified a request. */
    async function schemaOf(person: Person, method: string, path: string, body?: object): Promise<string> {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const uid = await new Promise<unknown>((resolve, reject) => {
        const headers = { ...headersAs(plane, person), 'content-type': type };
        const request = https.request(plane.url + path, { method, headers, ca: plane.ca, agent: false }, (response) => {
          response.resume().on('end', () => resolve(response.headers['x-kubernetes-pf-flowschema-uid']));
        });
        request.on('error', reject).end(text);
      });
      const { items } = await admin.list(FlowSchema);
      return items.find(({ metadata }) => metadata.uid === uid)?.metadata.name ?? `unknown ${String(uid)}`;
    }
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const claims = `/apis/penstock.dev/v1alpha1/namespaces/${namespace}/containerclaims`;

    test.each([
      ['making stock', operator, 'POST', `${pods}?dryRun=All`, 'penstock-refill'],
      ['a hand-over', operator, 'PATCH', `${pods}/free?dryRun=All`, 'penstock-delivery'],
      ['a resize', operator, 'PATCH', `${pods}/free/resize?dryRun=All`, 'penstock-delivery'],
      ['a look at one container', operator, 'GET', `${pods}/free`, 'penstock-delivery'],
      ["a claim's status", operator, 'PATCH', `${claims}/c/status`, 'penstock-delivery'],
      ["a claim's finalizer", operator, 'PATCH', `${claims}/c`, 'penstock-delivery'],
      [
        "a container's Secret",
        operator,
        'POST',
        `/api/v1/namespaces/${namespace}/secrets?dryRun=All`,
        'penstock-delivery',
      ],
      [
        'the lease',
        operator,
        'GET',
        `/apis/coordination.k8s.io/v1/namespaces/${defaultNamespace}/leases/penstock-operator`,
        'penstock-delivery',
      ],
      ['a list', operator, 'GET', pods, 'service-accounts'],
      ['the same by somebody else', ann, 'POST', `${pods}?dryRun=All`, 'global-default'],
    ])('%s', async (_, person, method, path, schema) => {
      await eventually(async () => {
        expect(await schemaOf(person, method, path, method === 'GET' ? undefined : pod('x'))).toBe(schema);
      });
    });

    test('the schemas have their levels', async () => {
      for (const name of ['penstock-delivery', 'penstock-refill']) {
        await eventually(async () => {
          const { status } = await admin.get(FlowSchema, { name });
          expect(status?.conditions?.find(({ type }) => type === 'Dangling')?.status).toBe('False');
        });
      }
    });
  });
});
