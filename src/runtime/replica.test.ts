import { describe, expect, it } from 'vitest';
import type { Resource } from '../api/meta/resource.js';
import { timestamp } from '../support/time.js';
import { virtualEpoch } from '../support/virtual-clock.js';
import { ObjectStore } from './object-store.js';
import { RemovedUids, Replica } from './replica.js';

const object = (name: string, version: number, uid = name, metadata: Partial<Resource['metadata']> = {}): Resource => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, uid, resourceVersion: `${version}`, creationTimestamp: timestamp(virtualEpoch), ...metadata },
});

function replica(listed: readonly Resource[] = [], mark = 10) {
  const store = new ObjectStore<Resource>((error) => {
    throw error;
  });
  const made = new Replica<Resource>(
    store,
    () => true,
    () => true,
  );
  const list = (items: readonly Resource[], at: number) => {
    const listing = made.list();
    listing.add({ items, resourceVersion: `${at}` });
    listing.finish();
  };
  list(listed, mark);
  const shown = () => [...store.values()].map(({ metadata }) => `${metadata.uid}@${metadata.resourceVersion}`);
  return { store, replica: made, list, shown };
}

const ended = { deletionTimestamp: timestamp(virtualEpoch), deletionGracePeriodSeconds: 0 };

describe('replica', () => {
  it('shows the answer to a write at once, and ignores the event that says the same, or less', () => {
    const { replica: r, shown } = replica([object('a', 5)]);
    r.remember(object('a', 12));
    expect(shown()).toEqual(['a@12']);
    r.apply({ type: 'MODIFIED', object: object('a', 11) });
    r.apply({ type: 'MODIFIED', object: object('a', 12) });
    expect(shown()).toEqual(['a@12']);
    r.apply({ type: 'MODIFIED', object: object('a', 13) });
    expect(shown()).toEqual(['a@13']);
  });

  it('ignores an answer that is older than what is known', () => {
    const { replica: r, shown } = replica([object('a', 5)]);
    r.apply({ type: 'MODIFIED', object: object('a', 13) });
    r.remember(object('a', 12));
    expect(shown()).toEqual(['a@13']);
  });

  it('does not resurrect what the watch has ended, by an answer that comes late', () => {
    const { replica: r, shown } = replica([object('a', 5)]);
    r.apply({ type: 'DELETED', object: object('a', 13) });
    r.remember(object('a', 12));
    expect(shown()).toEqual([]);
  });

  it('shows an object that was made after the mark, until the watch comes to its end', () => {
    const { replica: r, shown } = replica();
    r.remember(object('b', 12));
    expect(shown()).toEqual(['b@12']);
    r.apply({ type: 'ADDED', object: object('b', 12) });
    r.apply({ type: 'DELETED', object: object('b', 15) });
    expect(shown()).toEqual([]);
  });

  it('takes in a write that was answered before the first list, and keeps it over an older list', () => {
    const store = new ObjectStore<Resource>(() => undefined);
    const yes = () => true;
    const r = new Replica<Resource>(store, yes, yes);
    r.remember(object('a', 12));
    expect(r.mark).toBeUndefined();
    const listing = r.list();
    listing.add({ items: [object('a', 7)], resourceVersion: '11' });
    listing.finish();
    expect(store.get('a')?.metadata.resourceVersion).toBe('12');
    expect(r.mark).toBe('11');
  });

  it('keeps what was created after the list, and drops what the list does not hold', () => {
    const { replica: r, list, shown } = replica([object('a', 5), object('b', 6)]);
    r.remember(object('c', 30));
    list([object('b', 6)], 20);
    expect(shown()).toEqual(['b@6', 'c@30']);
  });

  it('ignores what the watch tells of objects that a newer list has shown to be gone', () => {
    const { replica: r, list, shown } = replica([object('a', 5)]);
    list([], 20);
    r.apply({ type: 'MODIFIED', object: object('a', 12) });
    r.apply({ type: 'ADDED', object: object('b', 13) });
    expect(shown()).toEqual([]);
  });

  it('does not take a list that was overtaken by a newer one for a history that went back', () => {
    const { replica: r, list, shown } = replica([object('a', 5)]);
    const slow = r.list();
    list([object('b', 15)], 20);
    slow.add({ items: [object('a', 5)], resourceVersion: '12' });
    slow.finish();
    expect(shown()).toEqual(['b@15']);
  });

  it('starts over when a list shows that the history went back', () => {
    const { list, shown } = replica([object('a', 5), object('b', 6)]);
    list([object('b', 2, 'older')], 4);
    expect(shown()).toEqual(['older@2']);
  });

  it('drops what a removal has ended, and does not show it again when the watch tells of its last days', () => {
    const { replica: r, list, shown } = replica([object('a', 5)]);
    r.forget('a', 'a');
    expect(shown()).toEqual([]);
    r.apply({ type: 'MODIFIED', object: object('a', 12) });
    list([object('a', 12)], 14);
    r.remember(object('a', 15));
    expect(shown()).toEqual([]);
    r.apply({ type: 'DELETED', object: object('a', 16) });
    r.apply({ type: 'ADDED', object: object('a', 17, 'second') });
    expect(shown()).toEqual(['second@17']);
  });

  it('does not drop the next object of the name', () => {
    const { replica: r, shown } = replica([object('a', 5, 'second')]);
    r.forget('a', 'first');
    expect(shown()).toEqual(['second@5']);
  });

  it('knows that an object is gone when nothing holds it any more', () => {
    const { replica: r, shown } = replica([object('a', 5), object('b', 6)]);
    r.remember(object('a', 12, 'a', { ...ended, finalizers: ['x'] }));
    r.remember(object('b', 13, 'b', { ...ended, deletionGracePeriodSeconds: 30 }));
    expect(shown()).toEqual(['a@12', 'b@13']);
    r.remember(object('a', 14, 'a', ended));
    expect(shown()).toEqual(['b@13']);
  });

  it('keeps the next object of a name when the watch comes to the end of the one before', () => {
    const { replica: r, shown } = replica([object('a', 5, 'first')]);
    r.remember(object('a', 14, 'second'));
    r.apply({ type: 'DELETED', object: object('a', 13, 'first') });
    expect(shown()).toEqual(['second@14']);
  });
});

/** Two replicas of one store: what has the label, and what has not. */
function parts() {
  const store = new ObjectStore<Resource>((error) => {
    throw error;
  });
  const removed = new RemovedUids();
  const isOurs = ({ metadata }: Resource) => metadata.labels?.['ours'] !== undefined;
  const part = (has: (object: Resource) => boolean) => {
    const made = new Replica<Resource>(store, has, has, removed);
    const listing = made.list();
    listing.add({ items: [], resourceVersion: '1' });
    listing.finish();
    return made;
  };
  const shown = () =>
    [...store.values()].map((one) => `${isOurs(one) ? 'ours' : 'other'}@${one.metadata.resourceVersion}`);
  return { ours: part(isOurs), others: part((object) => !isOurs(object)), shown };
}

describe('two replicas of one store', () => {
  const other = (version: number) => object('a', version);
  const our = (version: number) => object('a', version, 'a', { labels: { ours: '' } });
  // a server tells the watch that an object has left of a deletion: it shows it as it was, at the version at which it left
  const left = { type: 'DELETED', object: other(10) } as const;

  it('show an object that has gone over once, whichever watch is told first', () => {
    const { ours, others, shown } = parts();
    others.apply({ type: 'ADDED', object: other(5) });
    ours.apply({ type: 'ADDED', object: our(10) });
    expect(shown()).toEqual(['ours@10']);
    others.apply(left);
    expect(shown()).toEqual(['ours@10']);
    const later = parts();
    later.others.apply({ type: 'ADDED', object: other(5) });
    later.others.apply(left);
    later.ours.apply({ type: 'ADDED', object: our(10) });
    expect(later.shown()).toEqual(['ours@10']);
  });

  it('show what an own write has made of it at once, and not once more when it has ended since', () => {
    const { ours, others, shown } = parts();
    others.apply({ type: 'ADDED', object: other(5) });
    ours.remember(our(10));
    expect(shown()).toEqual(['ours@10']);
    ours.apply({ type: 'DELETED', object: our(12) });
    others.apply({ type: 'MODIFIED', object: other(8) });
    ours.remember(our(10));
    others.apply(left);
    expect(shown()).toEqual([]);
  });

  it('show nothing of what a removal has ended, whichever of them is told of its last days', () => {
    const { ours, others, shown } = parts();
    ours.apply({ type: 'ADDED', object: our(10) });
    ours.forget('a', 'a');
    others.apply({ type: 'ADDED', object: other(8) });
    ours.apply({ type: 'MODIFIED', object: our(11) });
    expect(shown()).toEqual([]);
  });

  it('let go of their own objects only', () => {
    const { ours, others, shown } = parts();
    ours.apply({ type: 'ADDED', object: our(10) });
    others.clear();
    expect(shown()).toEqual(['ours@10']);
    ours.clear();
    expect(shown()).toEqual([]);
  });
});
