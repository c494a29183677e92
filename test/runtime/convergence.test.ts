import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigMap } from '../../src/api/kubernetes.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { cachedCluster, Informers } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { type Duration, minute, second } from '../../src/support/time.js';
import { configMap, flagsOf, makeWorld, watchForRelapse } from './world.js';
import { noFaults } from './flaky-cluster.js';

const names = fc.constantFrom('a', 'b');
const who = fc.constantFrom('own' as const, 'other' as const);
const flag = fc.constantFrom('x', 'y', 'z');
/** Watches that are faster than the answers to writes, or slower. */
const watchDelays = fc.constantFrom(0, 20, 150, 400);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('create' as const), who, name: names, flag }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('patch' as const), who, name: names, flag }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), who, name: names }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hold' as const), who, name: names }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('letGo' as const), who, name: names }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait' as const), time: fc.integer({ min: 1, max: 200 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cutWatches' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forgetHistory' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refresh' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stall' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('faults' as const), chance: fc.constantFrom(0, 0.2, 0.6) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function write(cluster: Cluster, s: Extract<Step, { who: unknown }>): Promise<unknown> {
  const ref = { namespace: 'default', name: s.name };
  switch (s.do) {
    case 'create':
      return cluster.create(ConfigMap, configMap(s.name, s.flag));
    case 'patch':
      return cluster.patch(ConfigMap, ref, mergePatch({ data: { flag: s.flag } }));
    case 'remove':
      return cluster.remove(ConfigMap, ref);
    case 'hold':
      return cluster.patch(ConfigMap, ref, mergePatch({ metadata: { finalizers: ['penstock.dev/test'] } }));
    case 'letGo':
      return cluster.patch(ConfigMap, ref, mergePatch({ metadata: { finalizers: null } }));
  }
}

async function live(steps: readonly Step[], seed: number, watchDelay: Duration) {
  const { clock, random, server, way } = makeWorld(seed, { historyLimit: 50 });
  const informers = new Informers({ cluster: way, clock, random, logger: silentLogger });
  const informer = informers.of(ConfigMap);
  informer.addIndex('flag', flagsOf);
  const complaints = watchForRelapse(informer);
  const own = cachedCluster(way, informers);
  const end = new AbortController();
  Object.assign(way.faults, { delay: 150, watchDelay });
  const running = informer.run(end.signal);
  const unread: string[] = [];
  for (const s of steps) {
    if (s.do === 'wait') await clock.advance(s.time);
    else if (s.do === 'cutWatches') server.cutWatches();
    else if (s.do === 'forgetHistory') server.forgetHistory();
    else if (s.do === 'refresh') void informer.refresh(end.signal).catch(() => undefined);
    else if (s.do === 'stall') way.faults.stalled = !way.faults.stalled;
    else if (s.do === 'faults') Object.assign(way.faults, { refused: s.chance, lost: s.chance });
    else
      void write(s.who === 'own' ? own : server, s).then(
        (answer) => {
          const version = Number((answer as ConfigMap | undefined)?.metadata.resourceVersion ?? 0);
          const shown = Number(informer.get(`default/${s.name}`)?.metadata.resourceVersion ?? Infinity);
          if (s.who === 'own' && shown < version) unread.push(`${s.do} ${s.name}`);
        },
        () => undefined,
      );
  }
  Object.assign(way.faults, { ...noFaults });
  server.cutWatches();
  await clock.advance(2 * minute);
  end.abort();
  await clock.settle(running, second);
  const stored = (await server.list(ConfigMap, { namespace: 'default' })).items;
  return { complaints, unread, informer, stored };
}

describe('the cache of an informer, whatever happens to its server and its connection', () => {
  it('never goes back, shows own writes at once, and comes to hold what the server holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer(),
        watchDelays,
        async (steps, seed, watchDelay) => {
          const { complaints, unread, informer, stored } = await live(steps, seed, watchDelay);
          expect(complaints).toEqual([]);
          expect(unread).toEqual([]);
          const shown = [...informer.list()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
          expect(shown).toEqual(stored);
          for (const value of ['x', 'y', 'z']) {
            const rebuilt = stored.filter((map) => flagsOf(map).includes(value));
            expect(new Map(informer.byIndex('flag', value))).toEqual(
              new Map(rebuilt.map((map) => [`default/${map.metadata.name}`, map])),
            );
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is the same for the same seed', async () => {
    const steps = fc.sample(fc.array(step, { minLength: 60, maxLength: 60 }), { numRuns: 1, seed: 7 })[0] ?? [];
    const told = async () => {
      const { informer, stored } = await live(steps, 3, 20);
      return JSON.stringify([[...informer.list()], stored]);
    };
    expect(await told()).toBe(await told());
  });
});
