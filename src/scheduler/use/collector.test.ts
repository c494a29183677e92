import { describe, expect, it } from 'vitest';
import { aNode } from '../../../test/scheduler/nodes.js';
import type { Node } from '../../api/kubernetes.js';
import type { Logger } from '../../support/log.js';
import { seededRandom } from '../../support/random.js';
import { minute, second } from '../../support/time.js';
import { VirtualClock, virtualEpoch } from '../../support/virtual-clock.js';
import { UseCollector, type UseCollectorOptions } from './collector.js';
import type { UseReport, UseSource } from './use-source.js';

/** A log that remembers. */
function recordingLogger() {
  const lines: string[] = [];
  const record = (level: string) => (context: unknown, message?: string) =>
    void lines.push(`${level}: ${message} ${JSON.stringify(context)}`);
  const logger: Logger = {
    debug: () => {},
    info: record('info'),
    warn: record('warn'),
    error: record('error'),
    child: () => logger,
  };
  return { logger, lines };
}

type Read = UseSource['read'];

function scene(read: Read, options: Partial<UseCollectorOptions> = {}) {
  const clock = new VirtualClock();
  const { logger, lines } = recordingLogger();
  const events: string[] = [];
  const nodes: Node[] = [aNode('a'), aNode('b')];
  const readings: number[] = [];
  const collector = new UseCollector({
    source: {
      name: 'scripted',
      read(given, report, signal) {
        readings.push(clock.now() - virtualEpoch);
        return read(given, report, signal);
      },
    },
    nodes: () => nodes,
    clock,
    random: seededRandom(1),
    logger,
    onUse: (node, use) => events.push(`${node} ${use ? use.mean.cpu : 'unknown'}`),
    ...options,
  });
  collector.start();
  return { clock, collector, lines, events, nodes, readings };
}

/** Every node has used so much of its cpu for the last 15 s. */
const using =
  (clock: () => VirtualClock, cpu: (node: string) => number | undefined): Read =>
  (nodes, report) => {
    const to = clock().now();
    for (const { metadata } of nodes) {
      const value = cpu(metadata.name);
      if (value === undefined) report.failure(metadata.name, 'it does not answer');
      else report.sample({ node: metadata.name, from: to - 15 * second, to, use: { cpu: value } });
    }
    return Promise.resolve();
  };

describe('A collector', () => {
  it('reads about every interval, never twice at the same distance, and keeps the mean of a window', async () => {
    let cpu = 100;
    const { clock, collector, readings } = scene(
      using(
        () => clock,
        () => cpu,
      ),
    );
    await clock.advance(5 * minute);
    const pauses = readings.slice(1).map((at, n) => at - readings[n]!);
    expect(new Set(pauses).size).toBe(pauses.length);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(13.5 * second);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(16.5 * second);
    expect(collector.use('a')).toMatchObject({ mean: { cpu: expect.closeTo(100, 9) } });
    cpu = 300;
    await clock.advance(10 * minute);
    const use = collector.use('a');
    expect(use?.mean.cpu).toBeCloseTo(300, 9);
    // readings may lie 16.5 s apart, of which a sample covers 15: the window itself is 5 min
    expect(use && use.to - use.from).toBeGreaterThan(4.9 * minute);
    expect(use && use.to - use.from).toBeLessThanOrEqual(5 * minute);
    await collector.stop();
  });

  it('does the same again with the same seed', async () => {
    const run = async () => {
      const noise = seededRandom('cpu');
      const { clock, collector, readings, events } = scene(
        using(
          () => clock,
          () => noise.uniform(),
        ),
      );
      await clock.advance(3 * minute);
      await collector.stop();
      return { readings, events, status: collector.status() };
    };
    expect(await run()).toEqual(await run());
  });

  it('says of a node that does not answer why, and that its figures count no more once they are too old', async () => {
    let answers = true;
    const { clock, collector, events, lines } = scene(
      using(
        () => clock,
        (node) => (node === 'a' || answers ? 100 : undefined),
      ),
    );
    await clock.advance(20 * second);
    answers = false;
    const lastOfB = collector.use('b')?.to ?? 0;
    await clock.advance(60 * second);
    expect(collector.use('b')).toBeDefined();
    expect(collector.why('b')).toBe('it does not answer');
    // default: three intervals and 30 s, to the millisecond, whenever the next reading is
    await clock.advance(lastOfB + 75 * second - clock.now());
    expect(collector.use('b')).toBeDefined();
    expect(events).not.toContain('b unknown');
    await clock.advance(1);
    expect(collector.use('b')).toBeUndefined();
    expect(events.filter((event) => event === 'b unknown')).toHaveLength(1);
    expect(collector.why('b')).toBe('no newer figures for 1m15s: it does not answer');
    expect(collector.why('a')).toBeUndefined();
    expect(collector.status()).toMatchObject({ state: 'up', nodes: { fresh: 1, stale: 1 } });
    expect(lines).toEqual([]);
    answers = true;
    await clock.advance(20 * second);
    expect(collector.why('b')).toBeUndefined();
    expect(events.at(-1)).toBe('b 100');
    await collector.stop();
  });

  it('says once that its source is down, asks it ever more rarely, and says once that it is back', async () => {
    let down = false;
    const { clock, collector, lines, readings, events } = scene((nodes, report, signal) =>
      down
        ? Promise.reject(new Error('refused'))
        : using(
            () => clock,
            () => 100,
          )(nodes, report, signal),
    );
    await clock.advance(minute);
    down = true;
    const before = readings.length;
    await clock.advance(20 * minute);
    expect(lines).toEqual([
      'warn: the use of nodes cannot be read: estimates stand for it {"source":"scripted","error":"refused"}',
    ]);
    expect(collector.status()).toMatchObject({
      source: 'scripted',
      state: 'down',
      error: 'refused',
      nodes: { stale: 2 },
    });
    expect(events.slice(-2)).toEqual(['a unknown', 'b unknown']);
    expect(collector.why('a')).toMatch(/^no newer figures for \d+m\d+s: refused$/);
    // 15, 30, 60, then 120 s at most and half of that at least: some 12 to 22 in 20 min instead of 80
    expect(readings.length - before).toBeGreaterThan(10);
    expect(readings.length - before).toBeLessThan(24);
    down = false;
    await clock.advance(2 * minute);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe('info: the use of nodes can be read again {"source":"scripted"}');
    expect(collector.status()).toMatchObject({ state: 'up', nodes: { fresh: 2, stale: 0 } });
    expect(collector.status().error).toBeUndefined();
    await collector.stop();
  });

  it('takes a source that fails for every node for one that is down', async () => {
    const { clock, collector, lines } = scene(
      using(
        () => clock,
        () => undefined,
      ),
    );
    await clock.advance(minute);
    expect(collector.status()).toMatchObject({ state: 'down', error: 'no node could be read: a: it does not answer' });
    expect(lines).toHaveLength(1);
    expect(collector.why('a')).toMatch(/^no figures for .*: no node could be read: a: it does not answer$/);
    await collector.stop();
  });

  it('does not take a source for down that has nothing newer', async () => {
    const { clock, collector, lines } = scene(() => Promise.resolve());
    await clock.advance(3 * minute);
    expect(collector.status()).toMatchObject({ state: 'up', nodes: { fresh: 0, stale: 2 } });
    expect(collector.why('a')).toBe('no figures for 2m59s');
    expect(lines).toEqual([]);
    await collector.stop();
  });

  it('breaks off a reading that does not end, keeps what it has reported, and hears no more of it', async () => {
    let late: UseReport | undefined;
    let aborted = 0;
    const { clock, collector, readings } = scene((nodes, report, signal) => {
      signal.addEventListener('abort', () => aborted++);
      if (!late) {
        late = report;
        report.sample({ node: 'a', from: clock.now() - 1, to: clock.now(), use: { cpu: 1 } });
        return new Promise(() => {});
      }
      return using(
        () => clock,
        (node) => (node === 'a' ? 5 : undefined),
      )(nodes, report, signal);
    });
    await clock.advance(18 * second);
    expect({ aborted, readings: readings.length, use: collector.use('a')?.mean }).toEqual({
      aborted: 1,
      readings: 2,
      use: { cpu: expect.closeTo(5, 2) },
    });
    late?.sample({ node: 'b', from: clock.now() - 1, to: clock.now(), use: { cpu: 9 } });
    expect(collector.use('b')).toBeUndefined();
    await collector.stop();
  });

  it('forgets nodes that are gone, and begins anew with one that has the name of another', async () => {
    const { clock, collector, nodes, events } = scene(
      using(
        () => clock,
        (node) => (node === 'a' ? 100 : 200),
      ),
    );
    await clock.advance(minute);
    nodes.splice(1, 1, aNode('c'));
    await clock.advance(20 * second);
    expect([collector.use('b'), collector.use('c')?.mean]).toEqual([undefined, { cpu: 200 }]);
    expect(collector.why('b')).toBe('the node has not been read yet');
    nodes.splice(0, 1, aNode('a', { uid: 'another' }));
    await clock.advance(20 * second);
    expect(events).toContain('a unknown');
    expect(collector.use('a')).toMatchObject({ mean: { cpu: 100 } });
    const use = collector.use('a');
    expect(use && use.to - use.from).toBeLessThan(32 * second);
    await collector.stop();
  });

  it('knows no figures that come too late to count', async () => {
    const { clock, collector, events } = scene((nodes, report) => {
      const to = clock.now() - 10 * minute;
      for (const { metadata } of nodes) report.sample({ node: metadata.name, from: to - second, to, use: { cpu: 1 } });
      return Promise.resolve();
    });
    await clock.advance(minute);
    expect([collector.use('a'), events]).toEqual([undefined, []]);
    await collector.stop();
  });

  it('knows what pods use while their node is known', async () => {
    let answers = true;
    const { clock, collector } = scene((_, report) => {
      const to = clock.now();
      const pods = new Map([['ns/p', { cpu: 40 }]]);
      if (answers) report.sample({ node: 'a', from: to - 15 * second, to, use: { cpu: 100 }, pods });
      return Promise.resolve();
    });
    await clock.advance(minute);
    expect(collector.podUse('a', 'ns/p')).toMatchObject({ mean: { cpu: 40 }, variance: { cpu: 0 } });
    expect([collector.podUse('b', 'ns/p'), collector.podUse('a', 'ns/q')]).toEqual([undefined, undefined]);
    answers = false;
    await clock.advance(2 * minute);
    expect(collector.podUse('a', 'ns/p')).toBeUndefined();
    await collector.stop();
  });

  it('leaves nothing running when it is stopped, in a reading or between two', async () => {
    for (const moment of [500, 3 * second, 15 * second]) {
      const { clock, collector, readings } = scene((nodes, report, signal) =>
        clock.now() - virtualEpoch > 10 * second
          ? new Promise(() => {})
          : using(
              () => clock,
              () => 1,
            )(nodes, report, signal),
      );
      await clock.advance(moment);
      await clock.settle(collector.stop(), second);
      const before = readings.length;
      expect(await clock.runUntil(() => false, 10 * minute)).toBe(false);
      expect(readings).toHaveLength(before);
      expect(clock.now() - virtualEpoch).toBe(moment);
    }
  });
});
