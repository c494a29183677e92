import { describe, expect, it } from 'vitest';
import type { Resource } from '../api/meta/resource.js';
import { ObjectStore } from './object-store.js';

const named = (name: string, labels: Record<string, string>): Resource => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels },
});
const byLabels = ({ metadata }: Resource) => Object.values(metadata.labels ?? {});

describe('object store', () => {
  it('files objects in the order in which they came to a value, and keeps their place while they stay', () => {
    const store = new ObjectStore<Resource>(() => undefined);
    store.addIndex('label', byLabels);
    for (const name of ['a', 'b', 'c']) store.set(name, named(name, { x: 'on' }), 'list');
    store.set('a', named('a', { x: 'on', y: 'new' }), 'watch');
    expect([...store.byIndex('label', 'on').keys()]).toEqual(['a', 'b', 'c']);
    store.set('a', named('a', { x: 'off' }), 'watch');
    store.set('a', named('a', { x: 'on' }), 'watch');
    expect([...store.byIndex('label', 'on').keys()]).toEqual(['b', 'c', 'a']);
    expect(store.byIndex('label', 'new').size).toBe(0);
  });

  it('files what is there already under a new index, and refuses another function of the same name', () => {
    const store = new ObjectStore<Resource>(() => undefined);
    store.set('a', named('a', { x: 'on' }), 'list');
    store.addIndex('label', byLabels);
    store.addIndex('label', byLabels);
    expect(store.byIndex('label', 'on').size).toBe(1);
    expect(() => store.addIndex('label', () => [])).toThrow('exists already');
    expect(() => store.byIndex('other', 'on')).toThrow('no index other');
  });

  it('shows the change in the indexes by the time that handlers hear of it', () => {
    const store = new ObjectStore<Resource>(() => undefined);
    store.addIndex('label', byLabels);
    const seen: number[] = [];
    const look = () => void seen.push(store.byIndex('label', 'on').size);
    store.addHandler({ add: look, update: look, delete: look });
    store.set('a', named('a', { x: 'on' }), 'watch');
    store.set('a', named('a', { x: 'off' }), 'watch');
    store.set('a', named('a', { x: 'on' }), 'watch');
    store.delete('a', 'watch');
    store.delete('a', 'watch');
    expect(seen).toEqual([1, 0, 1, 0]);
  });

  it('keeps nothing of who wrote which field, for any kind, and the rest as it came', () => {
    const store = new ObjectStore<Resource>(() => undefined);
    const seen: Resource[] = [];
    store.trim((object) => {
      seen.push(object);
      return object;
    });
    const plain = named('plain', {});
    const applied = 'kubectl.kubernetes.io/last-applied-configuration';
    const { metadata } = named('applied', { x: 'on' });
    const annotations = { [applied]: '{}', 'example.com/note': 'kept' };
    const whole = { ...plain, metadata: { ...metadata, annotations, managedFields: [{}] } };
    store.set('plain', plain, 'list');
    store.set('applied', whole, 'list');
    expect(store.get('plain')).toBe(plain);
    expect(store.get('applied')).toEqual({
      ...plain,
      metadata: { ...metadata, annotations: { 'example.com/note': 'kept' } },
    });
    expect(seen).toEqual([...store.values()]);
  });
});
