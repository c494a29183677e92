/** Work that ends, on real containers: done once, tried again within a limit, whatever stands beside it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { type Container, Pod, type PodSpec } from '../../src/api/kubernetes.js';
import { latch } from '../../src/api/latch.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { annotations, labels } from '../../src/api/names.js';
import { mainStatus } from '../../src/line/index.js';
import { isTrue } from '../../src/runtime/index.js';
import { image } from './environment.js';
import { Place } from './place.js';
import { aBusyboxPool } from './pool.js';

const work = 'echo "charging card for $ORDER"; sleep ${SECONDS_OF_WORK:-1}; exit ${CODE:-0}';
const busybox = (name: string, command: readonly string[]): Container => ({
  name,
  image,
  command,
  resources: { requests: { cpu: '5m', memory: '16Mi' }, limits: { cpu: '50m', memory: '32Mi' } },
});
const app = busybox('app', ['/bin/busybox', 'sh', '-c', work]);
/** A kubelet tells of the container before it tells of the pod. */
const exitCodeOf = (pod: Pod) => mainStatus(pod)?.state?.terminated?.exitCode;
const dind = busybox('dind', ['sleep', 'infinity']);

describe('work that ends', () => {
  let place: Place;
  const makePool = async (name: string, replicas: number, pod: Partial<PodSpec> = {}) => {
    const spec = { restartPolicy: 'Never', containers: [app], ...pod } as const;
    const pool = aBusyboxPool(place, name, { replicas, latch: latch.parse({ mode: 'Exec', image }) }, spec);
    await place.cluster.create(ContainerPool, pool);
    await place.untilObject(ContainerPool, name, 'to be full', (found) => (found?.status?.ready ?? 0) >= replicas);
  };
  const claimWork = (name: string, pool: string, env: Readonly<Record<string, string>>, more: object = {}) =>
    place.cluster.create(ContainerClaim, {
      metadata: { namespace: place.namespace, name },
      spec: {
        pool: { name: pool },
        whenEmpty: 'Wait',
        items: [{ count: 1, env: Object.entries(env).map(([key, value]) => ({ name: key, value })) }],
        ...more,
      },
    });
  const podsOf = async (claim: string) =>
    (await place.cluster.list(Pod, { namespace: place.namespace, labels: `${labels.claim}=${claim}` })).items;
  const until = (claim: string, condition: string) =>
    place.untilObject(ContainerClaim, claim, `to be ${condition}`, (found) =>
      isTrue(found?.status?.conditions, condition),
    );

  beforeAll(async () => {
    place = await Place.open('completion');
    await place.operator();
    await makePool('workers', 3);
  });
  afterAll(() => place?.close());

  it('is done once when it succeeds: its pod and log stay, and the claim is complete', async () => {
    await claimWork('order-17', 'workers', { ORDER: '17' });
    await place.kubectl('wait', 'containerclaim/order-17', '--for=condition=Complete', '--timeout=60s');
    const [pod, ...others] = await podsOf('order-17');
    expect([exitCodeOf(pod!), others]).toEqual([0, []]);
    expect(await place.kubectl('logs', pod!.metadata.name, '-c', 'app')).toBe('charging card for 17\n');
    // long enough for one that does not know that to begin again
    await place.clock.sleep(5000);
    expect((await podsOf('order-17')).map(({ metadata }) => metadata.uid)).toEqual([pod!.metadata.uid]);
  });

  it('is tried again when it fails, and then the claim has failed with the exit code of the work', async () => {
    await claimWork('order-18', 'workers', { ORDER: '18', CODE: '3' }, { backoffLimit: 1 });
    const claim = await until('order-18', 'Failed');
    expect(claim?.status).toMatchObject({ failed: 2, succeeded: 0, active: 0 });
    expect((await podsOf('order-18')).map(exitCodeOf)).toEqual([3, 3]);
    const args = ['deliver', '1', '--pool', 'workers', '--env', 'CODE=3', '--backoff-limit', '0', '--wait', 'complete'];
    await expect(place.penstock(...args)).rejects.toMatchObject({ code: 3 });
  });

  it('is done by another container when its own is lost, and that is no failure', async () => {
    await claimWork('order-19', 'workers', { ORDER: '19', SECONDS_OF_WORK: '8' }, { backoffLimit: 0 });
    await until('order-19', 'Ready');
    const [lost] = await podsOf('order-19');
    await place.cluster.remove(Pod, nameOf(lost!), { gracePeriodSeconds: 1 });
    const claim = await until('order-19', 'Complete');
    expect(claim?.status).toMatchObject({ succeeded: 1, failed: 0, replaced: 1 });
  });

  it.each([
    ['a sidecar that goes on', { containers: [dind, app] }, 'Running'],
    ['a native sidecar', { containers: [app], initContainers: [{ ...dind, restartPolicy: 'Always' }] }, 'Succeeded'],
  ])('is done beside %s', async (kind, pod, phase) => {
    const name = kind.split(' ').slice(1, 2).join('');
    const metadata = { annotations: { 'kubectl.kubernetes.io/default-container': 'app' } };
    const draft = aBusyboxPool(
      place,
      name,
      { replicas: 1, latch: latch.parse({ mode: 'Exec', image }) },
      {
        restartPolicy: 'Never',
        ...pod,
      },
    );
    const template = { ...draft.spec.template, metadata };
    await place.cluster.create(ContainerPool, { ...draft, spec: { ...draft.spec, template } });
    await claimWork(`beside-${name}`, name, { ORDER: name });
    await until(`beside-${name}`, 'Complete');
    const [one] = await podsOf(`beside-${name}`);
    expect(one?.metadata.annotations?.[annotations.mainContainer]).toBe('app');
    await place.untilObject(Pod, one!.metadata.name, `to be ${phase}`, (found) => found?.status?.phase === phase);
  });
});
