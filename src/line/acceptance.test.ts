import { expect, it } from 'vitest';
import { ProductionLine, type ProductionLineStatus } from '../api/production-line.js';
import { productionLineSpec } from '../api/production-line-schema.js';
import { apiVersionOf } from '../api/meta/kind.js';
import { BackgroundCalls } from '../runtime/index.js';
import { seededRandom } from '../support/random.js';
import { VirtualClock, virtualEpoch as now } from '../support/virtual-clock.js';
import { judgeLine } from './acceptance.js';

const workshop = { random: seededRandom(1), calls: new BackgroundCalls(new VirtualClock()) };

const good = { produce: [{ stage: 'provision' }, { stage: 'warm' }, { stage: 'stock' }] };
const broken = { produce: [{ stage: 'provision' }, { stage: 'warn' }, { stage: 'stock' }] };

function judged(spec: object, generation: number, status?: ProductionLineStatus) {
  return judgeLine(
    {
      apiVersion: apiVersionOf(ProductionLine),
      kind: 'ProductionLine',
      metadata: {
        name: 'l',
        namespace: 'default',
        uid: 'u',
        resourceVersion: '1',
        creationTimestamp: '2026-01-01T00:00:00Z',
        generation,
      },
      spec: productionLineSpec.parse(spec),
      ...(status && { status }),
    },
    workshop,
    now,
  );
}

const acceptedOf = ({ accepted = [] }: ProductionLineStatus) => accepted.map(({ generation }) => generation);

it('writes down what is good, and says so', () => {
  const status = judged(good, 1);
  expect(acceptedOf(status)).toEqual([1]);
  expect(status.conditions).toMatchObject([{ type: 'Accepted', status: 'True', observedGeneration: 1 }]);
  expect(judged(good, 1, status)).toEqual(status);
});

it('keeps the last that was good when a change breaks it, and says what is wrong and where', () => {
  const status = judged(broken, 2, judged(good, 1));
  expect(acceptedOf(status)).toEqual([1]);
  expect(status.conditions).toMatchObject([
    {
      type: 'Accepted',
      status: 'False',
      reason: 'Broken',
      message:
        'produce, stage warn: there is no stage warn in this chain; did you mean warm?. Pools go on by generation 1, which was the last to be accepted.',
    },
  ]);
  expect(acceptedOf(judged(good, 3, status))).toEqual([3, 1]);
});

it('says that no pool can work by one that never was good', () => {
  const status = judged(broken, 1);
  expect(acceptedOf(status)).toEqual([]);
  expect(status.conditions?.[0]?.message).toContain('No pool can work by it.');
});

it('remembers three versions', () => {
  let status: ProductionLineStatus | undefined;
  for (let generation = 1; generation <= 5; generation++) status = judged(good, generation, status);
  expect(status && acceptedOf(status)).toEqual([5, 4, 3]);
});
