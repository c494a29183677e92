import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lease } from '../../src/api/kubernetes.js';
import { LeaderElection, type Leadership } from '../../src/runtime/leader-election.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { type Clock, turn } from '../../src/support/clock.js';
import { silentLogger } from '../../src/support/log.js';
import { type Duration, type Instant, minute, second } from '../../src/support/time.js';
import { FlakyCluster, noFaults } from './flaky-cluster.js';
import { PausableClock } from '../faults/pausable-clock.js';
import { wrapped } from '../wrapped-cluster.js';
import { makeWorld, type World } from './world.js';

const names = { namespace: 'default', name: 'operator' };

/** A clock that is set differently. */
function shifted(clock: Clock, by: Duration): Clock {
  return {
    now: () => clock.now() + by,
    at: (instant, run) => clock.at(instant - by, run),
    immediate: (run) => clock.immediate(run),
    mustYield: false,
    sleep: (duration, signal) => clock.sleep(duration, signal),
  };
}

function candidate(world: World, identity: string, clock: Clock = world.clock) {
  const random = world.random.split(identity);
  const way = new FlakyCluster(world.server, world.clock, random.split('way'));
  const election = { ...names, identity };
  const life = new AbortController();
  return { way, life, election: new LeaderElection({ cluster: way, clock, random, logger: silentLogger, election }) };
}

async function won(world: World, { election, life }: ReturnType<typeof candidate>, limit = minute) {
  const leadership = await world.clock.settle(election.win(life.signal), limit);
  if (!leadership) throw new Error('the candidate gave up');
  return leadership;
}

const record = ({ clock, server }: World) => clock.settle(server.get(Lease, names), second).then(({ spec }) => spec);

describe('leader election', () => {
  it('makes the lease in term 1, renews it, and keeps others waiting', async () => {
    const world = makeWorld();
    const [a, b] = [candidate(world, 'a'), candidate(world, 'b')];
    const first = await won(world, a);
    const { acquireTime } = (await record(world)) ?? {};
    const second_ = b.election.win(b.life.signal);
    await world.clock.advance(minute);
    expect(first.signal.aborted).toBe(false);
    expect(await record(world)).toMatchObject({ holderIdentity: 'a', leaseTransitions: 1, acquireTime });
    b.life.abort();
    expect(await world.clock.settle(second_, second)).toBeUndefined();
  });

  it('keeps its term where the answer came while the process was kept from its timers', async () => {
    const world = makeWorld();
    const clock = new PausableClock(world.clock);
    const a = candidate(world, 'a', clock);
    let resumed: Instant | undefined;
    const late: Cluster['replace'] = async (kind, object, options) => {
      const answer = await a.way.replace(kind, object, options);
      if (resumed === undefined) return answer;
      // it lies in the socket until the event loop comes to that: after the timers that are due
      await world.clock.sleep(resumed - world.clock.now());
      await turn(world.clock);
      return answer;
    };
    const random = world.random.split('late');
    const cluster = wrapped(a.way, { replace: late });
    const election = { ...names, identity: 'a' };
    const parts = { cluster, clock, random, logger: silentLogger, election };
    const leadership = await world.clock.settle(new LeaderElection(parts).win(a.life.signal), minute);
    await world.clock.advance(10 * second);
    resumed = world.clock.now() + 3.5 * second;
    clock.pause(3.5 * second);
    await world.clock.advance(3.5 * second);
    resumed = undefined;
    await world.clock.advance(10 * second);
    expect(leadership?.signal.aborted).toBe(false);
    expect(await record(world)).toMatchObject({ holderIdentity: 'a', leaseTransitions: 1 });
  });

  it('hands over at once when the lease is given back, in a higher term', async () => {
    const world = makeWorld();
    const [a, b] = [candidate(world, 'a'), candidate(world, 'b')];
    const first = await won(world, a);
    const next = won(world, b);
    await world.clock.advance(10 * second);
    await world.clock.settle(first.release(), second);
    expect(first.signal.aborted).toBe(true);
    const leadership = await world.clock.settle(next, 700);
    expect(leadership.term).toBe(2);
  });

  it('takes over within 5 s of a crash, whenever it comes', async () => {
    for (let moment = 0; moment < 20; moment++) {
      const world = makeWorld(moment, { latency: () => 20 });
      const [a, b] = [candidate(world, 'a'), candidate(world, 'b')];
      await won(world, a);
      const next = won(world, b);
      await world.clock.advance(10 * second + moment * 37);
      a.life.abort();
      const leadership = await world.clock.settle(next, 5 * second);
      expect(leadership.term).toBe(2);
    }
  });

  it('believes in itself for 3 s without its server, less than others wait', async () => {
    const world = makeWorld();
    const [a, b] = [candidate(world, 'a'), candidate(world, 'b')];
    const first = await won(world, a);
    const next = won(world, b);
    await world.clock.advance(10 * second);
    a.way.faults.cut = true;
    await world.clock.advance(2400);
    expect(first.signal.aborted).toBe(false);
    await world.clock.advance(600);
    expect(first.signal.aborted).toBe(true);
    await world.clock.settle(next, 2 * second);
    a.way.faults.cut = false;
    const again = won(world, a, minute);
    await world.clock.advance(second);
    b.life.abort();
    expect((await world.clock.settle(again, 5 * second)).term).toBe(3);
  });

  it('survives a lost answer, a refusal and a call that hangs', async () => {
    const world = makeWorld();
    const a = candidate(world, 'a');
    const leadership = await won(world, a);
    for (const fault of [{ lost: 1 }, { refused: 1 }, { delay: 100 * second }]) {
      Object.assign(a.way.faults, fault);
      await world.clock.advance(1200);
      Object.assign(a.way.faults, noFaults);
      await world.clock.advance(5 * second);
      expect(leadership.signal.aborted).toBe(false);
    }
    expect((await record(world))?.leaseTransitions).toBe(1);
  });

  it('ends its term when somebody else holds the lease', async () => {
    const world = makeWorld();
    const leadership = await won(world, candidate(world, 'a'));
    const lease = await world.server.get(Lease, names);
    await world.server.replace(Lease, {
      ...lease,
      spec: { ...lease.spec, holderIdentity: 'thief', leaseTransitions: 9 },
    });
    await world.clock.advance(second);
    expect(leadership.signal.aborted).toBe(true);
  });

  it('makes a lease that was deleted again; others who knew its holder wait', async () => {
    const world = makeWorld();
    const [a, b] = [candidate(world, 'a'), candidate(world, 'b')];
    const first = await won(world, a);
    void b.election.win(b.life.signal);
    await world.clock.advance(10 * second);
    await world.server.remove(Lease, names);
    await world.clock.advance(10 * second);
    expect(first.signal.aborted).toBe(false);
    expect(await record(world)).toMatchObject({ holderIdentity: 'a', leaseTransitions: 1 });
    await world.server.remove(Lease, names);
    a.life.abort();
    await world.clock.advance(5 * second);
    expect(await record(world)).toMatchObject({ holderIdentity: 'b', leaseTransitions: 2 });
  });

  it('takes a lease that bears its own name at once, in a new term: its earlier self is gone', async () => {
    const world = makeWorld();
    const before = candidate(world, 'a');
    await won(world, before);
    await world.clock.advance(10 * second);
    before.life.abort();
    expect((await won(world, candidate(world, 'a'), second)).term).toBe(2);
  });

  it('refuses times that could give two leaders', () => {
    const world = makeWorld();
    const election = { ...names, identity: 'a', renewDeadline: 4 * second };
    const { way: cluster, clock, random } = world;
    expect(() => new LeaderElection({ cluster, clock, random, logger: silentLogger, election })).toThrow(
      'renewDeadline',
    );
  });

  const replica = fc.integer({ min: 0, max: 2 });
  const event = fc.record({
    replica,
    what: fc.oneof(
      { weight: 3, arbitrary: fc.constant({ cut: true }) },
      { weight: 3, arbitrary: fc.constant({ cut: false, lost: 0, refused: 0, delay: 0 }) },
      {
        weight: 2,
        arbitrary: fc.record({ lost: fc.constantFrom(0, 0.3, 0.9), refused: fc.constantFrom(0, 0.3, 0.9) }),
      },
      { weight: 2, arbitrary: fc.record({ delay: fc.constantFrom(0, 100, 1500, 6000) }) },
      { weight: 2, arbitrary: fc.constantFrom('release' as const, 'crash' as const) },
    ),
    pause: fc.integer({ min: 0, max: 6000 }),
  });
  const clocks = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -100_000, max: 100_000 })));

  it('never has two that believe at once, in terms that rise, and has one when the trouble is over', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), clocks, fc.integer(), async (events, shifts, seed) => {
        const world = makeWorld(seed);
        const believing = new Set<string>();
        const terms: number[] = [];
        const replicas = shifts.map((shift, i) => {
          const made = candidate(world, `r${i}`, shifted(world.clock, shift));
          const state: { leadership: Leadership | undefined; life: AbortController } = {
            leadership: undefined,
            life: made.life,
          };
          const stand = async () => {
            state.life = new AbortController();
            const { signal } = state.life;
            while (!signal.aborted) {
              const leadership = await made.election.win(signal);
              if (!leadership || leadership.signal.aborted) continue;
              state.leadership = leadership;
              believing.add(`r${i}`);
              terms.push(leadership.term);
              expect(believing.size).toBe(1);
              await new Promise<void>((resolve) => {
                leadership.signal.addEventListener('abort', () => {
                  believing.delete(`r${i}`);
                  resolve();
                });
              });
            }
          };
          return { way: made.way, state, stand };
        });
        const failures: unknown[] = [];
        const run = (stand: () => Promise<void>) => stand().catch((error: unknown) => void failures.push(error));
        for (const { stand } of replicas) void run(stand);
        for (const { replica: i, what, pause } of events) {
          const { way, state, stand } = replicas[i]!;
          if (what === 'release') void state.leadership?.release();
          else if (what === 'crash') {
            state.life.abort();
            await world.clock.drain();
            void run(stand);
          } else Object.assign(way.faults, what);
          await world.clock.advance(pause);
        }
        for (const { way } of replicas) Object.assign(way.faults, noFaults);
        await world.clock.advance(10 * second);
        expect(failures).toEqual([]);
        expect(terms).toEqual([...new Set(terms)].sort((a, b) => a - b));
        expect(believing.size).toBe(1);
        for (const { state } of replicas) state.life.abort();
      }),
      { numRuns: 200 },
    );
  });
});
