import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../support/virtual-clock.js';
import { WorkQueue } from './work-queue.js';

function queue(perNamespace?: number) {
  const clock = new VirtualClock();
  const backOff = { base: 5, max: 100 };
  const options = { clock, onReady: () => undefined, backOff, ...(perNamespace !== undefined && { perNamespace }) };
  return { clock, queue: new WorkQueue(options) };
}

const namespaceOf = (key: string) => key.slice(0, key.indexOf('/'));

describe('work queue', () => {
  it('hands out each key once, in the order in which they came', () => {
    const { queue: q } = queue();
    for (const key of ['a', 'b', 'a', 'c']) q.add(key);
    expect([q.take(), q.take(), q.take(), q.take()]).toEqual(['a', 'b', 'c', undefined]);
  });

  it('hands out higher priorities first, and raises a key that waits already', () => {
    const { queue: q } = queue();
    q.add('low', -1);
    q.add('normal');
    q.add('raised', -1);
    q.add('raised', 2);
    q.add('raised', -5);
    expect(q.depth).toBe(3);
    expect([q.take(), q.take(), q.take(), q.take()]).toEqual(['raised', 'normal', 'low', undefined]);
  });

  it('keeps a key that is added while it is out until it is given back', () => {
    const { queue: q } = queue();
    q.add('a');
    expect(q.take()).toBe('a');
    q.add('a');
    expect(q.take()).toBeUndefined();
    q.finish('a');
    expect(q.take()).toBe('a');
    q.finish('a');
    expect(q.take()).toBeUndefined();
  });

  it('takes the earliest of several delays, and none after an add', async () => {
    const { clock, queue: q } = queue();
    q.addAfter('a', 100);
    q.addAfter('a', 50);
    q.addAfter('a', 200);
    await clock.advance(49);
    expect(q.take()).toBeUndefined();
    await clock.advance(1);
    expect(q.take()).toBe('a');
    q.finish('a');
    q.addAfter('a', 100);
    q.add('a');
    expect(q.take()).toBe('a');
    q.finish('a');
    await clock.advance(1000);
    expect(q.take()).toBeUndefined();
  });

  it('backs off from 5 ms, doubling to the limit, until it is told to forget', () => {
    const { queue: q } = queue();
    expect(Array.from({ length: 7 }, () => q.retry('a'))).toEqual([5, 10, 20, 40, 80, 100, 100]);
    expect(q.retry('b')).toBe(5);
    q.forget('a');
    expect(q.retry('a')).toBe(5);
  });

  it('tries again with the priority that a key was taken with', async () => {
    const { clock, queue: q } = queue();
    q.add('urgent', 5);
    q.take();
    q.retry('urgent');
    q.finish('urgent');
    q.add('normal');
    await clock.advance(5);
    expect(q.take()).toBe('urgent');
  });

  it('forgets what waits when it is cleared, not what is out', async () => {
    const { clock, queue: q } = queue();
    for (const key of ['out', 'waiting']) q.add(key);
    q.take();
    q.add('out');
    q.addAfter('later', 10);
    q.clear();
    await clock.advance(100);
    q.add('out');
    expect(q.take()).toBeUndefined();
    q.finish('out');
    expect(q.take()).toBe('out');
    q.finish('out');
    expect([q.depth, q.running]).toEqual([0, 0]);
  });

  it('refuses a key that was not taken', () => {
    expect(() => queue().queue.finish('a')).toThrow('was not taken');
  });

  it('has the namespaces take turns: one with very many keys keeps no other waiting', () => {
    const { queue: q } = queue();
    for (let i = 0; i < 10_000; i++) q.add(`many/${i}`);
    q.add('one/a');
    q.add('two/a');
    q.add('one/b');
    const taken = Array.from({ length: 7 }, () => q.take());
    expect(taken).toEqual(['many/0', 'one/a', 'two/a', 'many/1', 'one/b', 'many/2', 'many/3']);
  });

  it('has a namespace with one key wait for its turn, however often that comes back', () => {
    const { queue: q } = queue();
    for (const key of ['busy/a', 'calm/a', 'calm/b']) q.add(key);
    const taken: (string | undefined)[] = [];
    for (let i = 0; i < 4; i++) {
      const key = q.take() ?? '';
      taken.push(key);
      q.finish(key);
      if (key === 'busy/a') q.add(key);
    }
    expect(taken).toEqual(['busy/a', 'calm/a', 'busy/a', 'calm/b']);
  });

  it('gives no namespace more than its share, also where nobody else wants any', () => {
    const { queue: q } = queue(2);
    for (const key of ['slow/a', 'slow/b', 'slow/c']) q.add(key);
    q.add('slow/urgent', 9);
    expect([q.take(), q.take(), q.take()]).toEqual(['slow/urgent', 'slow/a', undefined]);
    q.add('other/a');
    expect(q.take()).toBe('other/a');
    q.finish('slow/a');
    expect([q.take(), q.take()]).toEqual(['slow/b', undefined]);
    expect([q.depth, q.running]).toEqual([1, 3]);
  });

  const keys = fc.constantFrom('n/a', 'n/b', 'm/a', 'm/b', 'm/c', 'c');
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), key: keys, priority: fc.integer({ min: -1, max: 1 }) }),
    fc.record({ do: fc.constant('addAfter' as const), key: keys, delay: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ do: fc.constant('retry' as const), key: keys }),
    fc.record({ do: fc.constant('forget' as const), key: keys }),
    fc.record({ do: fc.constant('take' as const) }),
    fc.record({ do: fc.constant('finish' as const), key: keys }),
    fc.record({ do: fc.constant('advance' as const), by: fc.integer({ min: 0, max: 30 }) }),
  );

  it('never hands out a key twice at once, nor more of a namespace than its share, and loses none, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), async (steps, share) => {
        const { clock, queue: q } = queue(share);
        const out = new Set<string>();
        const isFull = (of: string) => [...out].filter((key) => namespaceOf(key) === namespaceOf(of)).length >= share;
        /** Keys that have to be handed out once more. */
        const owed = new Set<string>();
        const take = () => {
          const key = q.take();
          if (key === undefined) return undefined;
          expect(isFull(key)).toBe(false);
          expect(out.has(key)).toBe(false);
          expect(owed.has(key)).toBe(true);
          owed.delete(key);
          out.add(key);
          return key;
        };
        for (const s of steps) {
          if (s.do === 'add') {
            q.add(s.key, s.priority);
            owed.add(s.key);
          } else if (s.do === 'addAfter') {
            q.addAfter(s.key, s.delay);
            owed.add(s.key);
          } else if (s.do === 'retry') {
            q.retry(s.key);
            owed.add(s.key);
          } else if (s.do === 'forget') q.forget(s.key);
          else if (s.do === 'take') take();
          else if (s.do === 'finish') {
            if (out.delete(s.key)) q.finish(s.key);
          } else await clock.advance(s.by);
          expect(q.running).toBe(out.size);
        }
        await clock.advance(1000);
        for (;;) {
          while (take() !== undefined);
          // nothing is held back that could go
          expect([...owed].filter((key) => !out.has(key) && !isFull(key))).toEqual([]);
          const [key] = out;
          if (key === undefined) break;
          out.delete(key);
          q.finish(key);
        }
        expect(owed).toEqual(new Set());
      }),
      { numRuns: 300 },
    );
  });
});
