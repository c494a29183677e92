import { context, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it } from 'vitest';
import { latch } from '../../src/api/latch.js';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { annotations } from '../../src/api/names.js';
import { defaultLine } from '../../src/api/production-line.js';
import type { Command, Executor } from '../../src/cluster/executor.js';
import { minute, second } from '../../src/support/time.js';
import { Scene } from './scene.js';
import { cleanable } from '../objects.js';

let scene: Scene;
afterEach(() => scene.close());

const delivery = [...defaultLine.deliver];
const notify = (name: string, settings: object, own: object = {}) => ({ stage: 'notify', name, settings, ...own });
const http = (name: string) => ({ http: { url: `http://hooks/${name}` } });

describe('a container that does not become ready after its delivery', () => {
  const slow = (initialDelaySeconds: number) => ({
    template: {
      spec: {
        containers: [
          {
            name: 'main',
            image: 'registry.test/app:1',
            command: ['/app'],
            readinessProbe: { exec: { command: ['x'] }, initialDelaySeconds },
          },
        ],
      },
    },
    latch: latch.parse({ mode: 'Exec' }),
  });
  const verified = { deliver: delivery.map((one) => (one.stage === 'verify' ? { ...one, timeout: '2m' } : one)) };

  it('is replaced, until one is ready', async () => {
    scene = await Scene.open();
    await scene.line('l', verified);
    await scene.pool('l', slow(7 * 60));
    await scene.claim('c', 1, { deadline: '30m' });
    const [first] = await scene.pods('delivered');
    expect(await scene.claimStatus('c')).toMatchObject({ allocated: 1, configured: 1, ready: 0 });
    await scene.clock.advance(2.2 * minute);
    const [second_] = await scene.pods('delivered');
    expect(second_?.metadata.uid).not.toBe(first?.metadata.uid);
    expect(await scene.claimStatus('c')).toMatchObject({ allocated: 1, ready: 0, replaced: 1 });
    expect(await scene.conditions('c')).toMatchObject({ Admitted: 'True Admitted', Ready: 'False NotReady' });
    await scene.clock.advance(6 * minute);
    expect(await scene.claimStatus('c')).toMatchObject({ allocated: 1, ready: 1 });
  });

  it('stays when the deadline of its claim has passed', async () => {
    scene = await Scene.open();
    await scene.line('l', verified);
    await scene.pool('l', slow(60 * 60));
    await scene.claim('c', 1, { deadline: '3m' });
    await scene.clock.advance(3 * minute);
    const [before] = await scene.pods('delivered');
    expect(await scene.claimStatus('c')).toMatchObject({ replaced: 1 });
    await scene.clock.advance(20 * minute);
    expect((await scene.pods('delivered')).map(({ metadata }) => metadata.uid)).toEqual([before?.metadata.uid]);
  });
});

describe('hooks after delivery', () => {
  it('are called once for each container, always or where the claim asks, and told in a condition', async () => {
    scene = await Scene.open();
    await scene.line('l', {
      deliver: [...delivery, notify('announce', http('a')), notify('register', { when: 'Asked', ...http('r') })],
    });
    await scene.pool('l');
    await scene.claim('plain', 2);
    expect(await scene.conditions('plain')).toMatchObject({ Ready: 'True AllReady', Notified: 'True HooksDone' });
    await scene.claim('asking', 1, { hooks: ['register'] });
    await scene.clock.advance(10 * second);
    expect(await scene.conditions('asking')).toMatchObject({ Notified: 'True HooksDone' });
    await scene.operate();
    await scene.clock.advance(10 * minute);
    expect(scene.programs.countsOf('announce')).toEqual([1, 1, 1]);
    expect(scene.programs.countsOf('register')).toEqual([1]);
  });

  it('are tried again, and given up without harm to the container', async () => {
    scene = await Scene.open();
    scene.programs.answer = ({ url }) => ({ code: url.endsWith('/a') ? 503 : 200, body: '' });
    await scene.line('l', {
      deliver: [
        ...delivery,
        notify('announce', http('a'), { retries: { count: 2, backoff: '10s' } }),
        notify('later', http('b')),
      ],
    });
    await scene.pool('l');
    await scene.claim('c', 2);
    const [pod] = await scene.pods('delivered');
    expect(await scene.conditions('c')).toMatchObject({ Ready: 'True AllReady', Notified: 'False Notifying' });
    await scene.clock.advance(minute);
    expect(await scene.conditions('c')).toMatchObject({ Ready: 'True AllReady', Notified: 'False HookFailed' });
    expect((await scene.claimStatus('c'))?.conditions?.find(({ type }) => type === 'Notified')?.message).toMatch(
      /^hook announce failed for 2 of 2 containers, such as \S+: stage announce: http:\/\/hooks answered with 503$/,
    );
    await scene.operate();
    await scene.clock.advance(10 * minute);
    expect(scene.programs.countsOf('announce')).toEqual([3, 3]);
    expect(scene.programs.countsOf('later')).toEqual([1, 1]);
    expect((await scene.pods('delivered')).map(({ metadata }) => metadata.uid)).toContain(pod?.metadata.uid);
  });

  it('replace the container when the line says so', async () => {
    scene = await Scene.open();
    scene.programs.answer = (_, number) => ({ code: number === 1 ? 500 : 200, body: '' });
    await scene.line('l', {
      deliver: [...delivery, notify('a', http('a'), { retries: { count: 0, backoff: '1s' }, onFailure: 'Discard' })],
    });
    await scene.pool('l');
    await scene.claim('c', 1);
    await scene.clock.advance(10 * second);
    expect(scene.programs.calls).toHaveLength(2);
    expect(await scene.claimStatus('c')).toMatchObject({ allocated: 1, ready: 1 });
    expect(await scene.conditions('c')).toMatchObject({ Notified: 'True HooksDone' });
  });

  it("keep the container aside when the line says so: it is nobody's then", async () => {
    scene = await Scene.open();
    scene.programs.answer = (_, number) => ({ code: number === 1 ? 500 : 200, body: '' });
    await scene.line('l', {
      deliver: [...delivery, notify('a', http('a'), { retries: { count: 0, backoff: '1s' }, onFailure: 'Quarantine' })],
    });
    await scene.pool('l');
    await scene.claim('c', 1);
    await scene.clock.advance(10 * second);
    const [aside] = await scene.pods('quarantined');
    expect(aside?.metadata.labels?.['penstock.dev/claim']).toBeUndefined();
    expect(aside?.metadata.ownerReferences).toMatchObject([{ kind: 'ContainerPool' }]);
    expect(await scene.claimStatus('c')).toMatchObject({ allocated: 1, ready: 1 });
  });

  it('that the line does not have are not asked for in vain: the claim is refused', async () => {
    scene = await Scene.open();
    await scene.line('l', { deliver: [...delivery, notify('announce', http('a'))] });
    await scene.pool('l');
    await scene.claim('c', 1, { hooks: ['register'] });
    expect((await scene.claimStatus('c'))?.conditions?.[0]).toMatchObject({
      status: 'False',
      message: 'asks for the hook register; the line of its pool has announce',
    });
    expect(await scene.pods('stocked')).toHaveLength(3);
  });

  it('do not come to containers that were delivered before the line had them', async () => {
    scene = await Scene.open();
    await scene.line('l', {});
    await scene.pool('l');
    await scene.claim('before', 1);
    await scene.change('l', { deliver: [...delivery, notify('announce', http('a'))] });
    await scene.claim('after', 1);
    await scene.operate();
    await scene.clock.advance(minute);
    const names = (await scene.pods('delivered')).filter(
      ({ metadata }) => metadata.labels?.['penstock.dev/claim'] === 'after',
    );
    expect(scene.programs.calls.map(({ body }) => body.pod.name)).toEqual(names.map(({ metadata }) => metadata.name));
  });

  it('run programs in the container where there are real ones, and say so where there are none', async () => {
    const line = { deliver: [...delivery, notify('greet', { exec: { command: ['/greet', 'hi'] } })] };
    const ran: Command[] = [];
    const executor: Executor = { run: async (command) => (ran.push(command), { code: 0, output: '' }) };
    scene = await Scene.open({}, () => ({ executor }));
    await scene.line('l', line);
    await scene.pool('l');
    await scene.claim('c', 1);
    const [pod] = await scene.pods('delivered');
    expect(ran).toMatchObject([{ pod: pod?.metadata.name, container: 'main', command: ['/greet', 'hi'] }]);
    scene.close();

    scene = await Scene.open();
    await scene.line('l', line);
    await scene.pool('l');
    await scene.claim('c', 1);
    await scene.clock.advance(minute);
    expect((await scene.claimStatus('c'))?.conditions?.find(({ type }) => type === 'Notified')?.message).toContain(
      'no program can be run in a container here: the embedded cluster has only simulated ones',
    );
  });
});

describe('without resize', () => {
  it('a line does not serve claims that ask for a size', async () => {
    scene = await Scene.open();
    await scene.line('l', { deliver: delivery.filter(({ stage }) => stage !== 'resize') });
    await scene.pool('l');
    await scene.claim('sized', 1, { items: [{ count: 1, resources: { requests: { cpu: '10m' } } }] });
    expect((await scene.claimStatus('sized'))?.conditions?.[0]).toMatchObject({
      status: 'False',
      reason: 'NotAllowed',
    });
    await scene.claim('plain', 1);
    expect(await scene.claimStatus('plain')).toMatchObject({ ready: 1 });
  });
});

describe('what is measured', () => {
  it('stands in the status of the claim, and costs no write', async () => {
    scene = await Scene.open();
    await scene.pool(undefined);
    await scene.claim('c', 2);
    const status = await scene.claimStatus('c');
    expect(status?.stages).toEqual(
      ['hand-over', 'resize', 'configure', 'verify'].map((stage) => ({
        stage,
        start: 0,
        count: 2,
        p50: 0,
        max: 0,
        failed: 0,
      })),
    );
    const version = async () => (await scene.world.cluster.list(ContainerClaim)).items[0]?.metadata.resourceVersion;
    const before = await version();
    await scene.clock.advance(10 * minute);
    expect(await version()).toBe(before);
  });

  it('counts the whole time that a container was in a stage, however often it was asked', async () => {
    scene = await Scene.open();
    scene.programs.answer = (_, number) =>
      number <= 3
        ? { code: 200, body: '{"verdict":"retry","why":"wait","after":"4s"}' }
        : { code: 200, body: '{"verdict":"pass"}' };
    await scene.line('l', {
      deliver: [
        ...delivery,
        { stage: 'webhook', name: 'score', settings: { url: 'http://s' } },
        notify('a', http('a')),
      ],
    });
    await scene.pool('l');
    await scene.claim('c', 1);
    await scene.clock.advance(minute);
    const stages = (await scene.claimStatus('c'))?.stages;
    expect(stages?.map(({ stage }) => stage)).toEqual(['hand-over', 'resize', 'configure', 'verify', 'score', 'a']);
    expect(stages?.find(({ stage }) => stage === 'score')).toMatchObject({ start: 0, count: 1, p50: 12 * second });
    expect(stages?.find(({ stage }) => stage === 'a')).toMatchObject({ start: 12 * second, count: 1 });
  });

  it('is one span for a claim, and below it one for each container in each stage', async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    trace.setGlobalTracerProvider(provider);
    try {
      scene = await Scene.open();
      await scene.pool(undefined);
      await scene.claim('traced', 2);
      await scene.clock.advance(minute);
      const spans = exporter.getFinishedSpans();
      const [claim, ...others] = spans.filter(({ name }) => name === 'claim');
      expect(others).toEqual([]);
      expect(claim?.attributes).toMatchObject({ 'penstock.claim': 'traced', 'k8s.namespace.name': 'default' });
      const stages = spans.filter(({ name }) => name !== 'claim');
      expect(new Set(stages.map(({ parentSpanContext }) => parentSpanContext?.spanId))).toEqual(
        new Set([claim?.spanContext().spanId]),
      );
      expect(stages.map(({ name }) => name).toSorted()).toEqual(
        ['hand-over', 'resize', 'configure', 'verify'].flatMap((name) => [name, name]).toSorted(),
      );
    } finally {
      trace.disable();
      context.disable();
    }
  });
});

it('notes what it goes by on the containers, and takes it away from what comes back', async () => {
  scene = await Scene.open();
  const supervised = latch.parse({ mode: 'Supervise', reuse: 'SameTenant' });
  const template = cleanable();
  await scene.line('l', { deliver: [...delivery, notify('announce', http('a'))] });
  await scene.pool('l', { latch: supervised, template, replicas: 1 });
  await scene.claim('c', 1, { tenant: 'blue' });
  await scene.clock.advance(10 * second);
  const [pod] = await scene.pods('delivered');
  expect(pod?.metadata.annotations).toMatchObject({
    [annotations.line]: expect.stringMatching(/^l@1\./),
    [annotations.passed]: 'announce',
  });
  await scene.world.cluster.remove(ContainerClaim, { namespace: 'default', name: 'c' });
  await scene.clock.advance(minute);
  const [back] = await scene.pods('kept');
  expect(back?.metadata.uid).toBe(pod?.metadata.uid);
  expect(back?.metadata.annotations?.[annotations.passed]).toBeUndefined();
  await scene.claim('again', 1, { tenant: 'blue' });
  await scene.clock.advance(10 * second);
  expect(scene.programs.countsOf('announce')).toEqual([2]);
});
