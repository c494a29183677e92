import { describe, expect, it } from 'vitest';
import { aClaim, stocked } from '../../../../test/objects.js';
import type { ClaimItem } from '../../../api/container-claim.js';
import type { Pod } from '../../../api/kubernetes.js';
import { BackgroundCalls } from '../../../runtime/index.js';
import { seededRandom } from '../../../support/random.js';
import { VirtualClock } from '../../../support/virtual-clock.js';
import type { Slot } from '../../work.js';
import { nodeLoads } from './by-node.js';
import { match } from './match.js';

const on = (name: string, nodeName: string, cpu = '100m') =>
  stocked(name, {
    spec: { nodeName, containers: [{ name: 'main', image: 'x', resources: { requests: { cpu } } }] },
  });

const slots = (count: number, item: ClaimItem = aClaim().spec.items[0]!): readonly Slot[] =>
  Array.from({ length: count }, (_, index) => ({ index, itemName: 'a', item }));

const choose = (order: string, needs: readonly Slot[], candidates: readonly Pod[], others: readonly Pod[] = []) => {
  const workshop = { random: seededRandom(1), calls: new BackgroundCalls(new VirtualClock()) };
  const place = { name: 'match', chain: 'deliver', version: undefined, following: [] } as const;
  const made = match.make({ order }, workshop, place);
  if (!('select' in made)) throw new Error(made.join());
  return made
    .select(needs, candidates, () => nodeLoads([...candidates, ...others]))
    .map(({ candidate }) => candidate.metadata.name);
};

const stock = [on('a1', 'a'), on('b1', 'b'), on('b2', 'b'), on('c1', 'c'), on('b3', 'b'), on('a2', 'a')];

describe('match', () => {
  it.each([
    ['oldest', 3, ['a1', 'b1', 'b2']],
    ['packed', 4, ['b1', 'b2', 'b3', 'a1']],
    ['spread', 4, ['a1', 'b1', 'c1', 'a2']],
    ['leastLoaded', 3, ['c1', 'a1', 'a2']],
  ])('%s', (order, count, names) => {
    expect(choose(order, slots(count), stock)).toEqual(names);
  });

  it.each(['oldest', 'packed', 'spread', 'leastLoaded', 'bestFit'])(
    '%s gives no more than there is, each once',
    (order) => {
      const chosen = choose(order, slots(9), stock);
      expect(chosen.toSorted()).toEqual(stock.map(({ metadata }) => metadata.name).toSorted());
      expect(choose(order, [], stock)).toEqual([]);
    },
  );

  it('leastLoaded counts what else the nodes carry', () => {
    expect(choose('leastLoaded', slots(1), stock, [on('other', 'c', '4')])).toEqual(['a1']);
  });

  it('bestFit takes what has to be resized the least', () => {
    const sizes = [
      on('small', 'a', '100m'),
      on('large', 'a', '2'),
      on('medium', 'a', '1'),
      on('medium2', 'a', '1000m'),
    ];
    const asking = (cpu: string) => slots(1, { name: 'a', count: 1, resources: { requests: { cpu } } });
    expect(choose('bestFit', asking('900m'), sizes)).toEqual(['medium']);
    expect(choose('bestFit', asking('3'), sizes)).toEqual(['large']);
    expect(choose('bestFit', asking('100m'), sizes)).toEqual(['small']);
  });
});
