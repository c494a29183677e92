/** The operator as people run it: from the chart, as pods, with the chart's rights and nothing else. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Deployment, Lease, Namespace, Pod } from '../../src/api/kubernetes.js';
import { containersOf, untilReady } from '../../src/client/index.js';
import { annotations, labels, states } from '../../src/api/names.js';
import { installCrds } from '../../src/cluster/crds.js';
import { NotFound } from '../../src/cluster/errors.js';
import { defaultNamespace, namespaceOf } from '../../src/install/index.js';
import {
  leaseName,
  operatorName,
  operatorSelector,
  schedulerName,
  serviceAccountUser,
} from '../../src/install/names.js';
import { formatDuration, second } from '../../src/support/time.js';
import { lacks as lacksPrograms } from '../control-plane/binaries.js';
import { callsOf } from '../control-plane/calls.js';
import { Helm } from '../install/helm.js';
import { image as busybox, lacks, supplied } from './environment.js';
import { identityOf } from './observe.js';
import { operatorImage } from './operator-image.js';
import { Place } from './place.js';
import { aBusyboxPool } from './pool.js';

const image = { repository: 'penstock.test/operator', tag: 'e2e' };
const namespace = defaultNamespace;
const values = [`image.repository=${image.repository}`, `image.tag=${image.tag}`, 'image.pullPolicy=Never'];
// the definitions were there before, as they are where somebody has run `penstock install --crds`
const flags = ['--take-ownership', '--force-conflicts', ...values.flatMap((value) => ['--set', value])];
const auditLog = process.env.PENSTOCK_E2E_AUDIT_LOG;

const skipped = lacks('the installed operator', ['importImage']) || lacksPrograms(['helm'], 'the installed operator');

describe.skipIf(skipped)('the installed operator', () => {
  let place: Place;
  let helm: Helm;
  let begin = 0;
  const folder = mkdtempSync(join(tmpdir(), 'penstock-image-'));
  const install = (...flags: readonly string[]) =>
    helm.run('install', 'penstock', 'deploy/helm/penstock', '--namespace', namespace, ...flags);
  const operators = async () =>
    (await place.cluster.list(Pod, { namespace, labels: `app.kubernetes.io/component=operator` })).items;
  const lease = () => place.cluster.get(Lease, { namespace, name: leaseName });
  const holder = async () => (await lease()).spec?.holderIdentity ?? '';
  /** An identity begins with the name of the pod. */
  const podOf = (identity: string) => identity.split('_')[0] ?? '';
  const ofClaim = async (name: string, count: number) => {
    const ref = { namespace: place.namespace, name };
    const claim = await place.cluster.create(ContainerClaim, {
      metadata: ref,
      spec: { pool: { name: 'boxes' }, items: [{ count }], whenEmpty: 'Wait' },
    });
    await untilReady(place, ref);
    return containersOf(place, claim);
  };
  const available = (name = operatorName) =>
    place.until(
      `${name} to be available`,
      () => place.cluster.get(Deployment, { namespace, name }),
      ({ metadata, spec, status }) =>
        status?.observedGeneration === metadata.generation &&
        status?.updatedReplicas === spec?.replicas &&
        status?.availableReplicas === spec?.replicas &&
        status?.replicas === spec?.replicas,
    );

  beforeAll(async () => {
    place = await Place.open('installed');
    begin = place.clock.now();
    helm = new Helm(place.kubeconfig);
    await supplied('importImage', [await operatorImage(folder, `${image.repository}:${image.tag}`)]);
    const home = namespaceOf(namespace);
    await place.cluster.create(home.kind, home.object);
    await install(...flags);
    await available();
  });
  afterAll(async () => {
    if (!place) return;
    await helm.run('uninstall', 'penstock', '--namespace', namespace, '--ignore-not-found');
    // other suites come after this one
    await installCrds(place.cluster, place.clock);
    helm.end();
    rmSync(folder, { recursive: true, force: true });
    await place.cluster.remove(Namespace, { name: namespace });
    const gone = () => place.cluster.get(Namespace, { name: namespace }).catch(unlessGone);
    await place.until(`the end of ${namespace}`, gone, (seen) => seen === undefined);
    await place.close();
  });

  it('runs as two pods that may do nothing, and fills a pool', async () => {
    const pods = await operators();
    expect(pods.map(({ metadata }) => metadata.labels)).toEqual(
      pods.map(() => expect.objectContaining(operatorSelector)),
    );
    expect(pods).toHaveLength(2);
    await place.cluster.create(ContainerPool, aBusyboxPool(place, 'boxes', { replicas: 8 }));
    const full = await place.untilObject(
      ContainerPool,
      'boxes',
      'to be full',
      (pool) => (pool?.status?.ready ?? 0) >= 8,
    );
    expect(full?.status?.ready).toBe(8);
  });

  it('delivers, resizes and says so in Events, without meeting a right that it lacks', async () => {
    const claim = await place.cluster.create(ContainerClaim, {
      metadata: { namespace: place.namespace, name: 'first' },
      spec: {
        pool: { name: 'boxes' },
        items: [
          { name: 'plain', count: 2, env: [{ name: 'A', value: 'b' }] },
          { name: 'larger', count: 1, resources: { limits: { cpu: '100m' } } },
        ],
        whenEmpty: 'Wait',
      },
    });
    await untilReady(place, { namespace: place.namespace, name: 'first' });
    expect(await containersOf(place, claim)).toHaveLength(3);
    for (const { metadata } of await operators()) {
      expect(await place.kubectl('logs', '--namespace', namespace, metadata.name)).not.toMatch(/forbidden/i);
    }
  });

  it.skipIf(!auditLog)('asked for nothing, by the audit log, that it may not do', () => {
    // the log may go back to a run before: an operator that is being uninstalled loses its rights before it ends
    const calls = callsOf(serviceAccountUser(namespace), auditLog ?? '').filter(({ at }) => Date.parse(at) > begin);
    expect(calls.length).toBeGreaterThan(10);
    expect(calls.filter(({ decision }) => decision === 'forbid')).toEqual([]);
  });

  it('is healthy in the eyes of penstock doctor', async () => {
    const said = await place.penstockAt(namespace, 'doctor');
    console.log(said);
    expect(said).toMatch(/^ok +operator +2 of 2 replicas/m);
    expect(said).toMatch(/^ok +leader +penstock-operator-\S+ leads/m);
    expect(said).toMatch(/^ok +rights +/m);
    expect(said).not.toMatch(/^problem/m);
  });

  it('has a scheduler when that is switched on, which places pods that name it with rights of its own', async () => {
    const upgrade = (...flags: readonly string[]) =>
      helm.run('upgrade', 'penstock', 'deploy/helm/penstock', '--namespace', namespace, '--reuse-values', ...flags);
    await upgrade('--set', 'scheduler.enabled=true');
    await available(schedulerName);
    await place.cluster.create(Pod, {
      metadata: { namespace: place.namespace, name: 'placed' },
      spec: {
        schedulerName,
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [
          { name: 'main', image: busybox, command: ['sleep', '600'], resources: { requests: { cpu: '10m' } } },
        ],
      },
    });
    const placed = await place.untilObject(Pod, 'placed', 'to run', (pod) => pod?.status?.phase === 'Running');
    expect(
      await place.kubectl('get', 'events', '--field-selector', 'reason=Scheduled,involvedObject.name=placed'),
    ).toContain(`Successfully assigned ${place.namespace}/placed to ${placed?.spec?.nodeName}`);
    const { items } = await place.cluster.list(Pod, { namespace, labels: 'app.kubernetes.io/component=scheduler' });
    expect(items).toHaveLength(2);
    for (const { metadata } of items)
      expect(await place.kubectl('logs', '--namespace', namespace, metadata.name)).not.toMatch(
        /forbidden|cannot be read/i,
      );
    const calls = auditLog === undefined ? [] : callsOf(serviceAccountUser(namespace, schedulerName), auditLog);
    // else the log would not be that of this account
    expect(auditLog === undefined || calls.length > 5).toBe(true);
    expect(calls.filter(({ at, decision }) => Date.parse(at) > begin && decision === 'forbid')).toEqual([]);
    expect(await place.penstockAt(namespace, 'doctor')).toMatch(/^ok +scheduler +2 of 2 replicas/m);
    await upgrade('--set', 'scheduler.enabled=false');
  });

  it('is taken over when its leader is killed', async () => {
    const before = await holder();
    const pods = await operators();
    const leader = pods.find(({ metadata }) => metadata.name === podOf(before));
    expect(leader).toBeDefined();
    const terms = (await lease()).spec?.leaseTransitions ?? 0;
    let last = await lease();
    const start = place.clock.now();
    await kill(leader!);
    const taken = await place.until(
      'another leader',
      async () => {
        const seen = await lease();
        if (seen.spec?.holderIdentity === before) last = seen;
        return seen;
      },
      ({ spec }) => spec?.holderIdentity !== before && spec?.holderIdentity !== '',
    );
    console.log(`another replica led ${formatDuration(place.clock.now() - start)} after its leader was killed`);
    expect(pods.map(({ metadata }) => metadata.name)).toContain(podOf(taken.spec?.holderIdentity ?? ''));
    expect(taken.spec?.leaseTransitions).toBeGreaterThan(terms);
    // the promise, by the records of the two: within 5 s of the last sign of life
    const gap = Date.parse(taken.spec?.acquireTime ?? '') - Date.parse(last.spec?.renewTime ?? '');
    expect(gap).toBeLessThanOrEqual(5 * second);
    expect(await ofClaim('after-the-kill', 2)).toHaveLength(2);
  });

  it('hands its lease over when it is rolled', async () => {
    await available();
    const before = await holder();
    const start = place.clock.now();
    await place.kubectl('rollout', 'restart', '--namespace', namespace, `deployment/${operatorName}`);
    const gap = await leaderless(before);
    await available();
    const names = (await operators()).map(({ metadata }) => metadata.name);
    await place.until('a leader of the new ones', holder, (seen) => names.includes(podOf(seen)));
    console.log(
      `rolled in ${formatDuration(place.clock.now() - start)}; between two leaders the lease was free for ${formatDuration(gap)}`,
    );
    expect(await ofClaim('after-the-roll', 2)).toHaveLength(2);
  });

  it('goes when Helm uninstalls it, and what it delivered goes on running', async () => {
    const ref = { namespace: place.namespace, name: 'first' };
    const before = await containersOf(place, await place.cluster.get(ContainerClaim, ref));
    await helm.run('uninstall', 'penstock', '--namespace', namespace);
    await place.until('no operator to be left', operators, (pods) => pods.length === 0);
    const after = await containersOf(place, await place.cluster.get(ContainerClaim, ref));
    expect(after.map(identityOf)).toEqual(before.map(identityOf));
    expect(after.map(({ status }) => status?.phase)).toEqual(['Running', 'Running', 'Running']);
  });

  it('is taken out by penstock uninstall, and what it delivered goes on running without it', async () => {
    await install(...flags);
    await available();
    const delivered = async (state: string) =>
      (await place.cluster.list(Pod, { namespace: place.namespace, labels: `${labels.state}=${state}` })).items;
    const before = await delivered(states.delivered);
    expect(before.length).toBeGreaterThan(3);
    const said = await place.penstockAt(namespace, 'uninstall', '--yes');
    console.log(said);
    expect(said).toContain(`${before.length} containers in use released: they run on\n`);
    expect(said).toContain(`helm uninstall penstock --namespace ${namespace}`);
    // what the garbage collector and the kubelet might still do to them, they have done when the stock is gone
    await place.until(
      'the stock to go',
      () => delivered(states.stocked),
      (pods) => pods.length === 0,
    );
    const after = await delivered(states.released);
    const identities = (pods: readonly Pod[]) => pods.map((pod) => JSON.stringify(identityOf(pod))).sort();
    expect(identities(after)).toEqual(identities(before));
    for (const pod of after) expect(await place.inContainer(pod, 'echo alive')).toBe('alive\n');
    const configured = after.find(({ metadata }) => metadata.annotations?.[annotations.env] !== undefined);
    expect(await place.inContainer(configured!, 'cat /etc/penstock/env.json')).toBe('{"A":"b"}');
  });

  /** From the moment that the lease is seen to be given back, or held by somebody else, until somebody else holds it. */
  async function leaderless(before: string): Promise<number> {
    await place.until('the leader to go', holder, (seen) => seen !== before);
    const start = place.clock.now();
    await place.until('the next leader', holder, (seen) => seen !== before && seen !== '');
    return place.clock.now() - start;
  }

  /** SIGKILL where the environment reaches the runtime; else the API's way to the same. */
  async function kill(pod: Pod): Promise<void> {
    if (process.env.PENSTOCK_E2E_RUNTIME) {
      await supplied('runtime', ['tasks', 'kill', '--signal', 'SIGKILL', identityOf(pod).id]);
    } else {
      await place.kubectl('delete', 'pod', '--namespace', namespace, pod.metadata.name, '--grace-period=0', '--force');
    }
  }
});

function unlessGone(error: unknown): undefined {
  if (error instanceof NotFound) return undefined;
  throw error;
}
