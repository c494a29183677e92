/** `penstock doctor` on a real API server, with each fault in turn: it says which, what to do, and nothing else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  MutatingAdmissionPolicy,
  ClusterRole,
  FlowSchema,
  PodDisruptionBudget,
  PriorityLevelConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../src/api/administration.js';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { schemaAnnotations } from '../../src/api/crds.js';
import { ConfigMap, CustomResourceDefinition, Deployment, Lease, Namespace } from '../../src/api/kubernetes.js';
import type { Kind } from '../../src/api/meta/kind.js';
import type { Ref, Resource } from '../../src/api/meta/resource.js';
import type { KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { simulation } from '../../src/embedded/nodes/index.js';
import { examine, type Finding } from '../../src/install/index.js';
import { leaseName, operatorName, operatorSelector, schedulerName } from '../../src/install/names.js';
import { isGated } from '../../src/line/index.js';
import type { Clock } from '../../src/support/clock.js';
import { microTimestamp, minute } from '../../src/support/time.js';
import { versionOfPackage } from '../../src/cli/version.js';
import { Files, kubeconfig, penstock } from '../cli/harness.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import type { ControlPlane } from '../control-plane/control-plane.js';
import { serves } from '../control-plane/serves.js';
import { Scene } from '../deployments/scene.js';
import { aPool } from '../objects.js';
import { clock } from './as.js';
import { deployment, image, patience, Ward } from './ward.js';

const namespace = 'team';

describe.skipIf(lacks(controlPlaneWithControllers, 'penstock doctor'))('penstock doctor', () => {
  let ward: Ward;
  let plane: ControlPlane;
  let admin: KubernetesCluster;

  const doctor = (...words: readonly string[]) => penstock(['doctor', ...words, '--kubeconfig', plane.kubeconfig]);
  /** What is not as it should be. */
  const complaints = async (): Promise<readonly Finding[]> => {
    const { stdout } = await doctor('-o', 'json');
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
    return findings.filter(({ verdict }) => verdict !== 'ok');
  };
  const complaint = (verdict: Finding['verdict'], check: string, sentence: RegExp) =>
    expect.objectContaining({ verdict, check, sentence: expect.stringMatching(sentence) });
  const change = <T extends Resource>(kind: Kind<T>, ref: Ref, body: object) =>
    admin.patch(kind, ref, mergePatch(body));

  beforeAll(async () => {
    ward = await Ward.open();
    ({ plane, admin } = ward);
    await admin.create(Namespace, { metadata: { name: namespace } });
  });
  afterAll(() => ward?.close());

  test('on a cluster without Penstock says that it is not there, and how it comes', async () => {
    const { exitCode, stdout, stderr } = await doctor();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: \d problems found, see above\n$/);
    expect(stdout).toContain('the cluster does not have the kind ContainerPool');
    expect(stdout).toContain('→ run: penstock install --crds\n');
    expect(stdout).toContain('no operator is installed in penstock-system');
    expect(stdout).toContain('there are no nodes');
  });

  test('on a server that does not answer', async () => {
    const files = new Files();
    const nowhere = files.write('kubeconfig', kubeconfig('http://127.0.0.1:1', 'token'));
    const { exitCode, stderr } = await penstock(['doctor', '--kubeconfig', nowhere]);
    files.end();
    expect(exitCode).toBe(6);
    expect(stderr).toContain('http://127.0.0.1:1 cannot be reached: nothing listens there');
  });

  describe('with an installation', () => {
    beforeAll(() => ward.furnish());

    test('that is as it should be, has nothing to say', async () => {
      const { exitCode, stdout, stderr } = await doctor();
      expect(stderr).toBe('');
      expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('ok '))).toEqual([]);
      expect(stdout).toMatch(/^ok +server +Kubernetes v1\.\d+\.\d+ at https:/);
      expect(stdout).toContain('2 of 2 replicas of the operator penstock-system/penstock-operator are available');
      expect(stdout).toContain('the operator has every right that it uses');
      expect(exitCode).toBe(0);
    });

    test('prints YAML too', async () => {
      expect((await doctor('-o', 'yaml')).stdout).toMatch(/^findings:\n {2}- check: server\n {4}verdict: ok\n/);
    });

    test('whose definitions are older, or newer', async () => {
      const crd = { name: 'containerpools.penstock.dev' };
      const revision = (value: string) => ({ metadata: { annotations: { [schemaAnnotations.revision]: value } } });
      await change(CustomResourceDefinition, crd, revision('0'));
      expect(await complaints()).toEqual([complaint('problem', 'definitions', /ContainerPool is older than this/)]);
      await change(CustomResourceDefinition, crd, revision('99'));
      expect(await complaints()).toEqual([complaint('warning', 'definitions', /ContainerPool is newer than this/)]);
      await change(CustomResourceDefinition, crd, revision('1'));
    });

    test('of another version', async () => {
      const version = (value: string) => ({ metadata: { labels: { 'app.kubernetes.io/version': value } } });
      await change(Deployment, deployment, version('0.0.1'));
      expect(await complaints()).toEqual([complaint('warning', 'version', /installed as version 0\.0\.1/)]);
      await change(Deployment, deployment, version(versionOfPackage()));
    });

    test('whose new operator cannot start beside the old one', async () => {
      const fail = (how: string | null, tag: string) => ({
        spec: {
          template: {
            metadata: { annotations: { [simulation.fail]: how } },
            spec: { containers: [{ name: 'operator', image: tag }] },
          },
        },
      });
      const before = await admin.get(Deployment, deployment);
      await admin.patch(Deployment, deployment, { type: 'strategic', body: fail('pull', 'penstock:other') });
      await expect
        .poll(complaints, patience)
        .toEqual([
          complaint('warning', 'version', /operators of two builds run at once: penstock:\w+ and penstock:\w+/),
        ]);
      await admin.patch(Deployment, deployment, { type: 'strategic', body: fail(null, image) });
      await ward.available();
      expect((await admin.get(Deployment, deployment)).spec?.template).toEqual(before.spec?.template);
      ward.operator?.kill();
      await ward.start();
    });

    test('that is scaled away', async () => {
      await change(Deployment, deployment, { spec: { replicas: 0 } });
      await expect.poll(async () => (await ward.operatorPods()).length, patience).toBe(0);
      expect(await complaints()).toEqual([
        complaint('problem', 'operator', /is scaled to no replicas/),
        complaint('warning', 'leader', /which is no pod of the operator's Deployment/),
      ]);
      await change(Deployment, deployment, { spec: { replicas: 2 } });
      await ward.available();
      await ward.operator?.stop();
      await ward.start();
    });

    test('beside which another operator works', async () => {
      const other = { namespace, name: leaseName };
      const spec = {
        holderIdentity: 'laptop_x',
        leaseDurationSeconds: 3600,
        renewTime: microTimestamp(clock.now()),
      };
      await admin.create(Lease, { metadata: other, spec });
      const { metadata: _, ...copy } = await admin.get(Deployment, deployment);
      await admin.create(Deployment, {
        ...copy,
        metadata: { namespace, name: operatorName, labels: operatorSelector },
        spec: { ...copy.spec!, replicas: 0 },
      });
      expect(await complaints()).toEqual([
        complaint('problem', 'operator', /another operator in team/),
        complaint(
          'warning',
          'leader',
          /leases of their own work in (penstock-system and team|team and penstock-system)/,
        ),
      ]);
      await admin.remove(Lease, other);
      await admin.remove(Deployment, { namespace, name: operatorName });
    });

    test('that lost a part, or had one changed', async () => {
      await admin.remove(PodDisruptionBudget, deployment);
      await change(
        ValidatingAdmissionPolicy,
        { name: 'penstock-reserved-marks' },
        { spec: { failurePolicy: 'Ignore' } },
      );
      await admin.remove(FlowSchema, { name: 'penstock-refill' });
      expect(await complaints()).toEqual([
        complaint('problem', 'parts', /missing: poddisruptionbudget\.policy\/penstock-operator$/),
        complaint(
          'warning',
          'reserved',
          /not as this version has it: .*penstock-reserved-marks \(spec\.failurePolicy\)/,
        ),
        complaint('problem', 'flows', /missing: flowschema/),
      ]);
      await ward.install();
      expect(await complaints()).toEqual([]);
    });

    test('without what is in by default, or with half of a policy', async () => {
      for (const name of ['penstock-delivery', 'penstock-refill']) {
        await admin.remove(FlowSchema, { name });
        await admin.remove(PriorityLevelConfiguration, { name });
      }
      await admin.remove(ValidatingAdmissionPolicyBinding, { name: 'penstock-reserved-marks' });
      expect(await complaints()).toEqual([
        complaint('problem', 'reserved', /missing: validatingadmissionpolicybinding/),
        complaint('warning', 'flows', /the feature flows is not installed: deliveries wait behind refill/),
      ]);
      await ward.install();
    });

    test('whose operator lacks rights', async () => {
      await change(ClusterRole, { name: operatorName }, { rules: [] });
      expect(await complaints()).toEqual([
        complaint('warning', 'parts', /clusterrole\.rbac\.authorization\.k8s\.io\/penstock-operator \(rules\)/),
        complaint(
          'problem',
          'rights',
          /\(system:serviceaccount:penstock-system:penstock-operator\) may not get containerpools\.penstock\.dev, .* and \d+ more/,
        ),
      ]);
      await ward.install();
      expect(await complaints()).toEqual([]);
    });

    test('that asks for a gate which is not there', async () => {
      const web = new Scene({ cluster: admin, namespace, image: 'web:1' });
      await web.deploy(0, { gate: 'annotation', annotated: false });
      expect(await complaints()).toEqual([complaint('warning', 'gate', /templates of team\/web ask for the gate/)]);
      await admin.remove(Deployment, { namespace, name: 'web' });
    });

    test('with a Deployment that names a pool which is not there', async () => {
      const web = new Scene({ cluster: admin, namespace, image: 'web:1' });
      await web.deploy(0);
      expect(await complaints()).toEqual([
        complaint('warning', 'deployments', /team\/web starts cold: it names pool web/),
      ]);
      await admin.remove(Deployment, { namespace, name: 'web' });
    });

    test('with pools and claims in trouble', async () => {
      const metadata = { namespace, name: 'lost' };
      const { template: _, ...rest } = aPool({ replicas: 1 }).spec;
      await admin.create(ContainerPool, { metadata, spec: { ...rest, fromDeployment: { name: 'nowhere' } } });
      await admin.create(ContainerPool, {
        metadata: { namespace, name: 'small' },
        spec: aPool({ replicas: 1, claims: { maxContainers: 1 }, refill: { ...rest.refill, paused: true } }).spec,
      });
      const items = [{ count: 2 }];
      const spec = { items, whenEmpty: 'Wait' as const };
      await admin.create(ContainerClaim, {
        metadata: { namespace, name: 'greedy' },
        spec: { ...spec, pool: { name: 'small' } },
      });
      await admin.create(ContainerClaim, {
        metadata: { namespace, name: 'patient' },
        spec: { ...spec, items: [{ count: 1 }], pool: { name: 'small' } },
      });
      await expect
        .poll(complaints, patience)
        .toEqual([
          complaint('problem', 'pools', /pool team\/lost is degraded: there is no Deployment nowhere/),
          complaint('warning', 'pools', /pool team\/small is empty, and its refill is paused/),
          complaint('problem', 'claims', /claim team\/greedy is refused: .*at most 1/),
        ]);
      // ten minutes later
      const later: Clock = {
        now: () => clock.now() + 10 * minute,
        at: (instant, run) => clock.at(instant, run),
        immediate: (run) => clock.immediate(run),
        mustYield: false,
        sleep: (duration, signal) => clock.sleep(duration, signal),
      };
      const findings = await examine({
        cluster: admin,
        clock: later,
        server: plane.url,
        version: versionOfPackage(),
        namespace,
      });
      expect(findings).toContainEqual(
        complaint('warning', 'claims', /claim team\/patient has waited for 1\dm\d+s: place \d of \d; waits for 1 more/),
      );
      expect(findings).toContainEqual(complaint('ok', 'leader', /leads, in its term/));
      for (const name of ['greedy', 'patient']) await admin.remove(ContainerClaim, { namespace, name });
      for (const name of ['lost', 'small']) await admin.remove(ContainerPool, { namespace, name });
    });

    test('for somebody with few rights, says what it cannot see', async () => {
      const { exitCode, stdout } = await penstock([
        'doctor',
        '--kubeconfig',
        plane.kubeconfigOf(plane.userToken, 'visitor'),
      ]);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(
        /unknown +definitions +not looked at: .*"visitor" cannot get resource "customresourcedefinitions"/,
      );
      expect(stdout).toMatch(/unknown +pools +not looked at: /);
      expect(stdout).toMatch(/warning +you +in namespace default you may not create containerpools\.penstock\.dev, /);
      expect(stdout).not.toContain('problem');
    });

    test('whose operator died, with pods at the gate', async ({ skip }) => {
      skip(!(await serves(admin, MutatingAdmissionPolicy)), 'this API server has no MutatingAdmissionPolicy');
      await ward.install('gate');
      const web = new Scene({ cluster: admin, namespace, image: 'web:1' });
      await web.deploy(0, { gate: 'annotation', annotated: false });
      expect(await complaints()).toEqual([]);
      ward.operator?.kill();
      await expect
        .poll(complaints, patience)
        .toEqual([
          complaint(
            'problem',
            'leader',
            /no operator leads: penstock-operator-\S+ held the lease last, and has not renewed it for/,
          ),
          complaint('problem', 'gate', /new replicas of team\/web will wait at the gate: no operator works/),
        ]);
      await web.scale(3);
      await expect.poll(async () => (await web.pods()).filter(isGated).length, patience).toBe(3);
      expect(await complaints()).toEqual([
        complaint('problem', 'leader', /no operator leads/),
        complaint(
          'problem',
          'gate',
          /3 pods of team\/web wait at the gate, which only the operator lifts, and no operator works/,
        ),
      ]);
      await ward.start();
      await expect.poll(complaints, patience).toEqual([]);
    });

    test('with a scheduler whose configuration and rights somebody changed', async () => {
      await ward.install('gate', 'scheduler');
      const available = async () => (await doctor()).stdout;
      await expect
        .poll(available, patience)
        .toMatch(/ok +scheduler +2 of 2 replicas of the scheduler penstock-system\/penstock-scheduler are available/);
      expect(await complaints()).toEqual([]);
      const ref = { namespace: deployment.namespace, name: schedulerName };
      await change(ConfigMap, ref, { data: { 'scheduler.yaml': 'apiVersion: v1' } });
      await change(ClusterRole, { name: schedulerName }, { rules: [] });
      expect(await complaints()).toEqual([
        complaint('warning', 'scheduler', /not as this version has it: clusterrole\S+\/penstock-scheduler \(rules\)/),
        complaint('problem', 'scheduler', /its configuration cannot be read: scheduler\.yaml: apiVersion/),
      ]);
      await admin.remove(ConfigMap, ref);
      await ward.install('gate', 'scheduler');
      expect(await complaints()).toEqual([]);
    });

    test('on nodes that are gone', async () => {
      await ward.nodes.remove();
      expect(await complaints()).toContainEqual(complaint('problem', 'nodes', /there are no nodes/));
    });
  });
});
