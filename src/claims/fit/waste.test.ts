import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PodSpec } from '../../api/kubernetes.js';
import { wasteOf } from './waste.js';

const pod = (cpu: string, memory: string, sidecar?: string): PodSpec => ({
  containers: [
    { name: 'main', image: 'a', resources: { requests: { cpu, memory } } },
    ...(sidecar === undefined ? [] : [{ name: 'side', image: 'a', resources: { requests: { cpu: sidecar } } }]),
  ],
});
const asking = (requests: { cpu?: string; memory?: string }) => ({ resources: { requests } });

describe('wasteOf', () => {
  const small = pod('1', '1Gi');
  const large = pod('2', '4Gi');

  it('counts all of a container as wasted on an item that asks for nothing', () => {
    const wastes = wasteOf([small, large].map((spec) => ({ item: {}, spec })));
    expect(wastes.map(({ waste }) => waste)).toEqual([0.5, 1]);
  });

  it('counts what nobody asked for, once the item has its size', () => {
    const item = asking({ cpu: '2' });
    const wastes = wasteOf([small, large].map((spec) => ({ item, spec })));
    // cpu becomes 2 in both; of memory there is 1 of the largest 4, and 4 of 4
    expect(wastes).toEqual([
      { waste: 0.25, resize: 0.5 },
      { waste: 1, resize: 0 },
    ]);
  });

  it('tells by how far they have to be resized what else would be equal', () => {
    const item = asking({ cpu: '2', memory: '4Gi' });
    expect(wasteOf([small, large].map((spec) => ({ item, spec })))).toEqual([
      { waste: 0, resize: 0.75 },
      { waste: 0, resize: 0 },
    ]);
  });

  it('counts what comes beside the first container', () => {
    const item = asking({ cpu: '1', memory: '1Gi' });
    const [without, beside] = wasteOf([small, pod('1', '1Gi', '1')].map((spec) => ({ item, spec })));
    expect([without?.waste, beside?.waste]).toEqual([0, 0.5]);
  });

  it('is from 0 to 1, and 0 where all is asked for', () => {
    const amount = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(amount, amount), { minLength: 1, maxLength: 5 }),
        amount,
        amount,
        (sizes, cpu, memory) => {
          const specs = sizes.map(([cores, gigabytes]) => pod(`${cores}`, `${gigabytes}Gi`));
          for (const { waste } of wasteOf(specs.map((spec) => ({ item: asking({ cpu: `${cpu}` }), spec })))) {
            expect(waste).toBeGreaterThanOrEqual(0);
            expect(waste).toBeLessThanOrEqual(1);
          }
          const both = asking({ cpu: `${cpu}`, memory: `${memory}Gi` });
          expect(wasteOf(specs.map((spec) => ({ item: both, spec }))).every(({ waste }) => waste === 0)).toBe(true);
        },
      ),
    );
  });
});
