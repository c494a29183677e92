import { describe, expect, it } from 'vitest';
import { stocked } from '../../test/objects.js';
import type { Pod } from '../api/kubernetes.js';
import { EmbeddedCluster } from '../embedded/index.js';
import { silentLogger } from '../support/log.js';
import { seededRandom } from '../support/random.js';
import { minute, second } from '../support/time.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { governed } from './governed.js';
import { fail, pass, retry, type Stage, type StageContext, type StageVerdict } from './stage.js';

interface Work {
  readonly pod: Pod;
}

function scene() {
  const clock = new VirtualClock();
  const context: StageContext = {
    cluster: new EmbeddedCluster({ clock, random: seededRandom(1) }),
    clock,
    signal: new AbortController().signal,
    term: 0,
    log: silentLogger,
    events: { record: () => undefined },
    wake: () => {},
  };
  return { clock, context, start: clock.now(), work: { pod: stocked('a') } };
}

/** Says what it is told to say, one after the other, and notes when it was asked. */
function told(clock: VirtualClock, ...verdicts: readonly ((work: Work) => StageVerdict<Work>)[]) {
  const asked: { readonly at: number; readonly attempt: number | undefined }[] = [];
  const stage: Stage<Work> = {
    name: 'check',
    run: async (work, { attempt }) => {
      const verdict = verdicts[Math.min(asked.length, verdicts.length - 1)]!;
      asked.push({ at: clock.now(), attempt });
      return verdict(work);
    },
  };
  return { stage, asked };
}

const failing = (work: Work) => fail(work, 'no', 'discard');
const waiting = (work: Work) => retry(work, 'not yet');

describe('a stage of a line', () => {
  it('without rules is the stage itself', () => {
    const { clock } = scene();
    const { stage } = told(clock, pass);
    expect(governed(stage, {}, () => undefined)).toBe(stage);
  });

  it('is tried again after growing pauses, and not before', async () => {
    const { clock, context, work } = scene();
    const { stage, asked } = told(clock, failing, failing, pass);
    const checked = governed(stage, { retries: { count: 2, backoff: '1s' } }, () => undefined);
    expect(await checked.run(work, context)).toMatchObject({ verdict: 'retry', after: second });
    await clock.advance(second / 2);
    expect(await checked.run(work, context)).toMatchObject({ verdict: 'retry', after: second / 2 });
    expect(asked).toHaveLength(1);
    await clock.advance(second / 2);
    expect(await checked.run(work, context)).toMatchObject({ verdict: 'retry', after: 2 * second });
    await clock.advance(2 * second);
    expect(await checked.run(work, context)).toMatchObject({ verdict: 'pass' });
    expect(asked.map(({ attempt }) => attempt)).toEqual([0, 1, 2]);
  });

  it.each([
    [undefined, 'discard'],
    ['Discard', 'replace'],
    ['Quarantine', 'quarantine'],
    ['Abort', 'abort'],
  ] as const)('comes to %s when its tries are used up', async (onFailure, consequence) => {
    const { clock, context, work } = scene();
    const { stage } = told(clock, failing);
    const policy = { retries: { count: 0, backoff: '1s' }, ...(onFailure && { onFailure }) };
    const verdict = await governed(stage, policy, () => undefined).run(work, context);
    expect(verdict).toEqual({ verdict: 'fail', work, why: 'stage check: no', consequence });
  });

  it('with Retry is tried for ever, each five minutes in the end', async () => {
    const { clock, context, work } = scene();
    const { stage } = told(clock, failing);
    const checked = governed(stage, { onFailure: 'Retry', retries: { count: 1, backoff: '1s' } }, () => undefined);
    const pauses: number[] = [];
    for (let tries = 0; tries < 12; tries++) {
      const verdict = await checked.run(work, context);
      if (verdict.verdict !== 'retry') throw new Error(verdict.verdict);
      pauses.push(verdict.after ?? 0);
      await clock.advance(verdict.after ?? 0);
    }
    expect(pauses.slice(0, 3)).toEqual([second, 2 * second, 4 * second]);
    expect(pauses.at(-1)).toBe(5 * minute);
  });

  it('fails when it has not passed in time, also for a process that has just started', async () => {
    const { clock, context, start, work } = scene();
    const { stage } = told(clock, waiting);
    const since = () => start;
    const before = governed(stage, { timeout: '10s' }, since);
    expect(await before.run(work, context)).toMatchObject({ verdict: 'retry', after: 10 * second });
    await clock.advance(10 * second);
    const after = governed(stage, { timeout: '10s', onFailure: 'Quarantine' }, since);
    expect(await after.run(work, context)).toMatchObject({
      verdict: 'fail',
      why: 'stage check: not done within 10s: not yet',
      consequence: 'quarantine',
    });
  });

  it('counts from its first try where nobody knows better', async () => {
    const { clock, context, work } = scene();
    const { stage } = told(clock, waiting);
    const checked = governed(stage, { timeout: '10s' }, () => undefined);
    await clock.advance(minute);
    expect(await checked.run(work, context)).toMatchObject({ verdict: 'retry', after: 10 * second });
    await clock.advance(4 * second);
    expect(await checked.run(work, context)).toMatchObject({ verdict: 'retry', after: 6 * second });
    await clock.advance(6 * second);
    expect(await checked.run(work, context)).toMatchObject({ verdict: 'fail', consequence: 'replace' });
  });

  it('passes what passes at the last moment', async () => {
    const { clock, context, start, work } = scene();
    const { stage } = told(clock, pass);
    await clock.advance(minute);
    expect(await governed(stage, { timeout: '10s' }, () => start).run(work, context)).toMatchObject({
      verdict: 'pass',
    });
  });

  it('does not count as a failure that another got the container', async () => {
    const { clock, context, work } = scene();
    const { stage } = told(clock, (lost) => fail(lost, 'taken', 'another'));
    const verdict = await governed(
      stage,
      { onFailure: 'Quarantine', retries: { count: 5, backoff: '1s' } },
      () => undefined,
    ).run(work, context);
    expect(verdict).toMatchObject({ verdict: 'fail', consequence: 'another' });
  });

  it('lets in so many at once', async () => {
    const { clock, context, start } = scene();
    const entered: number[] = [];
    const slow: Stage<Work> = {
      name: 'slow',
      run: async (work) => {
        entered.push(clock.now() - start);
        await clock.sleep(100);
        return pass(work);
      },
    };
    const run = (stage: Stage<Work>) =>
      clock.settle(Promise.all(['a', 'b', 'c', 'd'].map((name) => stage.run({ pod: stocked(name) }, context))), minute);
    await run(governed(slow, { concurrency: 2 }, () => undefined));
    expect(entered).toEqual([0, 0, 100, 100]);
  });

  it.each([
    [20, [0, 50, 100, 150]],
    // faster than any timer: those whose time has passed enter together
    [400, [0, 10, 10, 10]],
  ])('lets in %i in a second, and has nobody wait for that', async (rate, times) => {
    const { clock, context, start } = scene();
    const { stage, asked } = told(clock, pass);
    const paced = governed(stage, { rate }, () => undefined);
    const works = ['a', 'b', 'c', 'd'].map((name) => ({ pod: stocked(name) }));
    while (works.length > 0) {
      const [work] = works;
      if (!work) break;
      const verdict = await paced.run(work, context);
      if (verdict.verdict === 'pass') works.shift();
      else await clock.advance(verdict.verdict === 'retry' ? (verdict.after ?? 0) : 0);
    }
    expect(asked.map(({ at }) => at - start)).toEqual(times);
  });

  it('that asks outside keeps its place until the answer is there, and lets the others ask again', async () => {
    const { clock, context } = scene();
    const woken: string[] = [];
    const ended: (() => void)[] = [];
    const asked: string[] = [];
    const answered = new Set<string>();
    const outside: Stage<Work> = {
      name: 'outside',
      noted: true,
      run: async (work, { hold }) => {
        const { name } = work.pod.metadata;
        if (answered.has(name)) return pass(work);
        asked.push(name);
        hold?.(new Promise((resolve) => ended.push(resolve)));
        return retry(work, 'no answer yet');
      },
    };
    const paced = governed(outside, { concurrency: 1 }, () => undefined);
    const run = async (name: string) =>
      (await paced.run({ pod: stocked(name) }, { ...context, wake: () => void woken.push(name) })).verdict;
    expect([await run('a'), await run('b'), await run('b')]).toEqual(['retry', 'retry', 'retry']);
    expect([asked, woken]).toEqual([['a'], []]);
    answered.add('a');
    ended[0]?.();
    await clock.drain();
    expect(woken[0]).toBe('b');
    // the answer that has come is taken, whoever is in the stage by then
    expect([await run('b'), await run('a')]).toEqual(['retry', 'pass']);
    expect(asked).toEqual(['a', 'b']);
  });

  it('asks nobody again about a container that failed for good and has not gone yet', async () => {
    const { clock, context, work } = scene();
    const { stage, asked } = told(clock, failing);
    const once = governed({ ...stage, noted: true }, { retries: { count: 0, backoff: '1s' } }, () => undefined);
    const failed = { verdict: 'fail', why: 'stage check: no', consequence: 'discard' };
    expect([await once.run(work, context), await once.run(work, context)]).toMatchObject([failed, failed]);
    expect(asked).toHaveLength(1);
  });
});
