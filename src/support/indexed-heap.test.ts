import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexedHeap } from './indexed-heap.js';

const step = fc.record({ key: fc.nat(12), priority: fc.option(fc.nat(20), { nil: undefined }) });

describe('IndexedHeap', () => {
  it('has the key of the lowest priority first, whatever was set, changed and deleted before', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const heap = new IndexedHeap<number>();
        const model = new Map<number, number>();
        for (const { key, priority } of steps) {
          if (priority === undefined) {
            heap.delete(key);
            model.delete(key);
          } else {
            heap.set(key, priority);
            model.set(key, priority);
          }
          expect(heap.size).toBe(model.size);
          const first = heap.peek();
          expect(first?.priority).toBe(model.size === 0 ? undefined : Math.min(...model.values()));
          expect(first && model.get(first.key)).toBe(first?.priority);
        }
      }),
    );
  });
});
