import { expect, it } from 'vitest';
import { aPool } from '../../../test/objects.js';
import { ConfigMap } from '../../api/kubernetes.js';
import { EmbeddedCluster } from '../../embedded/index.js';
import type { Context } from '../../runtime/index.js';
import { silentLogger } from '../../support/log.js';
import { seededRandom } from '../../support/random.js';
import { hour, minute } from '../../support/time.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { DemandBook } from './book.js';
import { slotOf } from './history.js';

const pool = aPool();
const context: Context = {
  signal: new AbortController().signal,
  term: 1,
  log: silentLogger,
  events: { record: () => {} },
  wake: () => {},
};

const counts = ({ history }: DemandBook, from: number, to: number) =>
  history.slots(slotOf(from), slotOf(to)).reduce((sum, count) => sum + count, 0);

it('counts a claim once, and none that is written down already', async () => {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
  const begin = clock.now();
  const book = await DemandBook.open(cluster, pool, begin, context);
  expect([book.count('a', begin, 3), book.count('a', begin, 3), book.count('b', begin - hour, 9)]).toEqual([
    true,
    false,
    false,
  ]);
  expect(await book.save(cluster, pool, begin + 5 * minute, context)).toBe(true);
  const again = await DemandBook.open(cluster, pool, begin + hour, context);
  expect(again.count('a', begin, 3)).toBe(false);
  expect(again.count('c', begin + 5 * minute, 2)).toBe(true);
  expect(counts(again, begin, begin + hour)).toBe(5);
});

it('does not write over what another operator has written, but reads it', async () => {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
  const begin = clock.now();
  const books = await Promise.all([1, 2].map(() => DemandBook.open(cluster, pool, begin, context)));
  const [first, second] = books;
  first?.count('a', begin, 3);
  second?.count('a', begin, 3);
  expect(await first?.save(cluster, pool, begin + 5 * minute, context)).toBe(true);
  expect(await second?.save(cluster, pool, begin + 5 * minute, context)).toBe(false);

  const third = await DemandBook.open(cluster, pool, begin + 10 * minute, context);
  third.count('b', begin + 10 * minute, 4);
  first?.count('b', begin + 10 * minute, 4);
  expect(await third.save(cluster, pool, begin + 20 * minute, context)).toBe(true);
  expect(await first?.save(cluster, pool, begin + 20 * minute, context)).toBe(false);
  expect(counts(await DemandBook.open(cluster, pool, begin + hour, context), begin, begin + hour)).toBe(7);
});

it('writes at most every ten minutes', async () => {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
  const begin = clock.now();
  const version = async () => (await cluster.list(ConfigMap)).items[0]?.metadata.resourceVersion;
  const book = await DemandBook.open(cluster, pool, begin, context);
  const versions = new Set<string | undefined>();
  for (let at = begin; at < begin + hour; at += minute) {
    book.count(String(at), at, 1);
    await book.save(cluster, pool, at, context);
    versions.add(await version());
  }
  expect(versions.size).toBe(6);
});

it('begins anew where the record cannot be read, and mends it', async () => {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
  const begin = clock.now();
  await (await DemandBook.open(cluster, pool, begin, context)).save(cluster, pool, begin, context);
  const [record] = (await cluster.list(ConfigMap)).items;
  if (!record) throw new Error('nothing was written');
  await cluster.replace(ConfigMap, { ...record, data: { since: 'yesterday' } });
  const book = await DemandBook.open(cluster, pool, begin + hour, context);
  book.count('a', begin + hour, 2);
  expect(await book.save(cluster, pool, begin + 2 * hour, context)).toBe(true);
  expect(counts(await DemandBook.open(cluster, pool, begin + 2 * hour, context), begin, begin + 2 * hour)).toBe(2);
});
