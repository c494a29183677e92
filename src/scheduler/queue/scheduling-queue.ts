import type { Pod } from '../../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../../api/meta/resource.js';
import type { PodShape } from '../../scheduling/index.js';
import { groupKeyOf } from '../gang.js';
import { addTo, removeFrom } from '../../support/multimap.js';
import { Heap } from '../../support/heap.js';
import { type Duration, type Instant, minute, second } from '../../support/time.js';

/** A pod that waits for a node. */
export interface QueuedPod {
  readonly key: Key;
  readonly pod: Pod;
  readonly shape: PodShape;
  /** Since when it waits for its turn: now, or when it failed last. */
  readonly since: Instant;
  readonly firstSeen: Instant;
  readonly attempts: number;
  /** Which filters refused a pod of its shape when one was tried last; empty: something else failed. */
  readonly refusedBy: ReadonlySet<string>;
}

/** What may help pods that wait (kube-scheduler's cluster events). */
export interface ClusterEvent {
  /** The filters that may judge otherwise now; absent: all. */
  readonly filters?: ReadonlySet<string>;
  /** Whether such a pod can be helped by it, where that is cheap to tell. */
  readonly helps?: (pod: QueuedPod) => boolean;
}

type Place = 'active' | 'backoff' | 'unschedulable';

interface Entry extends QueuedPod {
  place: Place;
  /** When its back-off is over. */
  readonly until: Instant;
}

/** Pods of one shape that fit nowhere, in the order in which they failed. */
interface EqualPods {
  readonly entries: Map<Key, Entry>;
  /** Of the one that was tried last: what refused those before may be out of date. */
  refusedBy: ReadonlySet<string>;
}

/** Pods for which there was no room are tried again after that, should all news have been missed. */
export const flushAfter: Duration = 5 * minute;
const backOff = { base: second, max: 10 * second, freeAttempts: 2 } as const;
/** How many pods of one shape are tried at once when room may have appeared; each that fits lets as many follow. */
const wave = 8;

/**
 * Pods that wait: those whose turn it is, by priority, then by age; those that failed and wait a moment; and those that fit
 * nowhere, which wait for a change that can help them. Of equal ones among the last a few are tried first: where they do not
 * fit, the others need not be tried.
 */
export class SchedulingQueue {
  readonly #entries = new Map<Key, Entry>();
  readonly #active = new Heap<Entry>(byPriorityThenAge);
  readonly #backoff = new Heap<Entry>((a, b) => a.until - b.until);
  /** By group. */
  readonly #members = new Map<string, Set<Key>>();
  /** By shape. */
  readonly #unschedulable = new Map<string, EqualPods>();
  readonly #counts: Record<Place, number> = { active: 0, backoff: 0, unschedulable: 0 };

  /** For the metric `scheduler_pending_pods`. */
  get pending(): Readonly<Record<Place, number>> {
    return this.#counts;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  /** A pod has come, or has changed: it is tried as soon as its turn comes. What is known of its attempts stays. */
  add(pod: Pod, shape: PodShape, now: Instant): void {
    const key = keyOf(nameOf(pod));
    const known = this.#entries.get(key);
    const same = known?.pod.metadata.uid === pod.metadata.uid ? known : undefined;
    if (same && same.shape.key === shape.key) return this.#update(same, { ...same, pod, shape });
    this.remove(key, now);
    this.#put({
      key,
      pod,
      shape,
      since: now,
      firstSeen: same?.firstSeen ?? now,
      attempts: 0,
      refusedBy: none,
      place: 'active',
      until: now,
    });
  }

  /** It is gone, or is none of ours any more. Returns whether others are tried in its place: equal ones, or the rest of its gang. */
  remove(key: Key, now: Instant): boolean {
    const entry = this.#entries.get(key);
    if (!entry) return false;
    this.#take(entry);
    const equal = entry.place !== 'unschedulable' && entry.attempts > 0 && this.moveEqual(entry.shape, now);
    const group = groupKeyOf(entry.shape);
    // the others may fit without it
    const [other] = group === undefined ? [] : (this.#members.get(group) ?? []);
    return (other !== undefined && this.retry(other, now)) || equal;
  }

  /** Up to `count` pods whose turn it is. They are out of the queue: give back those that were not bound. */
  pop(count: number, now: Instant): readonly QueuedPod[] {
    this.#flush(now);
    const batch: QueuedPod[] = [];
    while (batch.length < count) {
      const entry = this.#active.pop();
      if (!entry) break;
      if (this.#entries.get(entry.key) !== entry || entry.place !== 'active') continue;
      this.#take(entry);
      batch.push(entry);
    }
    return batch;
  }

  /** All pods of a group that wait here, whatever for. They are out of the queue, as with `pop`. */
  takeGroup(group: string): readonly QueuedPod[] {
    const members = [...(this.#members.get(group) ?? [])].flatMap((key) => this.#entries.get(key) ?? []);
    for (const entry of members) this.#take(entry);
    return members;
  }

  /**
   * Pods of which this holds and that wait for room or for their turn, up to a number. They are out of the queue, as with `pop`.
   * Those of one shape are asked about once.
   */
  takeWaiting(is: (pod: QueuedPod) => boolean, most: number): readonly QueuedPod[] {
    const taken: Entry[] = [];
    for (const { entries } of this.#unschedulable.values()) {
      const [first] = entries.values();
      if (first && is(first)) taken.push(...take(entries.values(), most - taken.length));
    }
    for (const entry of this.#entries.values())
      if (taken.length < most && entry.place === 'active' && is(entry)) taken.push(entry);
    for (const entry of taken) this.#take(entry);
    return taken;
  }

  /**
   * A pod fits nowhere: it waits for an event that can help it.
   * @param attempts how often it was tried: one that only has to wait for others was not
   */
  addUnschedulable(
    pod: QueuedPod,
    refusedBy: ReadonlySet<string>,
    now: Instant,
    attempts: number = pod.attempts + 1,
  ): void {
    this.#put({ ...pod, since: now, attempts, refusedBy, place: 'unschedulable', until: now + backOffOf(attempts) });
  }

  /** Something failed that was not the pod's fault: it is tried again after a moment. */
  addBackoff(pod: QueuedPod, now: Instant, least: Duration = 0): void {
    const attempts = pod.attempts + 1;
    const delay = Math.max(least, backOff.base, backOffOf(attempts));
    this.#put({ ...pod, since: now, attempts, refusedBy: none, place: 'backoff', until: now + delay });
  }

  /** Something has changed: the first few of each shape that it may help are tried again. Returns whether there are any. */
  moveOn(event: ClusterEvent, now: Instant): boolean {
    let moved = false;
    for (const { entries, refusedBy } of this.#unschedulable.values()) {
      const [first] = entries.values();
      if (first && isHelped({ ...first, refusedBy }, event)) moved = this.#moveFirst(entries, now) || moved;
    }
    return moved;
  }

  /** Something has changed for this very pod. Returns whether it waits for such a change. */
  retry(key: Key, now: Instant): boolean {
    const entry = this.#entries.get(key);
    if (entry?.place !== 'unschedulable') return false;
    this.#move(entry, now);
    return true;
  }

  /** Something has changed for the pods of this group. Returns whether any of them waits for such a change. */
  retryGroup(group: string, now: Instant): boolean {
    const waiting = [...(this.#members.get(group) ?? [])];
    return waiting.filter((key) => this.retry(key, now)).length > 0;
  }

  /** A pod of this shape has found a node: the next few of the same shape are tried. Returns whether there are any. */
  moveEqual(shape: PodShape, now: Instant): boolean {
    const equal = this.#unschedulable.get(shape.key);
    return equal !== undefined && this.#moveFirst(equal.entries, now);
  }

  /** When there is something to do again without an event; `undefined`: never. */
  nextDue(now: Instant): Instant | undefined {
    this.#flush(now);
    if (this.#counts.active > 0) return now;
    let due = this.#backoff.peek()?.until;
    for (const { entries } of this.#unschedulable.values()) {
      const [oldest] = entries.values();
      if (oldest) due = Math.min(due ?? Infinity, oldest.since + flushAfter);
    }
    return due;
  }

  #moveFirst(entries: ReadonlyMap<Key, Entry>, now: Instant): boolean {
    const first = [...take(entries.values(), wave)];
    for (const entry of first) this.#move(entry, now);
    return first.length > 0;
  }

  #move(entry: Entry, now: Instant): void {
    this.#replace(entry, { ...entry, place: entry.until > now ? 'backoff' : 'active' });
  }

  /** Nothing has changed that its place depends on. */
  #update(before: Entry, after: Entry): void {
    if (before.place !== 'unschedulable') return this.#replace(before, after);
    // in the same place among its equals, which are in order of their age
    this.#entries.set(after.key, after);
    this.#unschedulable.get(after.shape.key)?.entries.set(after.key, after);
  }

  #flush(now: Instant): void {
    for (let entry = this.#backoff.peek(); entry && entry.until <= now; entry = this.#backoff.peek()) {
      this.#backoff.pop();
      if (this.#entries.get(entry.key) === entry && entry.place === 'backoff')
        this.#replace(entry, { ...entry, place: 'active' });
    }
    for (const { entries } of this.#unschedulable.values())
      for (const entry of entries.values()) {
        if (entry.since + flushAfter > now) break;
        this.#replace(entry, { ...entry, place: 'active' });
      }
  }

  #replace(before: Entry, after: Entry): void {
    this.#take(before);
    this.#put(after);
  }

  #put(entry: Entry): void {
    const known = this.#entries.get(entry.key);
    if (known) this.#take(known);
    this.#entries.set(entry.key, entry);
    const group = groupKeyOf(entry.shape);
    if (group !== undefined) addTo(this.#members, group, entry.key);
    this.#counts[entry.place]++;
    if (entry.place === 'active') this.#active.push(entry);
    else if (entry.place === 'backoff') this.#backoff.push(entry);
    else {
      const equal = this.#unschedulable.get(entry.shape.key) ?? { entries: new Map(), refusedBy: none };
      equal.entries.set(entry.key, entry);
      equal.refusedBy = entry.refusedBy;
      this.#unschedulable.set(entry.shape.key, equal);
    }
  }

  /** What is left of it in a heap is passed over there: the entry that counts is another object, or none. */
  #take(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#counts[entry.place]--;
    const group = groupKeyOf(entry.shape);
    if (group !== undefined) removeFrom(this.#members, group, entry.key);
    if (entry.place !== 'unschedulable') return;
    const equal = this.#unschedulable.get(entry.shape.key);
    equal?.entries.delete(entry.key);
    if (equal?.entries.size === 0) this.#unschedulable.delete(entry.shape.key);
  }
}

const none: ReadonlySet<string> = new Set();

function byPriorityThenAge(a: QueuedPod, b: QueuedPod): number {
  return b.shape.priority - a.shape.priority || a.since - b.since || (a.key < b.key ? -1 : 1);
}

function isHelped(pod: QueuedPod, { filters, helps }: ClusterEvent): boolean {
  const { refusedBy } = pod;
  if (filters && refusedBy.size > 0 && ![...refusedBy].some((filter) => filters.has(filter))) return false;
  return helps?.(pod) ?? true;
}

/** The first attempts cost nothing: most pods that fit nowhere are helped by the next change. */
function backOffOf(attempts: number): Duration {
  const doublings = attempts - backOff.freeAttempts;
  return doublings <= 0 ? 0 : Math.min(backOff.max, backOff.base * 2 ** (doublings - 1));
}

function* take<T>(from: Iterable<T>, count: number): Iterable<T> {
  let taken = 0;
  for (const item of from) {
    if (taken++ === count) return;
    yield item;
  }
}
