import { describe, expect, it } from 'vitest';
import { stocked } from '../../test/objects.js';
import type { Pod } from '../api/kubernetes.js';
import { Conflict, Forbidden, InternalError, Invalid, TooManyRequests, Unreachable } from '../cluster/errors.js';
import { EmbeddedCluster } from '../embedded/index.js';
import { silentLogger } from '../support/log.js';
import { seededRandom } from '../support/random.js';
import { second } from '../support/time.js';
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

interface Work {
  readonly pod?: Pod;
  /** A time to pass. */
  readonly takes: number;
}

const works = (...times: readonly number[]): readonly Work[] => times.map((takes) => ({ takes }));

const slow: Stage<Work> = {
  name: 'slow',
  run: async (work, { clock }) => {
    await clock.sleep(work.takes);
    return pass(work);
  },
};

describe('Line', () => {
  it('runs the stages in order, up to the first that does not pass', async () => {
    interface Passed {
      readonly pod?: Pod;
      readonly by: readonly string[];
    }
    const add = (name: string): Stage<Passed> => ({ name, run: async ({ by }) => pass({ by: [...by, name] }) });
    const stop: Stage<Passed> = { name: 'stop', run: async (work) => fail(work, 'enough', 'discard') };
    const outcomes: string[] = [];
    const line = new Line(
      [add('a'), add('b'), stop, add('c')],
      { concurrency: 1 },
      { observe: (stage, outcome) => outcomes.push(`${stage} ${outcome}`) },
    );
    expect(await line.run({ by: [] }, context)).toEqual({
      verdict: 'fail',
      why: 'enough',
      work: { by: ['a', 'b'] },
      consequence: 'discard',
    });
    expect(outcomes).toEqual(['a pass', 'b pass', 'stop fail']);
  });

  it('works on so many at once, and answers in the order of the batch', async () => {
    const line = new Line([slow], { concurrency: 2 }, unmeasured);
    const start = clock.now();
    const verdicts = await clock.settle(line.runAll(works(30, 10, 20), context), 1000);
    expect(verdicts.map(({ work }) => work.takes)).toEqual([30, 10, 20]);
    expect(clock.now() - start).toBe(30);
  });

  it('begins no further container when the server fails as such, and waits for those under way', async () => {
    const begun: number[] = [];
    const broken: Stage<Work> = {
      name: 'broken',
      run: async (work, { clock }) => {
        begun.push(work.takes);
        await clock.sleep(work.takes);
        if (work.takes === 10) throw new Unreachable('connect ECONNREFUSED');
        return pass(work);
      },
    };
    const start = clock.now();
    const run = new Line([broken], { concurrency: 2 }, unmeasured).runAll(works(30, 10, 1), context);
    await expect(clock.settle(run, 1000)).rejects.toThrow('ECONNREFUSED');
    expect(begun).toEqual([30, 10]);
    expect(clock.now() - start).toBe(30);
  });

  describe('when a call for one container fails', () => {
    const words = 'pods "b" is forbidden: ValidatingAdmissionPolicy \'keep\' denied request: under investigation';
    const batch = ['a', 'b', 'c'].map((name) => ({ pod: stocked(name) }));

    /** Throws for pod b whatever is in `thrown`. */
    function lineThatFails(thrown: { error: Error | undefined }) {
      const tried: string[] = [];
      const stage: Stage<{ readonly pod?: Pod }> = {
        name: 'remove',
        deletes: true,
        run: async (work) => {
          tried.push(work.pod?.metadata.name ?? 'unmade');
          if (thrown.error && work.pod?.metadata.name !== 'a' && work.pod?.metadata.name !== 'c') throw thrown.error;
          return pass(work);
        },
      };
      return { line: new Line([stage], { concurrency: 1 }, unmeasured), tried };
    }

    it.each([
      ['a policy denies it', new Invalid(words)],
      [
        'its webhook does not answer',
        new InternalError('Internal error occurred: failed calling webhook "a.test": refused'),
      ],
      ['a webhook denies it with 429', new TooManyRequests('admission webhook "a.test" denied the request: later')],
      ['a quota is exhausted', new Forbidden('exceeded quota')],
      ['the stage trips over it', new TypeError('cannot read properties of undefined')],
    ])('goes on with the others where %s', async (_, error) => {
      const { line } = lineThatFails({ error });
      const refusal = { pod: 'b', stage: 'remove', deletes: true, message: error.message, isNew: true };
      expect(await line.runAll(batch, context)).toMatchObject([
        { verdict: 'pass' },
        { verdict: 'retry', after: second, refusal },
        { verdict: 'pass' },
      ]);
    });

    it('reports nothing where the container has only changed', async () => {
      const { line } = lineThatFails({ error: new Conflict('the object has been modified') });
      const [, verdict] = await line.runAll(batch, context);
      expect(verdict).toEqual({ verdict: 'retry', why: 'the object has been modified', work: batch[1], after: second });
    });

    it('tries that one again with a back-off of its own, and forgets it when it has passed', async () => {
      const thrown: { error: Error | undefined } = { error: new Invalid(words) };
      const { line, tried } = lineThatFails(thrown);
      const pauses: (number | undefined)[] = [];
      for (let look = 0; look < 10; look++) {
        const [verdict] = await line.runAll(batch.slice(1, 2), context);
        const after = verdict?.verdict === 'retry' ? verdict.after : undefined;
        // a look in between makes no call
        const [between] = await line.runAll(batch.slice(1, 2), context);
        expect(between).toMatchObject({ verdict: 'retry', refusal: { isNew: false } });
        pauses.push(after && after / second);
        await clock.advance(after ?? 0);
      }
      expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 120, 120, 120]);
      expect(tried).toHaveLength(10);
      thrown.error = undefined;
      expect(line.isRefused(batch[1]!.pod)).toBe(true);
      expect(await line.runAll(batch, context)).toMatchObject([
        { verdict: 'pass' },
        { verdict: 'pass' },
        { verdict: 'pass' },
      ]);
      expect(line.isRefused(batch[1]!.pod)).toBe(false);
    });

    it('tries it for another owner', async () => {
      const { line, tried } = lineThatFails({ error: new Invalid(words) });
      await line.runAll(batch, context, { owner: 'one' });
      await line.runAll(batch, context, { owner: 'two' });
      expect(tried.filter((name) => name === 'b')).toHaveLength(2);
    });

    it("knows nothing of it once the container is another claim's", async () => {
      const { line } = lineThatFails({ error: new Invalid(words) });
      await line.runAll(batch, context);
      const { pod } = batch[1]!;
      const annotations = { 'penstock.dev/claim-uid': 'other' };
      expect(line.isRefused(pod)).toBe(true);
      expect(line.isRefused({ ...pod, metadata: { ...pod.metadata, annotations } })).toBe(false);
    });

    it('makes no further container where one was refused: they are alike', async () => {
      const { line, tried } = lineThatFails({ error: new Forbidden('exceeded quota') });
      const verdicts = await line.runAll([{}, ...batch.slice(0, 1), {}, {}], context);
      expect(verdicts.map(({ verdict }) => verdict)).toEqual(['retry', 'pass', 'retry', 'retry']);
      expect(tried).toEqual(['unmade', 'a']);
    });

    it('throws when the reconcile is aborted', async () => {
      const { line } = lineThatFails({ error: new Invalid(words) });
      await expect(line.runAll(batch, { ...context, signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    });
  });

  it('lets another line go first, but does not wait for ever', async () => {
    const first = new Line([slow], { concurrency: 1 }, unmeasured);
    const later = new Line([slow], { concurrency: 1, yieldsTo: { line: first, atMost: 250 } }, unmeasured);
    const after = async (busy: number) => {
      const start = clock.now();
      const occupied = first.run({ takes: busy }, context);
      await clock.settle(later.runAll(works(0), context), 1000);
      const waited = clock.now() - start;
      await clock.settle(occupied, 1000);
      return waited;
    };
    expect(await after(100)).toBe(100);
    expect(await after(900)).toBe(250);
  });
});
