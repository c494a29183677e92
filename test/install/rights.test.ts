/**
 * The operator with the rights that an installation gives it, and no others, does everything that it can do. What it asked
 * for is read from the server's audit log and compared with the rights: nothing was refused, and nothing is left over.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClusterRoleBinding, MutatingAdmissionPolicy } from '../../src/api/administration.js';
import { ContainerClaim, type ContainerClaimSpec } from '../../src/api/container-claim.js';
import { ContainerPool, type ContainerPoolSpec } from '../../src/api/container-pool.js';
import { autoscaleWithin, renewalWithin } from '../../src/api/container-pool-schema.js';
import { ConfigMap, Deployment, Event, Namespace, Pod, Secret } from '../../src/api/kubernetes.js';
import { latch } from '../../src/api/latch.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { annotations, finalizers, labels, states } from '../../src/api/names.js';
import { PoolRevision } from '../../src/api/pool-revision.js';
import { defaultLine, ProductionLine } from '../../src/api/production-line.js';
import { NotFound } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import type { KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { builtInControllers } from '../../src/embedded/controllers/index.js';
import { instant, SimulatedNodes } from '../../src/embedded/nodes/index.js';
import { defaultNamespace, install } from '../../src/install/index.js';
import { leaseName, secretsRole, serviceAccountUser } from '../../src/install/names.js';
import { featureNames } from '../../src/install/part.js';
import { electionRights, execRights, operatorRights, secretRights } from '../../src/install/rights/operator.js';
import { qualifiedResource } from '../../src/install/rights/right.js';
import { DemandBook } from '../../src/pools/sizing/book.js';
import { createManager, type Manager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, timestamp } from '../../src/support/time.js';
import { penstock } from '../cli/harness.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { type Call, callsOf } from '../control-plane/calls.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { serves } from '../control-plane/serves.js';
import { Scene } from '../deployments/scene.js';
import { pairs } from '../../src/simulation/experiments/migration/pairs.js';
import { MigrationWorkloads as Workloads } from '../../src/simulation/experiments/migration/workloads.js';
import { aPool, cleanable } from '../objects.js';
import { allows } from './allows.js';
import { clock, clusterAsAdmin, clusterOf } from './as.js';
import { metricsOf, tokenOf } from './server.js';

const namespace = 'team';
const user = serviceAccountUser(defaultNamespace);
const random = seededRandom('rights');
const logger = silentLogger;
const quiet = ['--log-level', 'error', '--metrics-port', '0', '--health-port', '0'];
const patience = { timeout: 20_000, interval: 50 };

describe.skipIf(lacks(controlPlaneWithControllers, "the operator's rights"))("the operator's rights", () => {
  let plane: ControlPlane;
  let admin: KubernetesCluster;
  let scheduling: Manager;
  let nodes: SimulatedNodes;
  const interruption = new AbortController();
  let operators: readonly ReturnType<typeof penstock>[] = [];

  const makePool = (name: string, spec: Partial<ContainerPoolSpec> = {}) =>
    admin.create(ContainerPool, {
      metadata: { namespace, name },
      spec: { ...aPool({ replicas: 4, template }).spec, ...spec },
    });
  const makeClaim = (name: string, spec: Pick<ContainerClaimSpec, 'pool' | 'items'> & Partial<ContainerClaimSpec>) =>
    admin.create(ContainerClaim, { metadata: { namespace, name }, spec: { whenEmpty: 'Wait', ...spec } });
  /** How many containers are ready; what the claim says where it has none. */
  const readyOf = async (name: string) => {
    const { status } = await admin.get(ContainerClaim, { namespace, name });
    return status?.ready || JSON.stringify(status?.conditions);
  };
  const template = cleanable({ requests: { cpu: '100m' }, limits: { cpu: '200m' } });
  const inStock = async (pool: string) =>
    (await admin.list(Pod, { namespace, labels: `${labels.pool}=${pool},${labels.state}=${states.stocked}` })).items;
  const isGone = async (name: string) => {
    await expect
      .poll(() => admin.get(ContainerClaim, { namespace, name }).catch((error: unknown) => error), patience)
      .toBeInstanceOf(NotFound);
  };
  const gone = async (name: string) => {
    await admin.remove(ContainerClaim, { namespace, name });
    await isGone(name);
  };

  /** The gate's policy may be missing on an older server: templates bring the gate themselves then. */
  let gated = true;

  beforeAll(async () => {
    plane = await ControlPlane.start({ controllers: true, audit: true });
    admin = clusterAsAdmin(plane);
    gated = await serves(admin, MutatingAdmissionPolicy);
    const features = featureNames.filter(
      (name) => name !== 'monitor' && name !== 'alerts' && (gated || name !== 'gate'),
    );
    const placement = { namespace: defaultNamespace, image: 'penstock:test', replicas: 0, version: '0.0.0', features };
    await install(admin, clock, placement, () => {});
    await admin.create(Namespace, { metadata: { name: namespace } });
    scheduling = createManager({ cluster: admin, clock, random: random.split('scheduler'), logger });
    builtInControllers({ manager: scheduling, clock, controllers: ['scheduler'] });
    const images = ['web:1', 'registry.test/app:1', latch.parse({}).image];
    nodes = new SimulatedNodes({ cluster: admin, clock, random, logger, count: 4, profile: instant, images });
    await Promise.all([scheduling.start(), nodes.start()]);

    const kubeconfig = plane.kubeconfigOf(await tokenOf(admin, defaultNamespace), 'operator.kubeconfig');
    const run = (...flags: readonly string[]) =>
      penstock(['run', '--kubeconfig', kubeconfig, '--namespace', defaultNamespace, ...quiet, ...flags], {
        interrupted: interruption.signal,
      });
    // the second one does not ask who leads: they run after the same containers, and one of them loses
    operators = [run(), run('--no-leader-elect')];
  });
  afterAll(async () => {
    interruption.abort();
    await Promise.all(operators);
    scheduling?.kill();
    nodes?.kill();
    admin?.close();
    await plane?.stop();
  });

  test('suffice for pools and claims, and for containers of another size', async () => {
    await makePool('plain', { replicas: 30 });
    await makeClaim('plain', {
      pool: { name: 'plain' },
      items: [{ count: 20 }, { name: 'large', count: 2, resources: { limits: { cpu: '2' }, requests: { cpu: '1' } } }],
    });
    await expect.poll(() => readyOf('plain'), patience).toBe(22);
    await makeClaim('cold', { pool: { name: 'plain' }, items: [{ count: 40 }], whenEmpty: 'Cold' });
    await expect.poll(() => readyOf('cold'), patience).toBe(40);
    await makeClaim('brief', {
      pool: { name: 'plain' },
      items: [{ count: 1 }],
      lifetime: '1s',
      ttlSecondsAfterFinished: 0,
    });
    await isGone('brief');
    await Promise.all(['plain', 'cold'].map(gone));
    await expect.poll(async () => (await inStock('plain')).length, patience).toBe(30);
    await admin.remove(ContainerPool, { namespace, name: 'plain' });
    await expect.poll(() => inStock('plain'), patience).toEqual([]);
  });

  test('suffice to replace containers that are asked to go', async () => {
    await makePool('moving', { replicas: 8 });
    await makeClaim('moving', { pool: { name: 'moving' }, items: [{ count: 1 }] });
    await expect.poll(() => readyOf('moving'), patience).toBe(1);
    await expect.poll(async () => (await inStock('moving')).length, patience).toBe(8);
    const podsOf = async () =>
      (await admin.list(Pod, { namespace, labels: `${labels.claim}=moving` })).items.map(nameOf);
    const [asked] = await podsOf();
    const request = { requester: 'test', requestedAt: timestamp(clock.now()), reason: 'its node is hot' };
    const marks = { [annotations.evictionRequest]: JSON.stringify(request) };
    await admin.patch(Pod, asked!, mergePatch({ metadata: { annotations: marks } }));
    await expect.poll(podsOf, patience).not.toContainEqual(asked);
    expect(await podsOf()).toHaveLength(1);
    await gone('moving');
    await admin.remove(ContainerPool, { namespace, name: 'moving' });
  });

  test('suffice for containers that wait at a latch, with Secrets, and come back', async () => {
    await makePool('latched', {
      replicas: 2,
      latch: latch.parse({ mode: 'Supervise', reuse: 'SameTenant' }),
      configuration: { mountPath: '/etc/penstock', files: [], secretPath: '/run/secret' },
    });
    await admin.create(Secret, { metadata: { namespace, name: 'key' }, data: { key: btoa('value') } });
    await makeClaim('secret', {
      pool: { name: 'latched' },
      tenant: 'blue',
      items: [{ count: 1, secret: { name: 'key' } }],
    });
    await expect.poll(() => readyOf('secret'), patience).toBe(1);
    const { metadata } = await admin.get(ContainerClaim, { namespace, name: 'secret' });
    expect(metadata.finalizers).toEqual([finalizers.takeBack]);
    await gone('secret');
    await expect
      .poll(
        async () => (await admin.list(Pod, { namespace, labels: `${labels.state}=returned` })).items.length,
        patience,
      )
      .toBe(1);
  });

  test('suffice for Deployments, also where their nodes matter', async () => {
    const labelSelector = { matchLabels: { app: 'web' } };
    const spread = {
      maxSkew: 2,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector,
    };
    const spec = { topologySpreadConstraints: [spread] };
    const web = new Scene({ cluster: admin, namespace, image: 'web:1', spec });
    await web.deploy(1, { gate: gated ? 'annotation' : 'template' });
    await expect.poll(() => web.isRolledOut(), patience).toBe(true);
    await web.stock(4);
    await expect.poll(async () => (await inStock('web')).length, patience).toBe(4);
    await web.scale(4);
    await expect.poll(() => web.isRolledOut(), patience).toBe(true);
    await web.pauseRefill();
    // cold starts, until one of the operators has reported a second: it is counted on the Event of the first
    const isCounted = async () => {
      const { items } = await admin.list(Event, { namespace });
      return items.some(({ reason, series }) => reason === 'ColdStart' && (series?.count ?? 0) > 1);
    };
    for (let replicas = 8; replicas <= 12 && !(await isCounted()); replicas++) {
      await web.scale(replicas);
      await expect.poll(() => web.isRolledOut(), patience).toBe(true);
    }
    await expect.poll(isCounted, { ...patience, timeout: 60_000 }).toBe(true);
    await admin.remove(Deployment, { namespace, name: 'web' });
  });

  test('suffice for pools that size themselves, and to write down what was asked of them', async () => {
    const pool = await makePool('sized', { replicas: 2, autoscale: autoscaleWithin({ min: 1, max: 8 }) });
    await expect.poll(async () => (await inStock('sized')).length, patience).toBe(2);
    const records = async () => (await admin.list(ConfigMap, { namespace })).items.map(({ metadata }) => metadata.name);
    await expect.poll(records, patience).toContainEqual(expect.stringMatching(/^sized-demand-/));
    // the operators themselves write again after ten minutes: their code does, with their rights
    const own = clusterOf(plane, await tokenOf(admin, defaultNamespace));
    const events = { record: () => undefined };
    const context = { signal: interruption.signal, term: 1, log: logger, events, wake: () => undefined };
    const book = await DemandBook.open(own, pool, clock.now(), context);
    book.count('claim', clock.now(), 3);
    expect(await book.save(own, pool, clock.now() + 20 * minute, context)).toBe(true);
    own.close();
  });

  test('suffice for renewals that can be rolled back: the proven template is kept, the one before it is not', async () => {
    const renewal = renewalWithin({ maxSurge: 2, onFailure: 'RollBack' });
    await makePool('renewed', { replicas: 1, renewal });
    const kept = async () => {
      const events = (await admin.list(Event, { namespace })).items;
      return {
        images: (await admin.list(PoolRevision, { namespace })).items.map(
          ({ data }) => data?.template.spec?.containers[0]?.image,
        ),
        refused: events.flatMap(({ reason, note }) => (reason === 'RevisionNotKept' ? [note] : [])),
      };
    };
    const [container] = template.spec.containers;
    await expect.poll(kept, patience).toEqual({ images: [container?.image], refused: [] });
    const changed = { spec: { containers: [{ ...container, image: 'web:1' }] } };
    await admin.patch(ContainerPool, { namespace, name: 'renewed' }, mergePatch({ spec: { template: changed } }));
    // not by its number: of two operators that do not ask who leads, one may have removed what the other kept, and it begins anew
    await expect.poll(kept, patience).toEqual({ images: ['web:1'], refused: [] });
  });

  const moved = () => {
    const until = async (what: string, holds: () => Promise<boolean>) => {
      await expect.poll(holds, { ...patience, message: what }).toBe(true);
    };
    return new Workloads({ cluster: admin, namespace, image: 'web:1', command: ['/app'], until });
  };

  test('suffice for migrations, also between Deployments', async () => {
    const workloads = moved();
    for (const [from, to] of [
      ['claim', 'claim'],
      ['Deployment', 'Deployment'],
    ]) {
      const pair = pairs.find((one) => one.from === from && one.to === to);
      const name = `${from}s`.toLowerCase();
      const prepared = await pair?.prepare(workloads, name);
      if (!prepared) throw new Error(`there is no pair ${from}, ${to}`);
      expect(await workloads.migrate(name, { ...prepared.spec, count: 2 })).toMatchObject({
        reason: 'Moved',
        kept: true,
      });
    }
  });

  test('suffice for production lines, with programs in the containers', async () => {
    const hook = { stage: 'notify', name: 'greet', settings: { exec: { command: ['/greet'] } } };
    const deliver = [...defaultLine.deliver, { ...hook, retries: { count: 0, backoff: '1s' } }];
    const produce = [{ stage: 'provision' }, { stage: 'inspect' }, { stage: 'stock' }];
    await admin.create(ProductionLine, {
      metadata: { namespace, name: 'greeted' },
      spec: { ...defaultLine, produce, deliver },
    });
    await makePool('greeted', { replicas: 1, line: { name: 'greeted' } });
    await makeClaim('greeted', { pool: { name: 'greeted' }, items: [{ count: 1 }] });
    await expect.poll(() => readyOf('greeted'), patience).toBe(1);
    const told = async () =>
      (await admin.get(ContainerClaim, { namespace, name: 'greeted' })).status?.conditions?.find(
        ({ type }) => type === 'Notified',
      )?.message;
    // it may, but there is no kubelet behind these nodes
    await expect.poll(told, patience).toContain('/greet could not be run');
    // whether anything comes back is looked up in the line
    const [from, to] = [
      { kind: 'ContainerClaim', name: 'greeted' } as const,
      { kind: 'ContainerPool', name: 'greeted' } as const,
    ];
    expect(await moved().migrate('greeted', { from, to })).toMatchObject({
      reason: 'Incompatible',
      message: expect.stringMatching(/it does not come back: only containers of a pool with latch.mode Supervise/),
    });
  });

  describe('and the audit log', () => {
    const granted = [...operatorRights, ...secretRights, ...execRights, ...electionRights].filter(
      ({ askedBy }) => !askedBy,
    );
    let calls: readonly Call[];
    beforeAll(() => {
      calls = callsOf(user, plane.auditLog);
    });

    test('has no call that was forbidden', () => {
      expect(calls.length).toBeGreaterThan(100);
      expect(calls.filter(({ decision }) => decision === 'forbid')).toEqual([]);
    });

    test('has no call that no right allows', () => {
      const stray = calls.filter((call) => !granted.some((right) => allows(right, call)));
      expect(stray).toEqual([]);
    });

    test.each(granted.flatMap((right) => right.verbs.map((verb) => [verb, qualifiedResource(right), right] as const)))(
      'has a call to %s %s',
      (verb, _, right) => {
        expect(calls.some((call) => call.verb === verb && allows(right, call))).toBe(true);
      },
    );

    test('leases are touched in the namespace of the operator alone', () => {
      const leases = calls.filter(({ resource }) => resource === 'leases');
      expect(new Set(leases.map((call) => call.namespace))).toEqual(new Set([defaultNamespace]));
      expect(new Set(leases.map((call) => call.name))).toEqual(new Set([leaseName]));
    });
  });

  test('without those of the feature secrets a claim says what is missing, and is served when it comes', async () => {
    const binding = { name: secretsRole };
    const before = await admin.get(ClusterRoleBinding, binding);
    await admin.remove(ClusterRoleBinding, binding);
    await admin.patch(ContainerPool, { namespace, name: 'latched' }, mergePatch({ spec: { replicas: 3 } }));
    const refused = async (name: string) => {
      await makeClaim(name, { pool: { name: 'latched' }, items: [{ count: 1, secret: { name: 'key' } }] });
      await expect.poll(() => readyOf(name), patience).not.toBeUndefined();
      return String(await readyOf(name));
    };
    // roles take effect a moment after they are written
    let name = '';
    for (let tries = 0; tries < 20 && name === ''; tries++) {
      const text = await refused(`secretless-${tries}`);
      if (text.includes('the operator may not read the Secret key')) name = `secretless-${tries}`;
    }
    expect(name).not.toBe('');
    const { metadata: _, ...binds } = before;
    await admin.create(ClusterRoleBinding, { ...binds, metadata: { name: secretsRole } });
    await expect.poll(() => readyOf(name), { timeout: 60_000, interval: 50 }).toBe(1);
  });

  test('the server put the calls where they belong', async () => {
    const text = await metricsOf(plane);
    const dispatched = (schema: string) =>
      [...text.matchAll(/^apiserver_flowcontrol_dispatched_requests_total\{([^}]*)\} (\S+)$/gm)]
        .filter(
          ([, series = '']) =>
            series.includes(`flow_schema="${schema}"`) && series.includes(`priority_level="${schema}"`),
        )
        .reduce((sum, [, , count]) => sum + Number(count), 0);
    expect(dispatched('penstock-delivery')).toBeGreaterThan(60);
    expect(dispatched('penstock-refill')).toBeGreaterThan(30);
  });
});
