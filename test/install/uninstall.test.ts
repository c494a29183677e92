/** `penstock uninstall` on a real API server: what is in use runs on, all else goes, and it can be interrupted. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  MutatingAdmissionPolicy,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../src/api/administration.js';
import { ContainerClaim, type ContainerClaimSpec } from '../../src/api/container-claim.js';
import { ContainerPool, type ContainerPoolSpec } from '../../src/api/container-pool.js';
import { Deployment, Lease, Namespace, Pod, Secret } from '../../src/api/kubernetes.js';
import { latch } from '../../src/api/latch.js';
import { annotations, finalizers, labels, states } from '../../src/api/names.js';
import type { KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { NotFound } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { builtInControllers } from '../../src/embedded/controllers/index.js';
import { instant, SimulatedNodes } from '../../src/embedded/nodes/index.js';
import { defaultNamespace, install } from '../../src/install/index.js';
import { leaseName, operatorName, schedulerName } from '../../src/install/names.js';
import { allParts } from '../../src/install/index.js';
import { find, nameOfPart } from '../../src/install/put.js';
import { defaultFeatures, type Feature } from '../../src/install/part.js';
import { isGated } from '../../src/line/index.js';
import { createOperator } from '../../src/operator/index.js';
import { createManager, type Manager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { penstock } from '../cli/harness.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { serves } from '../control-plane/serves.js';
import { Scene } from '../deployments/scene.js';
import { aPool, cleanable } from '../objects.js';
import { clock, clusterAsAdmin, until } from './as.js';

const home = defaultNamespace;
const namespace = 'team';
const random = seededRandom('uninstall');
const logger = silentLogger;
const patience = { timeout: 60_000, interval: 50 };
const placement = { namespace: home, image: 'penstock:test', replicas: 1, version: '0.0.0' };

describe.skipIf(lacks(controlPlaneWithControllers, 'penstock uninstall'))('penstock uninstall', () => {
  let plane: ControlPlane;
  let admin: KubernetesCluster;
  let scheduling: Manager;
  let nodes: SimulatedNodes;
  let operators: readonly Manager[] = [];
  /** The gate's policy may be missing on an older server: templates bring the gate themselves then. */
  let gated = true;

  const uninstall = (...words: readonly string[]) =>
    penstock(['uninstall', ...words, '--kubeconfig', plane.kubeconfig]);
  const pods = async (selector: string = labels.state) =>
    (await admin.list(Pod, { namespace, labels: selector })).items;
  const deliveredTo = (claim: string) => pods(`${labels.claim}=${claim}`);
  const leftovers = async () => {
    const parts = await Promise.all(
      allParts(placement).map(async (part) => ((await find(admin, part)) ? [nameOfPart(part)] : [])),
    );
    return parts.flat();
  };

  async function start(): Promise<Manager> {
    const election = { namespace: home, name: leaseName, identity: `operator_${operators.length}` };
    const operator = createOperator({ cluster: admin, clock, random: random.split('operator'), logger, election });
    operators = [...operators, operator];
    await operator.start();
    return operator;
  }

  /** A pod that is the operator as far as Kubernetes can see, and an operator that goes when that is told to go. */
  async function installed(...more: readonly Feature[]): Promise<void> {
    const features = [...defaultFeatures, ...more, ...(gated ? (['gate'] as const) : [])];
    await install(admin, clock, { ...placement, features }, () => {});
    const operator = await start();
    await until('the operator to be available', async () => {
      const { status } = await admin.get(Deployment, { namespace: home, name: operatorName });
      return status?.availableReplicas === 1;
    });
    void (async () => {
      while (await admin.get(Deployment, { namespace: home, name: operatorName }).catch(() => undefined))
        await clock.sleep(50);
      await operator.stop();
    })();
  }

  const makePool = (name: string, spec: Partial<ContainerPoolSpec> = {}) =>
    admin.create(ContainerPool, { metadata: { namespace, name }, spec: { ...aPool({ replicas: 3 }).spec, ...spec } });
  const makeClaim = async (
    name: string,
    spec: Pick<ContainerClaimSpec, 'pool' | 'items'> & Partial<ContainerClaimSpec>,
  ): Promise<void> => {
    await admin.create(ContainerClaim, { metadata: { namespace, name }, spec: { whenEmpty: 'Wait', ...spec } });
    const wanted = spec.items.reduce((sum, { count }) => sum + count, 0);
    await until(`claim ${name}`, async () => {
      const { status } = await admin.get(ContainerClaim, { namespace, name });
      return status?.ready === wanted;
    });
  };
  const latched = {
    template: cleanable(),
    latch: latch.parse({ mode: 'Supervise', reuse: 'SameTenant' }),
    configuration: { mountPath: '/etc/penstock', files: [], secretPath: '/run/secret' },
  };

  beforeAll(async () => {
    plane = await ControlPlane.start({ controllers: true, serviceAccounts: true });
    admin = clusterAsAdmin(plane);
    gated = await serves(admin, MutatingAdmissionPolicy);
    await admin.create(Namespace, { metadata: { name: namespace } });
    scheduling = createManager({ cluster: admin, clock, random: random.split('scheduler'), logger });
    builtInControllers({ manager: scheduling, clock, controllers: ['scheduler'] });
    const images = [placement.image, 'web:1', 'registry.test/app:1', latch.parse({}).image];
    nodes = new SimulatedNodes({ cluster: admin, clock, random, logger, count: 2, profile: instant, images });
    await Promise.all([scheduling.start(), nodes.start()]);
  });
  afterAll(async () => {
    for (const operator of operators) operator.kill();
    scheduling?.kill();
    nodes?.kill();
    admin?.close();
    await plane?.stop();
  });

  test('on a cluster without Penstock finds nothing to do, twice', async () => {
    for (let time = 0; time < 2; time++) {
      const { exitCode, stdout, stderr } = await uninstall('--yes');
      expect(stderr).toBe('');
      expect(exitCode).toBe(0);
      expect(stdout.trim()).toBe(`stays: namespace/${home}, if it is there: kubectl delete namespace ${home}`);
    }
  });

  test('lets nobody begin who could not finish', async () => {
    const visitor = plane.kubeconfigOf(plane.userToken, 'visitor');
    const { exitCode, stderr } = await penstock(['uninstall', '--yes', '--kubeconfig', visitor]);
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(
      /you may not delete deployments\.apps, .* and \d+ more in all namespaces; .* nothing was changed/,
    );
  });

  describe('with containers in use', () => {
    let before: readonly Pod[];
    beforeAll(async () => {
      await installed();
      await makePool('plain');
      await makePool('latched', latched);
      await makeClaim('batch', { pool: { name: 'plain' }, items: [{ count: 2, env: [{ name: 'A', value: 'b' }] }] });
      await admin.create(Secret, { metadata: { namespace, name: 'key' }, data: { key: btoa('value') } });
      const items = [{ count: 1, secret: { name: 'key' } }];
      await makeClaim('warm', { pool: { name: 'latched' }, tenant: 'blue', items });
      await admin.patch(ContainerPool, { namespace, name: 'latched' }, mergePatch({ spec: { replicas: 0 } }));
      const stock = `${labels.pool}=latched,${labels.state}=${states.stocked}`;
      await until('the stock to be gone', async () => (await pods(stock)).length === 0);
      await makeClaim('cold', { pool: { name: 'latched' }, items, whenEmpty: 'Cold' });
      before = [...(await deliveredTo('batch')), ...(await deliveredTo('warm')), ...(await deliveredTo('cold'))];
    });

    test('says what would go and what would stay, and does none of it', async () => {
      const dry = await uninstall('--dry-run');
      expect(dry.exitCode).toBe(0);
      expect(dry.stdout).toContain('2 pools: deleted (dry run)\n');
      expect(dry.stdout).toContain('3 claims: deleted (dry run)\n');
      expect(dry.stdout).toContain('3 containers in stock: deleted (dry run)\n');
      expect(dry.stdout).toContain('deployment.apps/penstock-operator: deleted (dry run)\n');
      expect(dry.stdout).toMatch(
        /^stays: 4 containers in use, released from their claims: .* -l penstock\.dev\/state=released$/m,
      );
      const unsure = await uninstall();
      expect(unsure.exitCode).toBe(2);
      expect(unsure.stdout).toBe(dry.stdout);
      expect(unsure.stderr).toBe('error: nothing was changed; add --yes to do this\n');
      const all = await uninstall('--dry-run', '--delete-containers');
      expect(all.stdout).toContain('4 containers in use: deleted (dry run)\n');
      expect((await admin.list(ContainerClaim, { namespace })).items).toHaveLength(3);
    });

    test('does nothing while another operator works', async () => {
      const stranger = createOperator({
        cluster: admin,
        clock,
        random,
        logger,
        election: { namespace, name: leaseName, identity: 'laptop_x' },
        namespaces: ['elsewhere'],
      });
      await stranger.start();
      const { exitCode, stderr } = await uninstall('--yes');
      expect(exitCode).toBe(7);
      expect(stderr).toContain('laptop_x works as operator, and holds the lease team/penstock-operator');
      expect(stderr).toContain('nothing was changed');
      const { status } = await admin.get(Deployment, { namespace: home, name: operatorName });
      expect(status?.availableReplicas).toBe(1);
      await stranger.stop();
      expect((await admin.list(ContainerClaim, { namespace })).items).toHaveLength(3);
      await admin.remove(Lease, { namespace, name: leaseName });
    });

    test('takes nothing but the operator away where another one stood by for it', async () => {
      const installed = await leftovers();
      const election = { namespace: home, name: leaseName, identity: 'laptop_y' };
      const standby = createOperator({ cluster: admin, clock, random, logger, election, namespaces: ['elsewhere'] });
      await standby.start();
      const { exitCode, stdout, stderr } = await uninstall('--yes');
      await standby.stop();
      expect(exitCode).toBe(7);
      expect(stderr).toContain('laptop_y works as operator, and holds the lease penstock-system/penstock-operator');
      expect(stderr).toContain('the operator is stopped, and nothing else was changed');
      expect(stdout).toBe('');
      expect(await leftovers()).toEqual(installed.filter((name) => name !== `deployment.apps/${operatorName}`));
    });

    test('lifts the gate, releases what is in use, and takes everything away', async () => {
      await operators.at(-1)?.stop();
      // in stock too: one that waits for the next claim of its tenant
      const [waiting] = await pods(`${labels.pool}=plain,${labels.state}=${states.stocked}`);
      const kept = mergePatch({ metadata: { labels: { [labels.state]: states.kept } } });
      await admin.patch(Pod, { namespace, name: waiting?.metadata.name ?? '' }, kept);
      const web = new Scene({ cluster: admin, namespace, image: 'web:1' });
      // the policy is in effect a moment after it is there
      await vi.waitFor(async () => {
        const probe = { metadata: { namespace, name: 'web' } };
        await admin.remove(Deployment, probe.metadata).catch(() => undefined);
        await web.deploy(2, { gate: gated ? 'annotation' : 'template', annotated: false });
        await clock.sleep(300);
        const made = await web.replicas();
        expect(made.length > 0 && made.every(isGated)).toBe(true);
      }, patience);
      // somebody else holds a claim: it has to be run twice
      const held = { namespace, name: 'cold' };
      await admin.patch(ContainerClaim, held, mergePatch({ metadata: { finalizers: ['example.com/hold'] } }));
      const interrupted = await uninstall('--yes');
      expect(interrupted.exitCode).toBe(7);
      expect(interrupted.stderr).toContain('there is still the ContainerClaim cold in namespace team');
      expect(interrupted.stdout).toContain('the gate is lifted for 2 pods\n');
      expect(interrupted.stdout).toContain('4 containers in use released: they run on\n');
      expect(interrupted.stdout).toContain('3 containers deleted\n');
      await admin.patch(ContainerClaim, held, mergePatch({ metadata: { finalizers: null } }));
      const { exitCode, stdout, stderr } = await uninstall('--yes');
      expect(stderr).toBe('');
      expect(exitCode).toBe(0);
      expect(stdout).not.toContain('released:');
      expect(await leftovers()).toEqual([]);
      await vi.waitFor(async () => expect(await web.isRolledOut()).toBe(true), patience);

      const after = await pods(`${labels.state}=${states.released}`);
      const ids = (some: readonly Pod[]) =>
        some.map(({ metadata, status }) => `${metadata.uid} ${status?.containerStatuses?.[0]?.containerID}`).sort();
      expect(ids(after)).toEqual(ids(before));
      for (const { metadata } of after) {
        expect(metadata.ownerReferences ?? []).toEqual([]);
        expect(Object.keys(metadata.labels ?? {})).toEqual([labels.state]);
      }
      // what the containers read is as it was
      const env = (some: readonly Pod[]) =>
        some
          .map(({ metadata }) =>
            [metadata.uid, metadata.annotations?.[annotations.env], metadata.annotations?.[annotations.latch]].join(),
          )
          .sort();
      expect(env(after)).toEqual(env(before));
    });

    test('leaves nothing that the garbage collector would take from them', async () => {
      // it has had its turn when the stock is gone
      await vi.waitFor(async () => expect(await pods(`${labels.state}=${states.stocked}`)).toEqual([]), patience);
      expect(await pods(`${labels.state}=${states.released}`)).toHaveLength(4);
      const secrets = (await admin.list(Secret, { namespace })).items.filter(({ metadata }) => metadata.name !== 'key');
      const owners = secrets.map(({ metadata }) => metadata.ownerReferences?.map(({ kind }) => kind).join());
      expect(owners).toEqual(['Pod', 'Pod']);
    });

    test('again finds nothing to do', async () => {
      const { exitCode, stdout } = await uninstall('--yes');
      expect(exitCode).toBe(0);
      expect(stdout).not.toContain('deleted');
    });

    test('what was released is left alone by an operator that is installed later', async () => {
      await installed();
      await makePool('plain');
      await makeClaim('batch', { pool: { name: 'plain' }, items: [{ count: 1 }] });
      expect(await pods(`${labels.state}=${states.released}`)).toHaveLength(4);
    });
  });

  test('keeps the definitions, and with them pools, claims and containers, when it is asked to', async () => {
    const { exitCode, stdout } = await uninstall('--yes', '--keep-definitions');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^stays: 1 claim with its containers; /m);
    expect(await leftovers()).toEqual([
      'customresourcedefinition.apiextensions.k8s.io/containerpools.penstock.dev',
      'customresourcedefinition.apiextensions.k8s.io/containerclaims.penstock.dev',
      'customresourcedefinition.apiextensions.k8s.io/containermigrations.penstock.dev',
      'customresourcedefinition.apiextensions.k8s.io/productionlines.penstock.dev',
    ]);
    expect(await deliveredTo('batch')).toHaveLength(1);
  });

  test('lets everything else go where a policy protects a container, and says which', async () => {
    await installed();
    await makePool('guarded');
    await makeClaim('kept', { pool: { name: 'guarded' }, items: [{ count: 1 }] });
    await makeClaim('free', { pool: { name: 'guarded' }, items: [{ count: 1 }] });
    const [protectedPod] = await deliveredTo('kept');
    const ref = { namespace, name: protectedPod?.metadata.name ?? '' };
    await admin.patch(Pod, ref, mergePatch({ metadata: { labels: { keep: 'yes' } } }));
    const policy = { name: 'keep' };
    const words = 'this pod is under investigation';
    await admin.create(ValidatingAdmissionPolicy, {
      metadata: policy,
      spec: {
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE', 'UPDATE'], resources: ['pods'] },
          ],
        },
        validations: [{ expression: "!('keep' in oldObject.metadata.?labels.orValue({}))", message: words }],
      },
    });
    const binding = { metadata: policy, spec: { policyName: policy.name, validationActions: ['Deny'] } };
    await admin.create(ValidatingAdmissionPolicyBinding, binding);
    // it is in force a moment later
    await vi.waitFor(
      () =>
        expect(admin.patch(Pod, ref, mergePatch({ metadata: { labels: { probe: 'yes' } } }))).rejects.toThrow(words),
      patience,
    );
    const interrupted = await uninstall('--yes');
    expect(interrupted.exitCode).toBe(1);
    expect(interrupted.stderr).toMatch(
      /refuses to let 1 object go, such as Pod .*under investigation.*; see what refuses it, and run this again/,
    );
    expect(interrupted.stdout).toContain('2 containers in use released');
    expect((await admin.list(ContainerClaim, { namespace })).items.map(({ metadata }) => metadata.name)).toContain(
      'kept',
    );
    expect((await admin.get(Pod, ref)).metadata.deletionTimestamp).toBeUndefined();
    await admin.remove(ValidatingAdmissionPolicyBinding, policy);
    await admin.remove(ValidatingAdmissionPolicy, policy);
    await vi.waitFor(async () => expect((await uninstall('--yes')).exitCode).toBe(0), patience);
    expect(await leftovers()).toEqual([]);
    expect((await admin.get(Pod, ref)).metadata.labels?.[labels.state]).toBe(states.released);
  });

  test('deletes containers in use when it is asked to, claims that wait for the operator, and the scheduler', async () => {
    await installed('scheduler');
    const scheduler = { namespace: home, name: schedulerName };
    await until('the scheduler to be available', async () => {
      const { status } = await admin.get(Deployment, scheduler);
      return status?.availableReplicas === 2;
    });
    await admin.create(Lease, { metadata: scheduler });
    await makePool('latched', latched);
    await makeClaim('warm', { pool: { name: 'latched' }, tenant: 'blue', items: [{ count: 1 }] });
    const claim = { namespace, name: 'warm' };
    expect((await admin.get(ContainerClaim, claim)).metadata.finalizers).toEqual([finalizers.takeBack]);
    const { exitCode, stdout } = await uninstall('--yes', '--delete-containers');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('deployment.apps/penstock-scheduler deleted, and its pods have ended\n');
    expect(await leftovers()).toEqual([]);
    await expect(admin.get(Lease, scheduler)).rejects.toThrow(NotFound);
    await vi.waitFor(async () => {
      const left = (await pods()).filter(({ metadata }) => metadata.labels?.[labels.state] !== states.released);
      expect(left).toEqual([]);
    }, patience);
  });
});
