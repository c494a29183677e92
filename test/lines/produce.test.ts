import { afterEach, describe, expect, it } from 'vitest';
import type { Pod } from '../../src/api/kubernetes.js';
import { annotations } from '../../src/api/names.js';
import { hour, minute, second } from '../../src/support/time.js';
import { Scene } from './scene.js';

let scene: Scene;
afterEach(() => scene.close());

const warmed = {
  produce: [{ stage: 'provision' }, { stage: 'warm', settings: { minAge: '30s' } }, { stage: 'stock' }],
};
const checked = (own: object = {}) => ({
  produce: [
    { stage: 'provision' },
    { stage: 'webhook', name: 'check', settings: { url: 'http://checks/x', marks: { labels: ['grade'] } }, ...own },
    { stage: 'stock' },
  ],
});

describe('on the way into stock', () => {
  it("a container is nobody's before it has been through", async () => {
    scene = await Scene.open();
    await scene.line('l', warmed);
    await scene.pool('l');
    await scene.claim('early', 2);
    expect(await scene.pods('producing')).toHaveLength(3);
    expect(await scene.poolStatus()).toMatchObject({ ready: 0, starting: 3 });
    expect(await scene.conditions('early')).toMatchObject({ Delivered: 'False Waiting' });
    await scene.clock.advance(25 * second);
    expect(await scene.claimStatus('early')).toMatchObject({ allocated: 0 });
    await scene.clock.advance(10 * second);
    expect(await scene.claimStatus('early')).toMatchObject({ allocated: 2, ready: 2 });
    await scene.clock.advance(minute);
    expect(await scene.poolStatus()).toMatchObject({ ready: 3, starting: 0, delivered: 2 });
  });

  it('the built-in line puts it into stock with its creation', async () => {
    scene = await Scene.open();
    await scene.pool(undefined);
    const pods = await scene.pods('stocked');
    expect(pods).toHaveLength(3);
    const marks = [annotations.line, annotations.stockedAt];
    const writtenLater = ({ metadata }: Pod) => marks.filter((mark) => metadata.annotations?.[mark] !== undefined);
    expect(pods.flatMap(writtenLater)).toEqual([]);
  });

  it("a user's program is asked once for each container, and sets what it may", async () => {
    scene = await Scene.open();
    scene.programs.answer = () => ({ code: 200, body: '{"verdict":"pass","labels":{"grade":"a"}}' });
    await scene.line('l', checked());
    await scene.pool('l');
    await scene.clock.advance(5 * second);
    expect((await scene.pods('stocked')).map(({ metadata }) => metadata.labels?.['grade'])).toEqual(['a', 'a', 'a']);
    await scene.operate();
    await scene.clock.advance(minute);
    expect(scene.programs.countsOf('check')).toEqual([1, 1, 1]);
  });

  it('what it turns down is replaced, one by one and ever more slowly while all are turned down', async () => {
    scene = await Scene.open();
    scene.programs.answer = () => ({ code: 200, body: '{"verdict":"fail","why":"mouldy"}' });
    await scene.line('l', checked({ retries: { count: 0, backoff: '1s' } }));
    await scene.pool('l');
    await scene.clock.advance(5 * minute);
    const { conditions = [] } = (await scene.poolStatus()) ?? {};
    expect(conditions.find(({ type }) => type === 'Degraded')).toMatchObject({
      status: 'True',
      reason: 'StageFailed',
      message: expect.stringContaining('stage check: mouldy'),
    });
    const inTheFirstMinutes = scene.programs.calls.length;
    expect(inTheFirstMinutes).toBeGreaterThan(5);
    expect(inTheFirstMinutes).toBeLessThan(12);
    await scene.clock.advance(hour);
    // five minutes is the longest pause
    expect(scene.programs.calls.length - inTheFirstMinutes).toBeLessThan(16);
    scene.programs.answer = () => ({ code: 200, body: '{"verdict":"pass"}' });
    await scene.clock.advance(6 * minute);
    expect(await scene.poolStatus()).toMatchObject({ ready: 3 });
    expect((await scene.poolStatus())?.conditions?.find(({ type }) => type === 'Degraded')).toMatchObject({
      status: 'False',
    });
  });

  it('what fails is kept aside as far as the line says, and goes in the end', async () => {
    scene = await Scene.open();
    scene.programs.answer = (_, number) =>
      number <= 3 ? { code: 200, body: '{"verdict":"fail","why":"odd"}' } : { code: 200, body: '{"verdict":"pass"}' };
    const line = checked({ retries: { count: 0, backoff: '1s' }, onFailure: 'Quarantine' });
    await scene.line('l', { ...line, quarantine: { most: 2, keepFor: '10m' } });
    await scene.pool('l');
    await scene.clock.advance(2 * minute);
    const aside = await scene.pods('quarantined');
    expect(aside.map(({ metadata }) => metadata.annotations?.[annotations.quarantineReason])).toEqual([
      'stage check: odd',
      'stage check: odd',
    ]);
    expect(await scene.poolStatus()).toMatchObject({ ready: 3, replicas: 3, quarantined: 2 });
    await scene.claim('c', 3);
    expect((await scene.pods('quarantined')).map(({ metadata }) => metadata.uid)).toEqual(
      aside.map(({ metadata }) => metadata.uid),
    );
    await scene.clock.advance(9 * minute);
    expect(await scene.pods('quarantined')).toEqual([]);
    await scene.clock.advance(minute);
    expect(await scene.poolStatus()).toMatchObject({ quarantined: 0 });
  });

  it('what fails goes at the pace of its line, asks nobody again meanwhile, and makes no trouble twice', async () => {
    scene = await Scene.open();
    scene.programs.answer = (_, number) => ({ code: 200, body: `{"verdict":"${number <= 3 ? 'fail' : 'pass'}"}` });
    const reclaim = [{ stage: 'retire', rate: 0.5 }];
    await scene.line('l', { ...checked({ retries: { count: 0, backoff: '1s' } }), reclaim });
    await scene.pool('l');
    const failed = (await scene.pods()).map(({ metadata }) => metadata.uid);
    // the first one has gone at once
    expect(failed).toHaveLength(2);
    await scene.clock.advance(7 * second);
    const left = (await scene.pods()).filter(({ metadata }) => failed.includes(metadata.uid));
    expect([left, scene.programs.calls.length]).toEqual([[], 3]);
    // one that was refused is tried ten seconds later, not once more for each look at those that had to go
    await scene.clock.advance(9 * second);
    expect(scene.programs.calls.length).toBeGreaterThan(3);
  });

  it('images are pulled onto the node before the container starts', async () => {
    scene = await Scene.open();
    const produce = [
      { stage: 'provision' },
      { stage: 'prepull', settings: { images: ['registry.test/later:1', 'registry.test/later:2'] } },
      { stage: 'stock' },
    ];
    await scene.line('l', { produce });
    await scene.pool('l');
    await scene.clock.advance(second);
    const [pod] = await scene.pods('stocked');
    const pulling = pod?.spec?.initContainers?.filter(({ name }) => name.startsWith('penstock-prepull-'));
    expect(pulling?.map(({ image }) => image)).toEqual([
      'busybox:1.37-musl',
      'registry.test/later:1',
      'registry.test/later:2',
    ]);
    expect(pulling?.[2]?.command).toEqual(['/.penstock-prepull/busybox', 'true']);
  });
});

describe('a line that changes', () => {
  it('is worked by as it was when the change breaks it, also by an operator that has just started', async () => {
    scene = await Scene.open();
    await scene.line('l', warmed);
    await scene.pool('l', { replicas: 1 });
    await scene.clock.advance(minute);
    await scene.change('l', { produce: [{ stage: 'provision' }, { stage: 'worm' }, { stage: 'stock' }] });
    expect((await scene.lineStatus('l'))?.conditions).toMatchObject([
      { type: 'Accepted', status: 'False', message: expect.stringContaining('did you mean warm?') },
    ]);
    await scene.operate();
    await scene.claim('c', 1);
    expect(await scene.claimStatus('c')).toMatchObject({ allocated: 1 });
    await scene.clock.advance(10 * second);
    expect(await scene.pods('producing')).toHaveLength(1);
    await scene.clock.advance(30 * second);
    expect(await scene.poolStatus()).toMatchObject({ ready: 1 });
  });

  it('leaves what has begun to the version that it began by', async () => {
    scene = await Scene.open();
    await scene.line('l', warmed);
    await scene.pool('l', { replicas: 2 });
    const before = await scene.pods('producing');
    await scene.change('l', checked());
    await scene.operate();
    await scene.clock.advance(40 * second);
    expect((await scene.pods('stocked')).map(({ metadata }) => metadata.uid)).toEqual(
      before.map(({ metadata }) => metadata.uid),
    );
    expect(scene.programs.calls).toEqual([]);
    await scene.claim('c', 2);
    await scene.clock.advance(5 * second);
    expect(scene.programs.countsOf('check')).toEqual([1, 1]);
    expect(await scene.poolStatus()).toMatchObject({ ready: 2 });
  });

  it('lets go what has begun by a version that is forgotten', async () => {
    scene = await Scene.open();
    await scene.line('l', {
      produce: [
        { stage: 'provision' },
        { stage: 'warm', settings: { minAge: '1h' }, timeout: '2h' },
        { stage: 'stock' },
      ],
    });
    await scene.pool('l', { replicas: 1 });
    const [begun] = await scene.pods('producing');
    for (const age of ['1s', '2s', '3s']) {
      await scene.change('l', {
        produce: [{ stage: 'provision' }, { stage: 'warm', settings: { minAge: age } }, { stage: 'stock' }],
      });
    }
    await scene.clock.advance(20 * second);
    const [stocked] = await scene.pods('stocked');
    expect(stocked?.metadata.uid).not.toBe(begun?.metadata.uid);
    expect(await scene.poolStatus()).toMatchObject({ ready: 1, replicas: 1 });
  });

  it('that never was good, or is not there, is not worked by: pool and claims say why', async () => {
    scene = await Scene.open();
    await scene.pool('l');
    const degraded = async () => (await scene.poolStatus())?.conditions?.find(({ type }) => type === 'Degraded');
    expect(await degraded()).toMatchObject({
      reason: 'LineNotFound',
      message: 'there is no ProductionLine l in namespace default',
    });
    await scene.claim('c', 1, { whenEmpty: 'Cold' });
    expect((await scene.claimStatus('c'))?.conditions?.[0]).toMatchObject({
      type: 'Admitted',
      status: 'False',
      message: 'there is no ProductionLine l in namespace default',
    });
    await scene.line('l', { produce: [{ stage: 'provision' }, { stage: 'x' }, { stage: 'stock' }] });
    expect(await degraded()).toMatchObject({ reason: 'LineNotAccepted' });
    expect(await scene.pods()).toEqual([]);
    await scene.change('l', warmed);
    await scene.clock.advance(minute);
    expect(await scene.poolStatus()).toMatchObject({ ready: 3 });
    expect(await scene.claimStatus('c')).toMatchObject({ ready: 1 });
  });
});
