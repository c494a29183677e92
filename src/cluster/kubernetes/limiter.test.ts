import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Flow } from '../cluster.js';
import { TooManyRequests } from '../errors.js';
import { Limiter, nextFlow } from './limiter.js';

const limits = { inFlight: 4, refillInFlight: 2, waiting: 100 };
const turns = () => new Promise((resolve) => setImmediate(resolve));

test.each<[string, [number, number, number], [number, number, number], Flow | undefined]>([
  ['nobody waits', [0, 0, 0], [0, 0, 0], undefined],
  ['a delivery goes before all others', [0, 0, 0], [1, 1, 1], 'delivery'],
  ['control goes before refill', [0, 0, 0], [0, 1, 1], 'control'],
  ['refill goes when nobody else waits', [2, 0, 0], [0, 0, 1], 'refill'],
  ['refill keeps to its share', [0, 0, 2], [0, 0, 1], undefined],
  ['… which does not hold back others', [0, 0, 2], [0, 1, 1], 'control'],
  ['all places are taken', [2, 1, 1], [1, 1, 1], undefined],
])('%s', (_, [delivery, control, refill], [d, c, r], expected) => {
  expect(nextFlow({ delivery, control, refill }, { delivery: d, control: c, refill: r }, limits)).toBe(expected);
});

test('a call that gives up while it waits takes no place', async () => {
  const limiter = new Limiter({ ...limits, inFlight: 1 });
  await limiter.enter('control');
  const abort = new AbortController();
  const waiting = limiter.enter('control', abort.signal);
  const behind = limiter.enter('control');
  abort.abort(new Error('never mind'));
  await expect(waiting).rejects.toThrow('never mind');
  limiter.leave('control');
  await behind;
});

test('the queue has a limit, and says so', async () => {
  const limiter = new Limiter({ inFlight: 1, refillInFlight: 1, waiting: 1 });
  await limiter.enter('delivery');
  const second = limiter.enter('delivery');
  await expect(limiter.enter('delivery')).rejects.toThrow(TooManyRequests);
  limiter.leave('delivery');
  await second;
});

test('an aborted signal is refused before it waits', async () => {
  await expect(new Limiter(limits).enter('control', AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
});

test('whatever comes and goes: within the limits, nobody is forgotten, first come first served within a flow', async () => {
  const flow = fc.constantFrom<Flow>('delivery', 'control', 'refill');
  const step = fc.oneof(fc.record({ enter: flow }), fc.record({ leave: flow }), fc.record({ abort: fc.nat(30) }));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
      const limiter = new Limiter(limits);
      const inFlight: Record<Flow, number> = { delivery: 0, control: 0, refill: 0 };
      const served: Record<Flow, number[]> = { delivery: [], control: [], refill: [] };
      const calls: { abort: AbortController; ended: boolean }[] = [];
      for (const action of steps) {
        if ('enter' in action) {
          const call = { abort: new AbortController(), ended: false };
          const number = calls.push(call);
          limiter.enter(action.enter, call.abort.signal).then(
            () => {
              call.ended = true;
              inFlight[action.enter]++;
              served[action.enter].push(number);
            },
            () => {
              call.ended = true;
            },
          );
        } else if ('leave' in action) {
          if (inFlight[action.leave] === 0) continue;
          inFlight[action.leave]--;
          limiter.leave(action.leave);
        } else calls[action.abort]?.abort.abort();
        await turns();
        expect(inFlight.delivery + inFlight.control + inFlight.refill).toBeLessThanOrEqual(limits.inFlight);
        expect(inFlight.refill).toBeLessThanOrEqual(limits.refillInFlight);
      }
      for (let rounds = 0; rounds < 200 && calls.some(({ ended }) => !ended); rounds++) {
        for (const name of ['delivery', 'control', 'refill'] as const)
          for (; inFlight[name] > 0; inFlight[name]--) limiter.leave(name);
        await turns();
      }
      expect(calls.every(({ ended }) => ended)).toBe(true);
      for (const order of Object.values(served)) expect(order).toEqual([...order].sort((a, b) => a - b));
    }),
    { numRuns: 60 },
  );
});
