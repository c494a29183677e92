import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pod } from '../../api/kubernetes.js';
import { podShape } from '../../scheduling/index.js';
import { minute, second } from '../../support/time.js';
import { flushAfter, type QueuedPod, SchedulingQueue } from './scheduling-queue.js';

const pod = (name: string, priority = 0, cpu = '1'): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '' },
  spec: { priority, containers: [{ name: 'main', resources: { requests: { cpu } } }] },
});

const namesOf = (pods: readonly QueuedPod[]) => pods.map(({ pod: { metadata } }) => metadata.name);
const fit = new Set(['NodeResourcesFit']);

function queueOf(...pods: readonly Pod[]): SchedulingQueue {
  const queue = new SchedulingQueue();
  for (const [index, one] of pods.entries()) queue.add(one, podShape(one), index);
  return queue;
}

/** A queue in which these pods were found to fit nowhere. */
function unschedulable(at: number, ...pods: readonly Pod[]): SchedulingQueue {
  const queue = queueOf(...pods);
  for (const one of queue.pop(pods.length, at)) queue.addUnschedulable(one, fit, at);
  return queue;
}

describe('the scheduling queue', () => {
  test('gives the most important pods first, of equal ones the oldest', () => {
    const queue = queueOf(pod('old'), pod('high', 10), pod('young'));
    expect(namesOf(queue.pop(2, 10))).toEqual(['high', 'old']);
    expect(namesOf(queue.pop(2, 10))).toEqual(['young']);
  });

  test('gives a pod out once, and not when it is gone', () => {
    const queue = queueOf(pod('a'), pod('b'));
    queue.add(pod('a'), podShape(pod('a')), 5);
    queue.remove('default/b', 5);
    expect(namesOf(queue.pop(9, 10))).toEqual(['a']);
    expect(queue.pending).toEqual({ active: 0, backoff: 0, unschedulable: 0 });
  });

  test('keeps a pod that fits nowhere until something changes that refused it', () => {
    const queue = unschedulable(10, pod('a'));
    expect(queue.pop(9, 20)).toEqual([]);
    expect(queue.moveOn({ filters: new Set(['TaintToleration']) }, 20)).toBe(false);
    expect(queue.moveOn({ filters: fit, helps: () => false }, 20)).toBe(false);
    expect(queue.moveOn({ filters: fit, helps: () => true }, 20)).toBe(true);
    expect(namesOf(queue.pop(9, 20))).toEqual(['a']);
  });

  test('tries a few of many equal pods, and the next when one of them fits', () => {
    const pods = Array.from({ length: 20 }, (_, index) => pod(`p${index}`));
    const queue = unschedulable(10, ...pods);
    queue.moveOn({}, 20);
    expect(queue.pending).toMatchObject({ active: 8, unschedulable: 12 });
    queue.moveEqual(podShape(pod('p')), 30);
    expect(queue.pending).toMatchObject({ active: 16, unschedulable: 4 });
  });

  test('tries a pod again at once when its shape has changed', () => {
    const queue = unschedulable(10, pod('a'));
    queue.add(pod('a'), podShape(pod('a')), 20);
    expect(queue.pending.active).toBe(0);
    queue.add(pod('a', 0, '500m'), podShape(pod('a', 0, '500m')), 20);
    expect(queue.pending.active).toBe(1);
  });

  test('has a pod wait longer with each attempt that failed, up to ten seconds', () => {
    const queue = queueOf(pod('a'));
    const waits: number[] = [];
    let now = 0;
    for (let attempt = 0; attempt < 7; attempt++) {
      const [one] = queue.pop(1, now);
      queue.addUnschedulable(one!, fit, now);
      queue.moveOn({}, now);
      const due = queue.nextDue(now) ?? Number.NaN;
      waits.push(due - now);
      now = due;
    }
    expect(waits).toEqual([0, 0, 1000, 2000, 4000, 8000, 10_000]);
  });

  test('tries again what failed for another reason, after a moment or when the server says', () => {
    const queue = queueOf(pod('a'));
    const [one] = queue.pop(1, 0);
    queue.addBackoff(one!, 0);
    expect(queue.nextDue(0)).toBe(second);
    const [again] = queue.pop(1, second);
    queue.addBackoff(again!, second, minute);
    expect(queue.nextDue(second)).toBe(second + minute);
  });

  test('tries everything again after five minutes, should news have been missed', () => {
    const queue = unschedulable(10, pod('a'));
    expect(queue.nextDue(10)).toBe(10 + flushAfter);
    expect(namesOf(queue.pop(9, 10 + flushAfter))).toEqual(['a']);
  });
});

const operation = fc.record({
  what: fc.constantFrom('add', 'remove', 'pop', 'move', 'time', 'equal'),
  n: fc.nat(12),
});

test('no pod is lost or doubled in the queue, whatever happens', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
      const queue = new SchedulingQueue();
      const waiting = new Set<string>();
      let now = 0;
      let strangers = 0;
      for (const { what, n } of operations) {
        const one = pod(`p${n}`, n % 3, `${1 + (n % 2)}`);
        if (what === 'add') {
          queue.add(one, podShape(one), now);
          waiting.add(one.metadata.name);
        } else if (what === 'remove') {
          queue.remove(`default/p${n}`, 5);
          waiting.delete(one.metadata.name);
        } else if (what === 'pop') {
          const popped = queue.pop(1 + (n % 4), now);
          strangers += popped.filter(({ pod: { metadata } }) => !waiting.has(metadata.name)).length;
          for (const [index, each] of popped.entries())
            if (index % 3 === 0) waiting.delete(each.pod.metadata.name);
            else if (index % 3 === 1) queue.addUnschedulable(each, fit, now);
            else queue.addBackoff(each, now);
        } else if (what === 'move') queue.moveOn({}, now);
        else if (what === 'equal') queue.moveEqual(podShape(one), now);
        else now += n * second;
        const { active, backoff, unschedulable: unfit } = queue.pending;
        expect(active + backoff + unfit).toBe(waiting.size);
      }
      expect(strangers).toBe(0);
      expect(namesOf(queue.pop(100, now + 2 * flushAfter)).sort()).toEqual([...waiting].sort());
    }),
  );
});

describe('equal pods that fit nowhere', () => {
  test('are judged by what refused the last of them', () => {
    const queue = unschedulable(10, pod('a'), pod('b'));
    const affinity = new Set(['InterPodAffinity']);
    queue.retry('default/b', 20);
    const [b] = queue.pop(1, 20);
    if (b) queue.addUnschedulable(b, affinity, 20);
    expect(queue.moveOn({ filters: affinity }, 30)).toBe(true);
    expect(namesOf(queue.pop(9, 30))).toEqual(['a', 'b']);
  });

  test('are tried in the place of one that goes before its turn', () => {
    const pods = Array.from({ length: 9 }, (_, index) => pod(`p${index}`));
    const queue = unschedulable(10, ...pods);
    queue.moveOn({}, 20);
    expect(queue.pending).toMatchObject({ active: 8, unschedulable: 1 });
    expect(queue.remove('default/p0', 20)).toBe(true);
    expect(queue.pending).toMatchObject({ active: 8, unschedulable: 0 });
  });

  test('keep their order when one of them changes in what does not matter', () => {
    const queue = unschedulable(10, pod('a'), pod('b'));
    queue.add(pod('a'), podShape(pod('a')), 20);
    expect(queue.nextDue(30)).toBe(10 + flushAfter);
    queue.moveOn({}, 30);
    expect(namesOf(queue.pop(9, 30))).toEqual(['a', 'b']);
  });
});

test('the rest of a gang is tried again when one of its pods goes', () => {
  const member = (name: string): Pod => ({
    ...pod(name),
    metadata: { ...pod(name).metadata, labels: { 'scheduling.penstock.dev/pod-group': 'g' } },
  });
  const queue = unschedulable(10, member('a'), member('b'));
  expect(queue.remove('default/a', 20)).toBe(true);
  expect(namesOf(queue.pop(9, 20))).toEqual(['b']);
});

test('pods that wait for room or for their turn can be taken together, up to a number', () => {
  const [a, b, c, other] = [pod('a'), pod('b'), pod('c'), pod('other', 0, '2')];
  const queue = unschedulable(10, a, b);
  queue.add(c, podShape(c), 11);
  queue.add(other, podShape(other), 11);
  const isEqual = ({ shape }: QueuedPod) => shape.key === podShape(a).key;
  expect(namesOf(queue.takeWaiting(isEqual, 2))).toEqual(['a', 'b']);
  expect(namesOf(queue.takeWaiting(isEqual, 2))).toEqual(['c']);
  expect(queue.pending).toEqual({ active: 1, backoff: 0, unschedulable: 0 });
});
