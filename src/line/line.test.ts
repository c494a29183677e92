import { describe, expect, it } from 'vitest';
import { EmbeddedCluster } from '../embedded/index.js';
import { silentLogger } from '../support/log.js';
import { seededRandom } from '../support/random.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { Line } from './line.js';
import { unmeasured } from './metrics.js';
import { fail, pass, type Stage, type StageContext } from './stage.js';

const clock = new VirtualClock();
const abort = new AbortController();
const context: StageContext = {
  cluster: new EmbeddedCluster({ clock, random: seededRandom(1) }),
  clock,
  signal: abort.signal,
  term: 0,
  log: silentLogger,
  events: { record: () => undefined },
  wake: () => {},
};

/** Takes its work as a time to pass. */
const slow: Stage<number> = {
  name: 'slow',
  run: async (work, { clock }) => {
    await clock.sleep(work);
    return pass(work);
  },
};

describe('Line', () => {
  it('runs the stages in order, up to the first that does not pass', async () => {
    const add = (name: string): Stage<readonly string[]> => ({ name, run: async (work) => pass([...work, name]) });
    const stop: Stage<readonly string[]> = { name: 'stop', run: async (work) => fail(work, 'enough', 'discard') };
    const outcomes: string[] = [];
    const line = new Line(
      [add('a'), add('b'), stop, add('c')],
      { concurrency: 1 },
      { observe: (stage, outcome) => outcomes.push(`${stage} ${outcome}`) },
    );
    expect(await line.run([], context)).toEqual({
      verdict: 'fail',
      why: 'enough',
      work: ['a', 'b'],
      consequence: 'discard',
    });
    expect(outcomes).toEqual(['a pass', 'b pass', 'stop fail']);
  });

  it('works on so many at once, and answers in the order of the batch', async () => {
    const line = new Line([slow], { concurrency: 2 }, unmeasured);
    const start = clock.now();
    const verdicts = await clock.settle(line.runAll([30, 10, 20], context), 1000);
    expect(verdicts.map(({ work }) => work)).toEqual([30, 10, 20]);
    expect(clock.now() - start).toBe(30);
  });

  it('begins no further container after one has thrown, and waits for those under way', async () => {
    const begun: number[] = [];
    const broken: Stage<number> = {
      name: 'broken',
      run: async (work, { clock }) => {
        begun.push(work);
        await clock.sleep(work);
        if (work === 10) throw new Error('broken');
        return pass(work);
      },
    };
    const start = clock.now();
    const run = new Line([broken], { concurrency: 2 }, unmeasured).runAll([30, 10, 1], context);
    await expect(clock.settle(run, 1000)).rejects.toThrow('broken');
    expect(begun).toEqual([30, 10]);
    expect(clock.now() - start).toBe(30);
  });

  it('lets another line go first, but does not wait for ever', async () => {
    const first = new Line([slow], { concurrency: 1 }, unmeasured);
    const second = new Line([slow], { concurrency: 1, yieldsTo: { line: first, atMost: 250 } }, unmeasured);
    const after = async (busy: number) => {
      const start = clock.now();
      const occupied = first.run(busy, context);
      await clock.settle(second.runAll([0], context), 1000);
      const waited = clock.now() - start;
      await clock.settle(occupied, 1000);
      return waited;
    };
    expect(await after(100)).toBe(100);
    expect(await after(900)).toBe(250);
  });
});
