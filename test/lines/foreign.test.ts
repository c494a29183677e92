/** Pods with containers that their template does not state, on the embedded cluster in virtual time. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Pod } from '../../src/api/kubernetes.js';
import { latch } from '../../src/api/latch.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { admission } from '../admission.js';
import { cleanable } from '../objects.js';
import { Scene } from './scene.js';

let scene: Scene;
afterEach(() => scene.close());

const statesOf = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.labels?.['penstock.dev/state']);

describe('a container that is to be used again', () => {
  it.each([
    ['comes back', 'alone in its pod', (): boolean => true, ['kept']],
    ['does not come back', "beside others'", (): boolean => false, []],
  ] as const)('%s when it stands %s', async (_, __, isAlone, left) => {
    scene = await Scene.open({}, undefined, { admit: admission(seededRandom('mesh'), isAlone) });
    const supervise = latch.parse({ mode: 'Supervise', reuse: 'SameTenant' });
    await scene.pool(undefined, { template: cleanable(), latch: supervise, replicas: 1 });
    await scene.clock.advance(5 * second);
    await scene.claim('c', 1, { tenant: 'blue' });
    expect(statesOf(await scene.pods('delivered'))).toHaveLength(1);
    await scene.release('c');
    await scene.clock.advance(minute);
    const back = (await scene.pods()).filter(
      ({ metadata }) => metadata.annotations?.['penstock.dev/tenant'] === 'blue',
    );
    expect(statesOf(back)).toEqual(left);
  });
});

it.each([
  ['in stock', 1],
  ['made cold', 0],
])("a claim's size and image are for the container that the template names as its default, %s", async (_, replicas) => {
  scene = await Scene.open();
  const size = { requests: { cpu: '10m' }, limits: { cpu: '20m' } };
  const containers = ['side', 'app'].map((name) => ({ name, image: `${name}:1`, command: ['/app'], resources: size }));
  const metadata = { annotations: { 'kubectl.kubernetes.io/default-container': 'app' } };
  const template = { metadata, spec: { containers } };
  await scene.pool(undefined, { template, images: ['app:2'], replicas, latch: latch.parse({ mode: 'Exec' }) });
  await scene.clock.advance(5 * second);
  const item = { count: 1, image: 'app:2', resources: { limits: { cpu: '30m' } }, env: [{ name: 'A', value: 'b' }] };
  await scene.claim('c', 0, { whenEmpty: 'Cold', items: [item] });
  await scene.clock.advance(10 * second);
  expect(await scene.claimStatus('c')).toMatchObject({ ready: 1, configured: 1 });
  const [pod] = await scene.pods('delivered');
  const own = pod?.spec?.containers.filter(({ name }) => ['side', 'app'].includes(name));
  expect(own).toMatchObject([
    { name: 'side', image: 'side:1', resources: size, command: ['/app'] },
    {
      name: 'app',
      image: 'app:2',
      resources: { limits: { cpu: '30m' } },
      command: ['/.penstock/bin/busybox', {}, {}, {}, {}, {}, {}].map(() => expect.any(String)),
    },
  ]);
});
