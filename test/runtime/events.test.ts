import { describe, expect, it } from 'vitest';
import { ConfigMap, Event, Node } from '../../src/api/kubernetes.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { EventWriter } from '../../src/runtime/events.js';
import { EventSeries } from '../../src/runtime/event-series.js';
import { silentLogger } from '../../src/support/log.js';
import { hour, minute, second } from '../../src/support/time.js';
import { configMap, makeWorld } from './world.js';

async function recorder({ atOnce, takes = 0 }: { readonly atOnce?: number; readonly takes?: number } = {}) {
  const world = makeWorld();
  const { way, clock, random, server } = world;
  const cluster: Cluster = {
    get: (...of) => way.get(...of),
    list: (...of) => way.list(...of),
    watch: (...of) => way.watch(...of),
    create: async (...of) => {
      if (takes > 0) await clock.sleep(takes);
      return way.create(...of);
    },
    replace: (...of) => way.replace(...of),
    patch: (...of) => way.patch(...of),
    remove: (...of) => way.remove(...of),
  };
  const life = new AbortController();
  const events = new EventWriter({
    cluster,
    clock,
    random,
    logger: silentLogger,
    controller: 'penstock.dev/test',
    instance: 'one',
    signal: life.signal,
    ...(atOnce !== undefined && { atOnce }),
  });
  const object = await server.create(ConfigMap, configMap('a', 'x'));
  const written = async () => (await server.list(Event)).items;
  return { ...world, events, object, written, life };
}

describe('events', () => {
  it('are written in the background, about the object', async () => {
    const { clock, events, object, written } = await recorder();
    events.record(object, 'Warning', 'Broken', 'it broke');
    expect(await written()).toEqual([]);
    await clock.drain();
    const { name, uid, resourceVersion } = object.metadata;
    expect(await written()).toMatchObject([
      {
        metadata: { namespace: 'default', name: expect.stringMatching(/^a\.[a-z0-9]{16}$/) },
        eventTime: '2026-01-01T00:00:00.000000Z',
        type: 'Warning',
        reason: 'Broken',
        action: 'Broken',
        note: 'it broke',
        reportingController: 'penstock.dev/test',
        reportingInstance: 'one',
        regarding: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name, uid, resourceVersion },
      },
    ]);
  });

  it('are written several at once where that is wanted, each once', async () => {
    const { clock, events, server, object, written } = await recorder({ atOnce: 4 });
    for (let i = 0; i < 10; i++) events.record(object, 'Normal', 'Scheduled', `to node ${i}`);
    await clock.drain();
    expect(new Set((await written()).map(({ note }) => note))).toEqual(
      new Set(Array.from({ length: 10 }, (_, i) => `to node ${i}`)),
    );
    expect(server.requests.get('create events')).toBe(10);
  });

  it('need not wait for one that takes long', async () => {
    const { clock, events, object, written } = await recorder({ atOnce: 2, takes: 12 * second });
    events.record(object, 'Normal', 'First', 'it takes long');
    await clock.advance(6 * second);
    events.record(object, 'Normal', 'Second', 'it takes as long');
    await clock.advance(13 * second);
    expect(new Set((await written()).map(({ reason }) => reason))).toEqual(new Set(['First', 'Second']));
  });

  it('that repeat while the first is still being written stay one', async () => {
    const { clock, events, object, written } = await recorder({ atOnce: 2, takes: 12 * second });
    events.record(object, 'Warning', 'Broken', 'it broke');
    await clock.advance(second);
    events.record(object, 'Warning', 'Broken', 'it broke');
    await clock.advance(minute);
    expect((await written()).map(({ series }) => series?.count)).toEqual([2]);
  });

  it('that are equal become one with a count, for as long as they come', async () => {
    const { clock, server, events, object, written } = await recorder();
    for (let i = 0; i < 100; i++) {
      events.record(object, 'Warning', 'Broken', 'it broke');
      await clock.advance(second);
    }
    await clock.advance(minute);
    const [event, ...others] = await written();
    expect(others).toEqual([]);
    expect(event?.series).toMatchObject({ count: 100, lastObservedTime: '2026-01-01T00:01:39.000000Z' });
    expect(server.requests.get('patch events')).toBeLessThanOrEqual(20);
    await clock.advance(11 * minute);
    events.record(object, 'Warning', 'Broken', 'it broke');
    await clock.drain();
    expect((await written()).length).toBe(2);
  });

  it('are limited per object: 25 at once, then one in five minutes', async () => {
    const { clock, server, events, object, written } = await recorder();
    const other = await server.create(Node, { metadata: { name: 'n' } });
    for (let i = 0; i < 100; i++) events.record(object, 'Normal', 'Changed', `change ${i}`);
    events.record(other, 'Normal', 'Changed', 'another object');
    await clock.advance(second);
    expect((await written()).length).toBe(26);
    await clock.advance(hour);
    for (let i = 0; i < 100; i++) events.record(object, 'Normal', 'Changed', `later change ${i}`);
    await clock.advance(second);
    expect((await written()).length).toBe(26 + 12);
  });

  it('are begun anew when the server has dropped the first', async () => {
    const { clock, server, events, object, written } = await recorder();
    events.record(object, 'Normal', 'Seen', 'there');
    await clock.drain();
    const [first] = await written();
    await server.remove(Event, { namespace: 'default', name: first?.metadata.name ?? '' });
    events.record(object, 'Normal', 'Seen', 'there');
    await clock.advance(minute);
    expect(await written()).toMatchObject([{ series: { count: 2 } }]);
  });

  it('are tried again for a while, then given up; nobody who reports ever hears of it', async () => {
    const { clock, way, events, object, written } = await recorder();
    way.faults.refused = 1;
    events.record(object, 'Normal', 'Seen', 'soon');
    await clock.advance(1500);
    way.faults.refused = 0;
    await clock.advance(minute);
    expect((await written()).map(({ note }) => note)).toEqual(['soon']);
    way.faults.refused = 1;
    events.record(object, 'Normal', 'Seen', 'never');
    await clock.advance(minute);
    way.faults.refused = 0;
    events.record(object, 'Normal', 'Seen', 'again');
    await clock.advance(minute);
    expect(new Set((await written()).map(({ note }) => note))).toEqual(new Set(['again', 'soon']));
  });

  it('are cut to what the API takes', async () => {
    const { clock, events, object, written } = await recorder();
    events.record(object, 'Normal', 'R'.repeat(200), 'ä'.repeat(2000));
    await clock.drain();
    const [event] = await written();
    expect(Buffer.byteLength(event?.note ?? '')).toBeLessThanOrEqual(1024);
    expect(event?.reason?.length).toBeLessThanOrEqual(128);
    expect(event?.note).toMatch(/^ä+…$/);
  });

  it('that are collected are written when asked, and none after the end', async () => {
    const { clock, events, object, written, life } = await recorder();
    for (let i = 0; i < 3; i++) events.record(object, 'Normal', 'Seen', 'there');
    await clock.settle(events.flush(), second);
    expect(await written()).toMatchObject([{ series: { count: 3 } }]);
    life.abort();
    events.record(object, 'Normal', 'Seen', 'too late');
    await clock.advance(minute);
    expect((await written()).length).toBe(1);
  });
});

describe('event series', () => {
  it('remember no more than their limit', async () => {
    const { server } = makeWorld();
    const regarding = await server.create(ConfigMap, configMap('a', 'x'));
    const series = new EventSeries(10);
    const report = (note: string) => series.add({ regarding, type: 'Normal', reason: 'R', note }, 0);
    for (let i = 0; i < 100; i++) {
      report(`${i}`);
      report('often');
    }
    expect(series.size).toBe(10);
    expect(report('often').count).toBe(101);
    expect(report('0').count).toBe(1);
  });
});
