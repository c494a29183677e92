/** An informer of two parts: what has a label, and the rest on demand. Both watches go their own pace. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigMap } from '../../src/api/kubernetes.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { cachedCluster, Informers } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { hour, minute, second } from '../../src/support/time.js';
import { noFaults } from './flaky-cluster.js';
import { makeWorld, tell } from './world.js';

const label = 'example.com/ours';
const ours = { labels: { [label]: 'yes' } };
const map = (name: string, isOurs: boolean) => ({ metadata: { namespace: 'default', name, ...(isOurs && ours) } });
const become = (isOurs: boolean) => mergePatch({ metadata: { labels: { [label]: isOurs ? 'yes' : null } } });

function split(seed = 1) {
  const world = makeWorld(seed, { historyLimit: 50 });
  const { clock, random, way } = world;
  const informers = new Informers({ cluster: way, clock, random, logger: silentLogger });
  const informer = informers.of(ConfigMap);
  const rest = informer.splitBy(label);
  const own = cachedCluster(way, informers);
  return { ...world, informer, rest, own };
}

const namesIn = (objects: Iterable<ConfigMap>) => [...objects].map(({ metadata }) => metadata.name).sort();

const names = fc.constantFrom('a', 'b');
const who = fc.constantFrom('own' as const, 'other' as const);
const step = fc.oneof(
  fc.record({ do: fc.constant('create' as const), who, name: names, isOurs: fc.boolean() }),
  fc.record({ do: fc.constant('become' as const), who, name: names, isOurs: fc.boolean() }),
  fc.record({ do: fc.constant('remove' as const), who, name: names, isOurs: fc.boolean() }),
  fc.record({ do: fc.constant('wait' as const), time: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ do: fc.constant('need' as const), isNeeded: fc.boolean() }),
  fc.record({ do: fc.constant('cutWatches' as const) }),
  fc.record({ do: fc.constant('forgetHistory' as const) }),
  fc.record({ do: fc.constant('refresh' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function write(cluster: Cluster, s: Extract<Step, { who: unknown }>): Promise<unknown> {
  const ref = { namespace: 'default', name: s.name };
  if (s.do === 'create') return cluster.create(ConfigMap, map(s.name, s.isOurs));
  return s.do === 'remove' ? cluster.remove(ConfigMap, ref) : cluster.patch(ConfigMap, ref, become(s.isOurs));
}

async function live(steps: readonly Step[], seed: number, watchDelay: number, isNeeded: boolean) {
  const { clock, server, way, informer, rest, own } = split(seed);
  const end = new AbortController();
  const unread: string[] = [];
  Object.assign(way.faults, { delay: 150, watchDelay });
  const running = informer.run(end.signal);
  for (const s of steps) {
    if (s.do === 'wait') await clock.advance(s.time);
    else if (s.do === 'need') rest.need(s.isNeeded);
    else if (s.do === 'cutWatches') server.cutWatches();
    else if (s.do === 'forgetHistory') server.forgetHistory();
    else if (s.do === 'refresh') void informer.refresh(end.signal).catch(() => undefined);
    else
      void write(s.who === 'own' ? own : server, s).then(
        (answer) => {
          const { metadata } = (answer as ConfigMap | undefined) ?? {};
          // what is ours by an own write shows at once, wherever it was before; unless it is gone already
          const shown = informer.get(`default/${s.name}`)?.metadata.resourceVersion;
          const isOurs = metadata?.labels?.[label] !== undefined;
          if (s.who === 'own' && isOurs && Number(shown ?? Infinity) < Number(metadata?.resourceVersion))
            unread.push(`${s.do} ${s.name}`);
        },
        () => undefined,
      );
  }
  Object.assign(way.faults, { ...noFaults });
  rest.need(isNeeded);
  server.cutWatches();
  await clock.advance(hour);
  const { items } = await server.list(ConfigMap, { namespace: 'default' });
  const wanted = items.filter(({ metadata }) => isNeeded || metadata.labels?.[label] !== undefined);
  const shown = [...informer.list()];
  end.abort();
  await clock.settle(running, second);
  return { unread, shown, wanted };
}

const byName = (a: ConfigMap, b: ConfigMap) => (a.metadata.name < b.metadata.name ? -1 : 1);

describe('an informer of two parts', () => {
  it('comes to hold what the server holds of what is wanted, whatever goes over from one part to the other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 50 }),
        fc.integer(),
        fc.constantFrom(0, 20, 150, 400),
        fc.boolean(),
        async (steps, seed, watchDelay, isNeeded) => {
          const { unread, shown, wanted } = await live(steps, seed, watchDelay, isNeeded);
          expect(unread).toEqual([]);
          expect(shown.toSorted(byName)).toEqual(wanted.toSorted(byName));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('watches the rest from when it is needed until some time after that', async () => {
    const { clock, server, informer, rest } = split();
    await server.create(ConfigMap, map('ours', true));
    await server.create(ConfigMap, map('other', false));
    void informer.run(new AbortController().signal);
    await clock.settle(informer.synced, second);
    expect([namesIn(informer.list()), rest.hasSynced]).toEqual([['ours'], false]);
    rest.need(true);
    expect(rest.hasSynced).toBe(false);
    await clock.advance(second);
    expect([namesIn(informer.list()), rest.hasSynced]).toEqual([['other', 'ours'], true]);
    rest.need(false);
    await clock.advance(minute);
    expect([namesIn(informer.list()), rest.hasSynced]).toEqual([['other', 'ours'], true]);
    const told = tell(informer);
    await clock.advance(hour);
    expect([namesIn(informer.list()), rest.hasSynced]).toEqual([['ours'], false]);
    await server.create(ConfigMap, map('later', false));
    await clock.advance(second);
    expect(told).toEqual(['+ default/ours', '+ default/other', '- default/other']);
  });

  it('reads the rest once where it is needed again soon', async () => {
    const { clock, server, informer, rest } = split();
    await server.create(ConfigMap, map('other', false));
    const told = tell(informer);
    void informer.run(new AbortController().signal);
    rest.need(true);
    await clock.advance(second);
    rest.need(false);
    await clock.advance(minute);
    rest.need(true);
    await clock.advance(hour);
    expect(told).toEqual(['+ default/other']);
  });

  it('shows what an own write has made ours at once, and keeps it when the rest is told that it has left', async () => {
    const { clock, server, way, informer, rest, own } = split();
    await server.create(ConfigMap, map('a', false));
    const told = tell(informer);
    rest.need(true);
    void informer.run(new AbortController().signal);
    await clock.advance(second);
    way.faults.stalled = true;
    const patched = own.patch(ConfigMap, { namespace: 'default', name: 'a' }, become(true));
    await clock.settle(patched, second);
    expect(told).toEqual(['+ default/a', '~ default/a']);
    way.faults.stalled = false;
    await clock.advance(minute);
    expect(told).toEqual(['+ default/a', '~ default/a']);
  });
});
