/** Operators that die, or do not know of one another, in the middle of a claim of 500. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { controlPlane, lacks } from '../control-plane/binaries.js';
import { expectAround, expectKept, expectKeptOnce } from './promise.js';
import { Scene } from './scene.js';

const size = 500;
const wanted = { pool: { name: 'boxes' }, items: [{ name: 'job', count: size }] };

describe.skipIf(lacks(controlPlane, 'faults of the operator'))('in the middle of a claim of 500', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
    await scene.pool('boxes', { replicas: size });
  });
  afterEach(async () => {
    await scene.clear();
  });
  afterAll(() => scene?.close());

  it('the operator is killed, and started again', async () => {
    const first = await scene.operator();
    await scene.full('boxes');
    await scene.claim('killed', wanted);
    await scene.delivered('killed', 50);
    await first.kill();
    const dead = scene.moment();
    await scene.operator();
    const { later, ...delivered } = await scene.settled('killed', 'boxes');
    expectAround(expectKeptOnce(delivered), dead);
    expect(later).toEqual([]);
  });

  it('the operator is killed, and the one that stands by takes over', async () => {
    const leader = await scene.operator();
    await scene.full('boxes');
    await scene.operator();
    await scene.claim('taken-over', wanted);
    await scene.delivered('taken-over', 50);
    await leader.kill();
    const dead = scene.moment();
    const { later, ...delivered } = await scene.settled('taken-over', 'boxes');
    expectAround(expectKeptOnce(delivered), dead);
    expect(later).toEqual([]);
  });

  it('two operators are active at once', async () => {
    await scene.operator('--no-leader-elect');
    await scene.operator('--no-leader-elect');
    await scene.full('boxes');
    await scene.claim('contended', wanted);
    const { later, ...delivered } = await scene.settled('contended', 'boxes');
    const given = expectKept(delivered);
    // each number that went to two containers has one now: the others went to another number, or back out
    expect(given.length).toBeGreaterThanOrEqual(size);
    expect(later).toEqual([]);
  });
});
