import { describe, expect, it } from 'vitest';
import { minute, second } from '../support/time.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { BackgroundCalls } from './background-calls.js';

const limits = { perNamespace: 2, total: 3 };

function scene() {
  const clock = new VirtualClock();
  const term = new AbortController();
  const calls = new BackgroundCalls(clock, limits);
  const begun: string[] = [];
  const aborted: string[] = [];
  const woken: string[] = [];
  /** Asks about an object, by a call that takes so long; Infinity: it obeys nobody and never ends. */
  const ask = (subject: string, takes = second, namespace = 'team', purpose = 'check') =>
    calls.ask(
      { namespace, subject, purpose },
      async (signal) => {
        begun.push(subject);
        signal.addEventListener('abort', () => aborted.push(subject));
        await (takes === Infinity ? new Promise<never>(() => {}) : clock.sleep(takes, signal));
        return `answer about ${subject}`;
      },
      { signal: term.signal, wake: () => void woken.push(subject) },
    );
  return { clock, term, calls, ask, begun, aborted, woken };
}

describe('calls in the background', () => {
  it('are made once, wake who asked, and give their answer once', async () => {
    const { clock, ask, begun, woken } = scene();
    expect(ask('a')).toMatchObject({ over: false });
    await clock.advance(second / 2);
    expect(ask('a')).toMatchObject({ over: false });
    expect(woken).toEqual([]);
    await clock.advance(second);
    expect(woken).toEqual(['a']);
    expect(ask('a')).toEqual({ over: true, value: 'answer about a' });
    expect(ask('a')).toMatchObject({ over: false });
    await clock.drain();
    expect(begun).toEqual(['a', 'a']);
  });

  it('throw what the call threw where they are asked again', async () => {
    const { clock, calls } = scene();
    const context = { signal: new AbortController().signal, wake: () => {} };
    const ask = () =>
      calls.ask(
        { namespace: 'team', subject: 'a', purpose: 'p' },
        () => Promise.reject(new Error('server down')),
        context,
      );
    ask();
    await clock.drain();
    expect(ask).toThrow('server down');
  });

  it('are no more at once than a namespace may have, and than all may; namespaces take turns', async () => {
    const { clock, ask, begun } = scene();
    for (const name of ['a1', 'a2', 'a3', 'a4']) ask(name, second, 'a');
    for (const name of ['b1', 'b2']) ask(name, second, 'b');
    await clock.drain();
    expect(begun).toEqual(['a1', 'b1', 'a2']);
    await clock.advance(second);
    expect(begun).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'a4']);
  });

  it('are aborted when nobody waits for them any more, and make room at once', async () => {
    const { clock, calls, ask, begun, aborted } = scene();
    ask('a', Infinity);
    ask('b', Infinity);
    ask('c');
    await clock.drain();
    expect(begun).toEqual(['a', 'b']);
    calls.abandon('a');
    await clock.drain();
    expect(aborted).toEqual(['a']);
    expect(begun).toEqual(['a', 'b', 'c']);
    expect([calls.isAbout('a'), calls.isAbout('b')]).toEqual([false, true]);
  });

  it('forget the answers about what is abandoned, and tell whoever asks still', async () => {
    const { clock, calls, ask, woken } = scene();
    ask('a');
    ask('b', second, 'other');
    await clock.advance(2 * second);
    calls.abandonIn('team', ({ purpose }) => purpose === 'check');
    expect(woken).toEqual(['a', 'b', 'a']);
    expect(ask('a')).toMatchObject({ over: false });
    expect(ask('b', second, 'other')).toMatchObject({ over: true });
  });

  it('end with the term of the leader', async () => {
    const { clock, term, calls, ask, aborted, woken } = scene();
    ask('a', Infinity);
    await clock.drain();
    term.abort();
    await clock.drain();
    expect(aborted).toEqual(['a']);
    expect(calls.isAbout('a')).toBe(false);
    expect(woken).toEqual([]);
  });

  it('end when they do not end by themselves', async () => {
    const { clock, ask, aborted, woken } = scene();
    ask('a', Infinity);
    await clock.advance(2 * minute);
    expect([aborted, woken]).toEqual([['a'], ['a']]);
    expect(() => ask('a')).toThrow('no answer within');
  });
});
