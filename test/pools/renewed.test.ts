/** Renewals that fail, on the embedded cluster in virtual time: at their deadline, over crashes, and when they are mended. */
import { expect, it } from 'vitest';
import { ContainerPool } from '../../src/api/container-pool.js';
import { renewalWithin } from '../../src/api/container-pool-schema.js';
import { mainContainer } from '../../src/line/index.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { FaultyCluster } from '../faults/faulty-cluster.js';
import { noFaults } from '../faults/mix.js';
import { Weather } from '../faults/weather.js';
import { missingImage, pool, Scene, templateOf } from './scene.js';

const renewal = renewalWithin({ maxUnavailable: 2, maxSurge: 2, progressDeadline: '2m', onFailure: 'RollBack' });
const good = templateOf('app:1');
const broken = templateOf(missingImage);
const mended = templateOf('app:2');

const imagesOf = async (scene: Scene) =>
  [...new Set((await scene.stock()).map((pod) => mainContainer(pod)?.image ?? ''))].toSorted();

it('rolls back at the deadline, refills from the last template that worked, and renews when it changes again', async () => {
  const scene = await Scene.open('renewed');
  await scene.operate();
  await scene.make({ replicas: 6, template: good, renewal });
  await scene.clock.advance(minute);
  expect(await scene.reasonOf('Renewed')).toBe('UpToDate');
  const [first] = await scene.revisions();
  expect(first).toMatchObject({ revision: 1, data: { template: good } });

  await scene.follow();
  await scene.change({ template: broken });
  await scene.clock.advance(minute);
  expect([await scene.reasonOf('Renewed'), await imagesOf(scene)]).toEqual(['Trying', ['app:1', missingImage]]);
  await scene.operate();
  await scene.clock.advance(minute + 10 * second);
  expect([await scene.reasonOf('Renewed'), await scene.reasonOf('Degraded')]).toEqual(['RolledBack', 'RolledBack']);
  expect(await imagesOf(scene)).toEqual(['app:1']);
  expect(Math.min(...scene.readings)).toBe(6);

  await scene.claim('six', 6);
  await scene.clock.advance(minute);
  expect(await scene.status()).toMatchObject({ ready: 6, updated: 0, delivered: 6 });
  expect(await imagesOf(scene)).toEqual(['app:1']);

  await scene.change({ template: mended });
  await scene.clock.advance(2 * minute);
  expect([await scene.reasonOf('Renewed'), await imagesOf(scene)]).toEqual(['UpToDate', ['app:2']]);
  expect(await scene.revisions()).toMatchObject([{ revision: 2, data: { template: mended } }]);
  await scene.world.cluster.remove(ContainerPool, pool);
  await scene.clock.advance(minute);
  expect(await scene.revisions()).toEqual([]);
  await scene.close();
});

it('goes on with a template that is to be kept, says so, and keeps the ready stock', async () => {
  const scene = await Scene.open('kept');
  await scene.operate();
  await scene.make({ replicas: 6, template: good, renewal: { ...renewal, onFailure: 'Keep' } });
  await scene.clock.advance(minute);
  await scene.follow();
  await scene.change({ template: broken });
  await scene.clock.advance(10 * minute);
  expect(await scene.reasonOf('Renewed')).toBe('ProgressDeadlineExceeded');
  expect(await imagesOf(scene)).toEqual(['app:1', missingImage]);
  expect([Math.min(...scene.readings), await scene.revisions()]).toEqual([6, []]);
  await scene.close();
});

it('comes to the same wherever the operator crashes', async () => {
  let crashes = 0;
  for (let write = 1; write <= 20; write++) {
    const scene = await Scene.open(`crash ${write}`, 2);
    await scene.operate();
    await scene.make({ replicas: 3, template: good, renewal });
    await scene.clock.advance(minute);
    const connection: FaultyCluster = new FaultyCluster({
      cluster: scene.cluster,
      clock: scene.clock,
      weather: new Weather(noFaults, seededRandom(write), scene.clock),
      random: seededRandom(write),
      crashAt: { write, moment: write % 2 === 0 ? 'before' : 'after' },
      onCrash: () => {
        crashes++;
        connection.die();
        scene.crash();
      },
    });
    await scene.operate(connection);
    await scene.change({ template: templateOf('app:2') });
    await scene.clock.advance(minute);
    await scene.change({ template: broken });
    await scene.clock.advance(minute);
    await scene.operate();
    await scene.clock.advance(5 * minute);
    const said = await scene.reasonOf('Renewed');
    const images = await imagesOf(scene);
    // where it died before it had seen a container of app:2 ready, that was never proven
    const revisions = (await scene.revisions()).toSorted((a, b) => b.revision - a.revision);
    const expected = revisions[0]?.data?.template.spec?.containers[0]?.image;
    expect([write, said, images]).toEqual([write, 'RolledBack', [expected]]);
    // a crash between the new one and the removal of the old leaves both until the next is proven
    expect(revisions.length).toBeLessThanOrEqual(2);
    await scene.close();
  }
  expect(crashes).toBeGreaterThan(10);
});
