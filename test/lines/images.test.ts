/** Another image for an item, on the embedded cluster in virtual time. */
import { afterEach, describe, expect, it } from 'vitest';
import { latch } from '../../src/api/latch.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import type { Pod } from '../../src/api/kubernetes.js';
import { annotations } from '../../src/api/names.js';
import { defaultLine } from '../../src/api/production-line.js';
import { mainContainer, mainStatus } from '../../src/line/index.js';
import { minute, second } from '../../src/support/time.js';
import { aPool } from '../objects.js';
import { Scene } from './scene.js';

let scene: Scene;
afterEach(() => scene.close());

const [own, other] = ['registry.test/app:1', 'registry.test/other:1'];
const template = { spec: { containers: [{ name: 'main', image: own, command: ['/app'] }] } };
const imageOf = (pod: Pod) => mainContainer(pod)?.image;
const byText = (a: string, b: string) => (a < b ? -1 : 1);
const restartsOf = (pod: Pod) => mainStatus(pod)?.restartCount;

describe('an item with another image', () => {
  it('is ready when another container runs, and not before', async () => {
    scene = await Scene.open({ start: { median: 20 * second, sigma: 0 } });
    await scene.pool(undefined, { template, images: [other] });
    await scene.clock.advance(minute);
    await scene.claim('c', 0, {
      items: [
        { name: 'own', count: 1 },
        { name: 'other', count: 2, image: other },
      ],
    });
    expect(await scene.claimStatus('c')).toMatchObject({ allocated: 3, configured: 1, ready: 1 });
    await scene.clock.advance(30 * second);
    expect(await scene.claimStatus('c')).toMatchObject({ allocated: 3, configured: 3, ready: 3 });
    const pods = await scene.pods('delivered');
    expect(pods.map((pod) => `${imageOf(pod)} ${restartsOf(pod)}`).sort(byText)).toEqual([
      `${own} 0`,
      `${other} 1`,
      `${other} 1`,
    ]);
  });

  it('is refused with an image that the pool does not list, and served with its own without a restart', async () => {
    scene = await Scene.open();
    await scene.pool(undefined, { template, images: [other] });
    await scene.claim('c', 0, { items: [{ count: 1, image: 'registry.test/third:1' }] });
    expect((await scene.claimStatus('c'))?.conditions?.find(({ type }) => type === 'Admitted')?.message).toMatch(
      `pool pool gives ${own}, ${other} (spec.images)`,
    );
    await scene.claim('d', 0, { items: [{ count: 1, image: own }] });
    expect((await scene.pods('delivered')).map((pod) => [imageOf(pod), restartsOf(pod)])).toEqual([[own, 0]]);
  });

  it('comes from the pool that has the image, where there is one', async () => {
    scene = await Scene.open();
    await scene.pool(undefined, { template, images: [other] });
    const spec = { spec: { containers: [{ name: 'main', image: other, command: ['/app'] }] } };
    for (const name of ['aaa', 'zzz'])
      await scene.world.cluster.create(ContainerPool, {
        metadata: { namespace: 'default', name, labels: { tier: 'a' } },
        spec: aPool({ replicas: 2, images: [other], template: name === 'aaa' ? template : spec }).spec,
      });
    await scene.clock.advance(10 * second);
    const pool = { selector: { matchLabels: { tier: 'a' } } };
    await scene.claim('c', 0, { pool, items: [{ count: 1, image: other }] });
    const [pod] = await scene.pods('delivered');
    expect([pod && imageOf(pod), pod && restartsOf(pod)]).toEqual([other, 0]);
  });

  it('is made cold with its image from the start', async () => {
    scene = await Scene.open();
    await scene.pool(undefined, { template, images: [other], replicas: 0 });
    await scene.claim('c', 0, { whenEmpty: 'Cold', items: [{ count: 1, image: other }] });
    await scene.clock.advance(10 * second);
    expect(await scene.claimStatus('c')).toMatchObject({ ready: 1 });
    expect((await scene.pods()).map((pod) => [imageOf(pod), restartsOf(pod)])).toEqual([[other, 0]]);
  });

  it('tells a latch to open in the container that has it, and is never used again', async () => {
    scene = await Scene.open();
    const readOnly = { readOnlyRootFilesystem: true };
    const containers = [{ name: 'main', image: own, command: ['/app'], securityContext: readOnly }];
    const supervise = latch.parse({ mode: 'Supervise', reuse: 'SameTenant' });
    await scene.pool(undefined, { template: { spec: { containers } }, images: [other], latch: supervise });
    await scene.clock.advance(10 * second);
    await scene.claim('c', 0, { tenant: 'blue', items: [{ count: 1, image: other }, { count: 1 }] });
    await scene.clock.advance(10 * second);
    const pods = await scene.pods('delivered');
    const changed = pods.find((pod) => imageOf(pod) === other);
    const isTold = (pod: Pod) => /\nstarts 2\n/.test(pod.metadata.annotations?.[annotations.latch] ?? '');
    expect(pods.map((pod) => `${imageOf(pod)} ${isTold(pod)}`).sort(byText)).toEqual([`${own} false`, `${other} true`]);
    await scene.release('c');
    await scene.clock.advance(minute);
    const left = (await scene.pods()).map(({ metadata }) => metadata.uid);
    expect(pods.filter(({ metadata }) => left.includes(metadata.uid)).map(imageOf)).toEqual([own]);
    expect(left).not.toContain(changed?.metadata.uid);
  });

  it('is there before it is asked for, where the line pulls what the pool lists', async () => {
    scene = await Scene.open();
    await scene.line('l', {
      produce: [{ stage: 'provision' }, { stage: 'prepull' }, { stage: 'stock' }],
      deliver: defaultLine.deliver,
    });
    await scene.pool('l', { template, images: [other] });
    await scene.clock.advance(minute);
    const [pod] = await scene.pods('stocked');
    expect(pod?.spec?.initContainers?.map(({ image }) => image)).toContain(other);
  });
});
