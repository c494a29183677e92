import { expect, it } from 'vitest';
import type { Cluster } from '../../src/cluster/cluster.js';
import type { Clock } from '../../src/support/clock.js';
import { second } from '../../src/support/time.js';
import { wrapped } from '../wrapped-cluster.js';
import { Scene } from './scene.js';

/** More than are handed over at once: the first are missed in the stock while the last are on their way. */
const asked = 60;

it('makes nothing for the stock before a claim that is being delivered has its status', async () => {
  const scene = await Scene.open(1, 3, 0.5 * second);
  const written: string[] = [];
  await scene.operate(slow(scene.cluster, scene.clock, written));
  await scene.make({ replicas: 2 * asked });
  await scene.clock.advance(20 * second);
  written.length = 0;
  await scene.claim('claim', asked);
  await scene.clock.advance(20 * second);
  scene.crash();
  const writes = written.filter((write) => ['patch Pod', 'patch ContainerClaim', 'create Pod'].includes(write));
  expect(writes.slice(0, asked + 1)).toEqual([...Array(asked).fill('patch Pod'), 'patch ContainerClaim']);
  expect(writes.filter((write) => write === 'create Pod')).toHaveLength(asked);
});

/** Each write takes a while. A creation is noted when it begins, a patch when it is done. */
function slow(cluster: Cluster, clock: Clock, written: string[]): Cluster {
  return wrapped(cluster, {
    create: async (kind, ...rest) => {
      written.push(`create ${kind.name}`);
      await clock.sleep(30);
      return cluster.create(kind, ...rest);
    },
    patch: async (kind, ...rest) => {
      await clock.sleep(30);
      written.push(`patch ${kind.name}`);
      return cluster.patch(kind, ...rest);
    },
  });
}
