import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Containing } from '../../line/index.js';
import { wasteOf } from './waste.js';

const pod = (cpu: string, memory: string, sidecar?: string): Containing => ({
  spec: {
    containers: [
      { name: 'main', image: 'a', resources: { requests: { cpu, memory } } },
      ...(sidecar === undefined ? [] : [{ name: 'side', image: 'a', resources: { requests: { cpu: sidecar } } }]),
    ],
  },
});
const asking = (requests: { cpu?: string; memory?: string }) => ({ resources: { requests } });

describe('wasteOf', () => {
  const small = pod('1', '1Gi');
  const large = pod('2', '4Gi');

  it('counts all of a container as wasted on an item that asks for nothing', () => {
    const wastes = wasteOf([small, large].map((one) => ({ item: {}, pod: one })));
    expect(wastes.map(({ waste }) => waste)).toEqual([0.5, 1]);
  });

  it('counts what nobody asked for, once the item has its size', () => {
    const item = asking({ cpu: '2' });
    const wastes = wasteOf([small, large].map((one) => ({ item, pod: one })));
    // cpu becomes 2 in both; of memory there is 1 of the largest 4, and 4 of 4
    expect(wastes).toEqual([
      { waste: 0.25, resize: 0.5 },
      { waste: 1, resize: 0 },
    ]);
  });

  it('tells by how far they have to be resized what else would be equal', () => {
    const item = asking({ cpu: '2', memory: '4Gi' });
    expect(wasteOf([small, large].map((one) => ({ item, pod: one })))).toEqual([
      { waste: 0, resize: 0.75 },
      { waste: 0, resize: 0 },
    ]);
  });

  it('counts what comes beside the main container', () => {
    const item = asking({ cpu: '1', memory: '1Gi' });
    const [without, beside] = wasteOf([small, pod('1', '1Gi', '1')].map((one) => ({ item, pod: one })));
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
          const pods = sizes.map(([cores, gigabytes]) => pod(`${cores}`, `${gigabytes}Gi`));
          for (const { waste } of wasteOf(pods.map((one) => ({ item: asking({ cpu: `${cpu}` }), pod: one })))) {
            expect(waste).toBeGreaterThanOrEqual(0);
            expect(waste).toBeLessThanOrEqual(1);
          }
          const both = asking({ cpu: `${cpu}`, memory: `${memory}Gi` });
          expect(wasteOf(pods.map((one) => ({ item: both, pod: one }))).every(({ waste }) => waste === 0)).toBe(true);
        },
      ),
    );
  });
});
