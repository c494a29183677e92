import { afterEach, describe, expect, it } from 'vitest';
import { ContainerMigration } from '../../src/api/container-migration.js';
import { latch } from '../../src/api/latch.js';
import { findCondition } from '../../src/runtime/index.js';
import { minute, second } from '../../src/support/time.js';
import { Scene } from './scene.js';
import { cleanable } from '../objects.js';

let scene: Scene;
afterEach(() => scene.close());

const webhook = (name: string, own: object = {}) => ({ stage: 'webhook', name, settings: { url: 'http://p' }, ...own });
const supervised = {
  template: cleanable(),
  latch: latch.parse({ mode: 'Supervise', reuse: 'SameTenant', grace: '1s', scrubDeadline: '1s' }),
};
const chain = [webhook('archive'), { stage: 'scrub' }, webhook('sign-off'), { stage: 'retire' }];
const idsIn = async (state: string) => (await scene.pods(state)).map(({ metadata: { uid } }) => uid).toSorted();

async function claimAndRelease(name: string, count: number, tenant?: string): Promise<readonly string[]> {
  await scene.claim(name, count, tenant === undefined ? {} : { tenant });
  await scene.clock.advance(5 * second);
  const held = await idsIn('delivered');
  await scene.release(name);
  await scene.clock.advance(minute);
  return held;
}

/** Migrates all of a claim back to its pool; returns what became of that. */
async function migrateBack(claim: string): Promise<ContainerMigration['status']> {
  const [namespace, name] = ['default', `${claim}-back`];
  await scene.world.cluster.create(ContainerMigration, {
    metadata: { namespace, name },
    spec: {
      from: { kind: 'ContainerClaim', name: claim },
      to: { kind: 'ContainerPool', name: 'pool' },
      tenant: 'blue',
      order: 'Oldest',
      keepSource: false,
      paused: false,
      cancelled: false,
    },
  });
  await scene.clock.advance(minute);
  return (await scene.world.cluster.get(ContainerMigration, { namespace, name })).status;
}

describe('the chain reclaim', () => {
  it('has each container pass what stands before scrub once for each claim, and none of what follows', async () => {
    scene = await Scene.open();
    await scene.line('l', { reclaim: chain });
    await scene.pool('l', supervised);
    const first = await claimAndRelease('a', 2, 'blue');
    expect(await idsIn('kept')).toEqual(first);
    expect(scene.programs.countsOf('archive')).toEqual([1, 1]);
    expect(await claimAndRelease('b', 2, 'blue')).toEqual(first);
    expect(await idsIn('kept')).toEqual(first);
    expect(scene.programs.countsOf('archive')).toEqual([2, 2]);
    expect(scene.programs.countsOf('sign-off')).toEqual([]);
  });

  it('has what nobody may use again pass all of its stages', async () => {
    scene = await Scene.open();
    await scene.line('l', { reclaim: chain });
    await scene.pool('l', supervised);
    const gone = await claimAndRelease('a', 2);
    expect((await scene.pods()).filter(({ metadata: { uid } }) => gone.includes(uid))).toEqual([]);
    expect(scene.programs.countsOf('archive')).toEqual([1, 1]);
    expect(scene.programs.countsOf('sign-off')).toEqual([1, 1]);
  });

  it('is not held up by a program that turns containers down, unless the line says to try again', async () => {
    scene = await Scene.open();
    scene.programs.answer = ({ url }, number) =>
      url === 'http://p' && number > 2 ? { code: 200, body: '{"verdict":"pass"}' } : { code: 503, body: 'no' };
    const patient = webhook('archive', { retries: { count: 0, backoff: '1s' }, onFailure: 'Retry' });
    await scene.line('l', { reclaim: [patient, { stage: 'retire' }] });
    await scene.pool('l');
    await scene.claim('a', 1);
    const [held] = await idsIn('delivered');
    await scene.release('a');
    await scene.clock.advance(second);
    expect((await scene.pods()).map(({ metadata: { uid } }) => uid)).toContain(held);
    await scene.clock.advance(minute);
    expect((await scene.pods()).map(({ metadata: { uid } }) => uid)).not.toContain(held);
    expect(scene.programs.countsOf('archive')).toEqual([3]);
  });

  it('deletes at the rate of its line', async () => {
    scene = await Scene.open();
    await scene.line('l', { reclaim: [{ stage: 'retire', rate: 0.1 }] });
    await scene.pool('l', { replicas: 4 });
    await scene.claim('a', 4);
    const held = await idsIn('delivered');
    await scene.release('a');
    const left = async () => (await scene.pods()).filter(({ metadata: { uid } }) => held.includes(uid)).length;
    const seen: number[] = [];
    for (let look = 0; look < 4; look++) {
      seen.push(await left());
      await scene.clock.advance(10 * second);
    }
    expect(seen).toEqual([4, 2, 1, 0]);
  });

  it('is passed up to scrub by what a migration brings back from a claim', async () => {
    scene = await Scene.open();
    await scene.line('l', { reclaim: chain });
    await scene.pool('l', supervised);
    await scene.claim('a', 2, { tenant: 'blue' });
    const held = await idsIn('delivered');
    expect(await migrateBack('a')).toMatchObject({ moved: 2, desired: 2 });
    expect(await idsIn('kept')).toEqual(held);
    expect(scene.programs.countsOf('archive')).toEqual([1, 1]);
    expect(scene.programs.countsOf('sign-off')).toEqual([]);
  });

  it('lets no migration bring back anything when it has no scrub', async () => {
    scene = await Scene.open();
    await scene.line('l', { reclaim: [{ stage: 'retire' }] });
    await scene.pool('l', supervised);
    await scene.claim('a', 2, { tenant: 'blue' });
    const held = await idsIn('delivered');
    const status = await migrateBack('a');
    expect(findCondition(status?.conditions, 'Compatible')).toMatchObject({
      status: 'False',
      message: expect.stringMatching(/production line l of pool pool has no stage scrub/),
    });
    expect(await idsIn('delivered')).toEqual(held);
  });
});
