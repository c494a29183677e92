import type { Pod } from '../../api/kubernetes.js';
import type { Key } from '../../api/meta/resource.js';
import type { Random } from '../../support/random.js';
import type { Instant } from '../../support/time.js';
import { type Amounts, amountsOf } from '../../scheduling/resources/amounts.js';
import { heldBy } from './advance.js';
import { faultOf } from './faults.js';
import { Images } from './images.js';
import type { Machine } from './machine.js';
import { addressOf, type NodeTemplate } from './node-object.js';
import { drawTime, type Profile } from './profile.js';
import { type PodRun, runOf } from './run.js';

/** One machine: what runs on it, what that holds, its images and addresses. */
export class SimulatedNode {
  readonly images: Images;
  readonly allocatable: Amounts;
  readonly address: string;
  /** Lost: the machine and its pods say nothing more, for all that the cluster can see. */
  state: 'up' | 'lost' = 'up';
  readonly #runs = new Map<Key, PodRun>();
  readonly #held = new Map<Key, Amounts>();
  readonly #used: Record<string, number> = {};
  readonly #addresses = new Map<Key, number>();
  readonly #deferred = new Set<Key>();
  #nextAddress = 0;

  constructor(
    readonly name: string,
    readonly index: number,
    template: NodeTemplate,
    private readonly profile: Profile,
    private readonly random: Random,
  ) {
    this.images = new Images(profile.pull, random.split('images'));
    this.allocatable = amountsOf(template.capacity);
    this.address = addressOf(index);
  }

  run(key: Key): PodRun | undefined {
    return this.#runs.get(key);
  }

  keys(): Iterable<Key> {
    return this.#runs.keys();
  }

  /** Takes a pod in that was bound to this node or was found on it. */
  admit(key: Key, pod: Pod, now: Instant): PodRun {
    this.forget(key);
    for (const { image, imageID } of pod.status?.containerStatuses ?? []) if (imageID !== '') this.images.add(image);
    const sandboxAt = now + drawTime(this.profile.sandbox, this.random.split(`${pod.metadata.uid}/sandbox`));
    return runOf(pod, { now, sandboxAt, ip: this.#addressFor(key, pod.status?.podIP) });
  }

  /** Notes how a pod stands. Returns the pods whose resize waits for room that there may be now. */
  set(key: Key, run: PodRun, pod: Pod): Iterable<Key> {
    this.#runs.set(key, run);
    if (run.resize?.is === 'deferred') this.#deferred.add(key);
    else this.#deferred.delete(key);
    return this.#hold(key, heldBy(run, pod)) ? this.#deferred : [];
  }

  /** A pod that is gone. Returns the pods whose resize waits for room. */
  forget(key: Key): Iterable<Key> {
    this.#runs.delete(key);
    this.#addresses.delete(key);
    this.#deferred.delete(key);
    return this.#hold(key, {}) ? this.#deferred : [];
  }

  /** What the pod `key` of this node meets. */
  machine(key: Key, pod: Pod, now: Instant): Machine {
    const { allocatable, profile, random, images } = this;
    return {
      now,
      allocatable,
      free: () => {
        const own = this.#held.get(key) ?? {};
        const free: Record<string, number> = {};
        for (const name in allocatable)
          free[name] = (allocatable[name] ?? 0) - (this.#used[name] ?? 0) + (own[name] ?? 0);
        return free;
      },
      pull: (image) => images.pull(image, now),
      draw: (step, thing) => drawTime(profile[step], random.split(`${pod.metadata.uid}/${step}/${thing}`)),
      fault: faultOf,
    };
  }

  /** Whether there is more room than before. */
  #hold(key: Key, amounts: Amounts): boolean {
    const before = this.#held.get(key) ?? {};
    let freed = false;
    for (const name of new Set([...Object.keys(before), ...Object.keys(amounts)])) {
      const change = (amounts[name] ?? 0) - (before[name] ?? 0);
      this.#used[name] = (this.#used[name] ?? 0) + change;
      if (change < 0) freed = true;
    }
    if (Object.keys(amounts).length > 0) this.#held.set(key, amounts);
    else this.#held.delete(key);
    return freed;
  }

  /** 10.x.y.z, the last part from 2 to 254 and free on this node; what a pod has already stays its own. */
  #addressFor(key: Key, known: string | undefined): string {
    const taken = new Set(this.#addresses.values());
    let last = known === undefined ? -1 : Number(known.slice(known.lastIndexOf('.') + 1));
    for (let tries = 0; last < 0 && tries < 253; tries++) {
      const candidate = 2 + (this.#nextAddress++ % 253);
      if (!taken.has(candidate)) last = candidate;
    }
    this.#addresses.set(key, last);
    return known ?? `10.${(this.index >> 8) & 255}.${this.index & 255}.${Math.max(last, 2)}`;
  }
}
