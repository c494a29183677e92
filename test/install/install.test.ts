/** `penstock install` on a real API server: what it says, what is there afterwards, and that the server accepts it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClusterRole, ValidatingAdmissionPolicy } from '../../src/api/administration.js';
import { ConfigMap, Deployment, Pod } from '../../src/api/kubernetes.js';
import { AlreadyExists } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { allParts, defaultNamespace, installation } from '../../src/install/index.js';
import { schedulerName } from '../../src/install/names.js';
import { find, isDefinition, nameOfPart } from '../../src/install/put.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { Files, penstock } from '../cli/harness.js';
import { clock, clusterAsAdmin } from './as.js';

describe.skipIf(lacks(controlPlaneWithControllers, 'penstock install'))('penstock install', () => {
  let plane: ControlPlane;
  let admin: ReturnType<typeof clusterAsAdmin>;
  const run = (...words: readonly string[]) => penstock(['install', ...words, '--kubeconfig', plane.kubeconfig]);

  beforeAll(async () => {
    plane = await ControlPlane.start({ controllers: true, serviceAccounts: true });
    admin = clusterAsAdmin(plane);
  });
  afterAll(async () => {
    admin.close();
    await plane.stop();
  });

  const placement = { namespace: defaultNamespace, image: 'penstock:test', replicas: 2, version: '0.0.0' };

  test('says what it would do, and does none of it', async () => {
    const { exitCode, stdout, stderr } = await run('--dry-run');
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('namespace/penstock-system created (dry run)\n');
    expect(stdout).toContain('deployment.apps/penstock-operator created (dry run)\n');
    for (const part of installation(placement)) expect(await find(admin, part)).toBeUndefined();
  });

  test('puts everything into the cluster, and again changes nothing', async () => {
    const first = await run('--no-wait', '--image', 'penstock:test');
    expect(first.stderr).toBe('');
    expect(first.exitCode).toBe(0);
    const parts = installation(placement);
    for (const part of parts) expect(await find(admin, part)).toMatchObject({ kind: part.kind.name });
    expect(first.stdout.trim().split('\n')).toHaveLength(parts.length + 1);
    expect(first.stdout).not.toMatch(/updated|unchanged/);

    const again = await run('--no-wait', '--image', 'penstock:test');
    expect(again.stdout).not.toMatch(/created|updated/);
  });

  test('the operator gets its pods under restricted Pod Security', async () => {
    let pods: readonly Pod[] = [];
    for (let tries = 0; tries < 200 && pods.length < 2; tries++) {
      ({ items: pods } = await admin.list(Pod, { namespace: defaultNamespace }));
      await clock.sleep(100);
    }
    expect(pods).toHaveLength(2);
    expect(pods[0]?.spec?.priority).toBe(1_000_000);
  });

  test('the policies are free of type errors', async () => {
    for (const { kind, object } of allParts(placement)) {
      if (kind.name !== ValidatingAdmissionPolicy.name) continue;
      const name = object.metadata.name ?? '';
      await admin.create(kind, object).catch((error: unknown) => {
        if (!(error instanceof AlreadyExists)) throw error;
      });
      let checked = await admin.get(ValidatingAdmissionPolicy, { name });
      for (let tries = 0; tries < 100 && !checked.status?.typeChecking; tries++) {
        await clock.sleep(100);
        checked = await admin.get(ValidatingAdmissionPolicy, { name });
      }
      expect(checked.status?.typeChecking).toBeDefined();
      expect(checked.status?.typeChecking?.expressionWarnings ?? []).toEqual([]);
    }
    await admin.remove(ValidatingAdmissionPolicy, { name: 'penstock-tenants' });
  });

  test('mends what was changed, and keeps what others have added', async () => {
    const name = 'penstock-operator';
    await admin.patch(
      ClusterRole,
      { name },
      mergePatch({ rules: [], metadata: { annotations: { 'example.com/owner': 'team' } } }),
    );
    const rehearsal = await run('--dry-run', '--image', 'penstock:test');
    expect(rehearsal.stdout).toContain('clusterrole.rbac.authorization.k8s.io/penstock-operator updated (dry run)\n');
    expect((await admin.get(ClusterRole, { name })).rules ?? []).toEqual([]);
    const { stdout } = await run('--no-wait', '--image', 'penstock:test', '--replicas', '1');
    expect(stdout.split('\n').filter((line) => line.endsWith('updated'))).toEqual([
      'clusterrole.rbac.authorization.k8s.io/penstock-operator updated',
      'deployment.apps/penstock-operator updated',
    ]);
    const role = await admin.get(ClusterRole, { name });
    expect(role.rules?.length).toBeGreaterThan(5);
    expect(role.metadata.annotations).toEqual({ 'example.com/owner': 'team' });
    expect((await admin.get(Deployment, { namespace: defaultNamespace, name })).spec?.replicas).toBe(1);
  });

  test('takes what it was asked for besides, and says what it does not know', async () => {
    const { stdout } = await run('--no-wait', '--with', 'tenants,dashboard', '--without', 'flows');
    expect(stdout).toContain('validatingadmissionpolicy.admissionregistration.k8s.io/penstock-tenants created\n');
    expect(stdout).toContain('configmap/penstock-dashboard created\n');
    expect(stdout).not.toMatch(/flowschema.* (created|updated|unchanged)/);
    expect(await run('--with', 'tenant')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('there is no tenant; choose from tenants,'),
    });
    expect(await run('--with', 'monitor', '--no-wait')).toMatchObject({
      exitCode: 9,
      stderr: expect.stringContaining('the kind ServiceMonitor (monitoring.coreos.com/v1)'),
    });
  });

  test('takes away what it is told to leave out, but for the definitions and what is not its own', async () => {
    await run('--no-wait', '--with', 'tenants,dashboard');
    const out = ['tenants', 'flows', 'secrets', 'crds'] as const;
    const parts = allParts(placement).filter(({ feature }) => out.some((name) => name === feature));
    const going = parts.filter((part) => !isDefinition(part));
    const stranger = { name: 'penstock-dashboard', namespace: defaultNamespace };
    await admin.patch(ConfigMap, stranger, mergePatch({ metadata: { labels: { 'app.kubernetes.io/part-of': null } } }));
    const there = async () => (await Promise.all(parts.map((part) => find(admin, part)))).filter(Boolean).length;
    expect(await there()).toBe(parts.length);
    const words = ['--no-wait', '--without', [...out, 'dashboard', 'monitor'].join()];
    const gone = going.map((part) => `${nameOfPart(part)} deleted`).sort();
    const deleted = (stdout: string, end: string) =>
      stdout
        .split('\n')
        .filter((line) => line.endsWith(` deleted${end}`))
        .map((line) => line.slice(0, line.length - end.length))
        .sort();
    expect(deleted((await run(...words, '--dry-run')).stdout, ' (dry run)')).toEqual(gone);
    expect(await there()).toBe(parts.length);
    const { exitCode, stdout, stderr } = await run(...words);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(deleted(stdout, '')).toEqual(gone);
    expect(await there()).toBe(parts.length - going.length);
    expect(await admin.get(ConfigMap, stranger)).toMatchObject({ kind: 'ConfigMap' });
    expect((await run(...words)).stdout).not.toContain('deleted');
  });

  describe('with the scheduler', () => {
    const files = new Files();
    afterAll(() => files.end());
    const configuration = (use: object) =>
      JSON.stringify({ apiVersion: 'scheduler.penstock.dev/v1alpha1', kind: 'SchedulerConfiguration', use });
    const installed = async (text: string) => {
      const words = ['--no-wait', '--with', 'scheduler', '--scheduler-config', files.write('own.yaml', text)];
      return run(...words);
    };
    const there = async () => {
      const { data } = await admin.get(ConfigMap, { namespace: defaultNamespace, name: schedulerName });
      return data?.['scheduler.yaml'];
    };

    test('does nothing with a configuration that is wrong, or for nobody', async () => {
      const wrong = await installed(configuration({ source: 'kubelets' }));
      expect(wrong.stderr).toMatch(/own\.yaml: use\.source/);
      expect(wrong.stdout).toBe('');
      const nobody = await run('--no-wait', '--scheduler-config', files.write('own.yaml', configuration({})));
      expect(nobody).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('add --with scheduler') });
    });

    test('keeps the configuration that it has until another is given', async () => {
      const kubelets = configuration({ source: 'kubelet' });
      await installed(kubelets);
      expect(await there()).toBe(kubelets);
      const again = await run('--no-wait', '--with', 'scheduler');
      expect(again.stdout).not.toMatch(/scheduler (created|updated|deleted)/);
      expect(await there()).toBe(kubelets);
    });

    test('has the rights for its source of use and no others', async () => {
      const { stdout } = await installed(configuration({ source: 'metrics-api' }));
      expect(stdout).toContain('clusterrole.rbac.authorization.k8s.io/penstock-scheduler-metrics created\n');
      expect(stdout).toContain('serviceaccount/penstock-use-reader deleted\n');
      expect(stdout).toContain('clusterrolebinding.rbac.authorization.k8s.io/penstock-use-reader deleted\n');
      // a running scheduler reads the configuration anew
      expect(stdout).not.toContain('deployment.apps/penstock-scheduler updated\n');
    });

    test('goes again', async () => {
      const { stdout } = await run('--no-wait', '--without', 'scheduler');
      expect(stdout).toContain('deployment.apps/penstock-scheduler deleted\n');
      for (const part of allParts(placement).filter(({ feature }) => feature === 'scheduler'))
        expect(await find(admin, part)).toBeUndefined();
    });
  });

  test('waits for the operator, and says when it does not come', async () => {
    const { exitCode, stderr } = await run('--timeout', '1s');
    expect(exitCode).toBe(8);
    expect(stderr).toContain('0 of 2 replicas of the operator are available after 1.0 s; look at its pods: kubectl');
  });

  test('names of parts are unique, and there is no wildcard in any role', () => {
    const all = allParts(placement);
    const names = all.map(({ kind, object }) => `${kind.name}/${object.metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    const roles = all.filter(({ kind }) => kind.name.endsWith('Role'));
    expect(roles.length).toBeGreaterThan(3);
    expect(JSON.stringify(roles)).not.toContain('*');
  });
});
