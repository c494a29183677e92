/** An API server that goes away, says "later" or holds still in the middle of a claim of 500. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { second } from '../../src/support/time.js';
import { controlPlane, lacks } from '../control-plane/binaries.js';
import { expectAround, expectKeptOnce } from './promise.js';
import { Scene } from './scene.js';

const size = 500;

describe.skipIf(lacks(controlPlane, 'faults of the API server'))('in the middle of a claim of 500', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
    await scene.pool('boxes', { replicas: size });
  });
  afterEach(() => scene.clear());
  afterAll(() => scene?.close());

  /** Nothing is answered between `stop` and `go`. */
  const faults = [
    {
      name: 'the API server is restarted',
      stop: () => scene.plane.stopApiServer(),
      go: () => scene.plane.startApiServer(),
    },
    {
      name: 'the API server is killed, and started again',
      stop: () => scene.plane.stopApiServer('SIGKILL'),
      go: () => scene.plane.startApiServer(),
    },
    {
      name: 'etcd holds still for five seconds',
      stop: async () => {
        scene.plane.stall('etcd');
        await scene.clock.sleep(5 * second);
      },
      go: async () => scene.plane.resume('etcd'),
    },
  ];

  it.each(faults)('$name', async (fault) => {
    await scene.operator();
    await scene.full('boxes');
    await scene.claim('work', { pool: { name: 'boxes' }, items: [{ name: 'job', count: size }] });
    const begin = await scene.delivered('work', 50);
    await fault.stop();
    const end = scene.moment();
    await fault.go();
    const { later, ...delivered } = await scene.settled('work', 'boxes');
    expectAround(expectKeptOnce(delivered), begin, end);
    expect(later).toEqual([]);
  });
});
