/** An API server that takes few writes at once, and answers "later" to all others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlPlane, lacks } from '../control-plane/binaries.js';
import { expectKeptOnce } from './promise.js';
import { operatorUser, Scene } from './scene.js';

const size = 500;
/** Far fewer than the operator has in flight. Nodes and scheduler are not held back: the server exempts administrators. */
const narrow = ['--enable-priority-and-fairness=false', '--max-mutating-requests-inflight=2'];

describe.skipIf(lacks(controlPlane, 'storms of 429'))('a storm of 429', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({ apiServerFlags: narrow });
    await scene.pool('boxes', { replicas: size });
    // an administrator makes the stock quickly
    const quick = await scene.operatorAs(scene.plane.kubeconfig);
    await scene.full('boxes');
    await scene.refill('boxes', 'paused');
    await quick.stop();
    await scene.operator();
  });
  afterAll(() => scene?.close());

  it('costs a claim of 500 nothing but time', async () => {
    const begin = scene.moment();
    await scene.claim('stormy', { pool: { name: 'boxes' }, items: [{ name: 'job', count: size }] });
    const { later, ...delivered } = await scene.settledWithoutRefill('stormy');
    // an answer may be lost too: the Lease is renewed by a write like any other, and an operator that loses it lets go of all
    expectKeptOnce(delivered);
    expect(later).toEqual([]);

    const refused = delivered.writes.filter(
      ({ user, code, resource, at }) => user === operatorUser && code === 429 && resource === 'pods' && at > begin,
    );
    expect(refused.length).toBeGreaterThan(size / 10);
  });
});
