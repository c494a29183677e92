import { describe, expect, test } from 'vitest';
import type { Node, Pod, PodStatus } from '../../api/kubernetes.js';
import { podInfo, podShape } from '../../scheduling/index.js';
import { minMemberLabel, podGroupLabel } from '../gang.js';
import { SchedulerCache } from './scheduler-cache.js';

const node = (name: string, cpu = '4'): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels: {} },
  status: { allocatable: { cpu, memory: '8Gi', pods: '10' } },
});

interface Given {
  readonly on?: string;
  readonly cpu?: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly status?: PodStatus;
}

const pod = (name: string, { on, cpu = '1', uid = name, labels = {}, status = {} }: Given = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid, resourceVersion: '1', creationTimestamp: '', labels },
  spec: {
    containers: [{ name: 'main', resources: { requests: { cpu } } }],
    ...(on !== undefined && { nodeName: on }),
  },
  status,
});

function cacheOf(...nodes: readonly Node[]): SchedulerCache {
  const cache = new SchedulerCache();
  for (const one of nodes) cache.setNode(one);
  return cache;
}

const assume = (cache: SchedulerCache, one: Pod, on: string): void =>
  cache.assume(podInfo(one, Infinity, podShape(one)), on);

function requestedOn(cache: SchedulerCache, name: string): number | undefined {
  const row = cache.snapshot.rowOf(name);
  return row === undefined ? undefined : cache.snapshot.basicColumn('cpu').requested[row];
}

describe('the scheduler cache', () => {
  test('counts an assumed pod once when the informers show it where it was assumed', () => {
    const cache = cacheOf(node('n'));
    assume(cache, pod('p'), 'n');
    expect([requestedOn(cache, 'n'), cache.assumedPods]).toEqual([1000, 1]);
    expect(cache.observe(pod('p', { on: 'n' })).added?.key).toBe('default/p');
    expect([requestedOn(cache, 'n'), cache.assumedPods]).toEqual([1000, 0]);
    expect(cache.observe(pod('p', { on: 'n' }))).toEqual({});
  });

  test('moves an assumed pod to the node that the informers show, and says that room was freed', () => {
    const cache = cacheOf(node('wrong'), node('right'));
    assume(cache, pod('p'), 'wrong');
    expect(cache.observe(pod('p', { on: 'right' }))).toMatchObject({ freed: 'wrong' });
    expect([requestedOn(cache, 'wrong'), requestedOn(cache, 'right')]).toEqual([0, 1000]);
  });

  test('keeps an assumed pod counted while the informers show it without a node', () => {
    const cache = cacheOf(node('n'));
    assume(cache, pod('p'), 'n');
    expect(cache.observe(pod('p'))).toEqual({});
    expect(requestedOn(cache, 'n')).toBe(1000);
  });

  test('forgets an assumed pod, and neither its successor of the same name nor one that is on a node', () => {
    const cache = cacheOf(node('n'));
    assume(cache, pod('p', { uid: 'second' }), 'n');
    expect(cache.forget('default/p', 'first')).toEqual({});
    expect(cache.forget('default/p', 'second')).toMatchObject({ freed: 'n' });
    cache.observe(pod('q', { on: 'n' }));
    expect(cache.forget('default/q', 'q')).toEqual({});
    expect(requestedOn(cache, 'n')).toBe(1000);
  });

  test('drops what it counted for a pod when another comes under its name', () => {
    const cache = cacheOf(node('n'));
    assume(cache, pod('p', { uid: 'first' }), 'n');
    cache.observe(pod('p', { uid: 'second' }));
    expect(requestedOn(cache, 'n')).toBe(0);
  });

  test('counts pods on a node that comes after them, and again when it comes back', () => {
    const cache = cacheOf();
    cache.observe(pod('p', { on: 'n' }));
    cache.setNode(node('n'));
    expect(requestedOn(cache, 'n')).toBe(1000);
    cache.removeNode('n');
    cache.observe(pod('q', { on: 'n', cpu: '2' }));
    cache.remove('default/p');
    cache.setNode(node('n'));
    expect(requestedOn(cache, 'n')).toBe(2000);
  });

  test('says that room was freed when a pod ends, holds less, or is gone, and not when it holds more', () => {
    const cache = cacheOf(node('n'));
    cache.observe(pod('p', { on: 'n', cpu: '1' }));
    expect(cache.observe(pod('p', { on: 'n', cpu: '3' }))).toEqual({});
    expect(cache.observe(pod('p', { on: 'n', cpu: '2' }))).toMatchObject({ freed: 'n' });
    expect(cache.observe(pod('p', { on: 'n', cpu: '2', status: { phase: 'Succeeded' } }))).toMatchObject({
      freed: 'n',
    });
    expect(cache.remove('default/p')).toEqual({});
    expect(requestedOn(cache, 'n')).toBe(0);
  });

  test('keeps room for a nominated pod until it is withdrawn, bound, or nominated elsewhere', () => {
    const cache = cacheOf(node('a'), node('b'));
    const nominated = (nominatedNodeName: string) => pod('p', { status: { nominatedNodeName } });
    expect(cache.nominate(nominated('a'))).toEqual({});
    expect(cache.nominate(nominated('b'))).toEqual({ freed: 'a' });
    expect([...cache.snapshot.nominated.keys()]).toEqual(['b']);
    expect(cache.nominate(pod('p', { on: 'a' }))).toEqual({ freed: 'b' });
    expect(cache.withdraw('default/p')).toEqual({});
  });

  test('counts the members of a gang that have, or had, a node: assumed, on a node that is gone, or done', () => {
    const cache = cacheOf(node('n'));
    const member = (name: string, given: Given = {}) =>
      pod(name, { ...given, labels: { [podGroupLabel]: 'g', [minMemberLabel]: '3' } });
    assume(cache, member('a'), 'n');
    cache.observe(member('b', { on: 'gone' }));
    cache.observe(member('c', { on: 'n' }));
    cache.observe(member('c', { on: 'n', status: { phase: 'Succeeded' } }));
    expect(cache.membersOf('default/g')).toBe(3);
    cache.observe(member('b', { on: 'gone', status: { phase: 'Failed' } }));
    cache.forget('default/a', 'a');
    cache.remove('default/c');
    expect(cache.membersOf('default/g')).toBe(0);
  });
});
