/** What must hold at every moment of a history, checked version by version, as the server kept them. */
import type { Pod, ReplicaSet } from '../../../src/api/kubernetes.js';
import { controllerOf } from '../../../src/api/meta/kind.js';
import { annotations, labels, states } from '../../../src/api/names.js';
import { isOver, isTerminating, isWaiting } from '../../../src/line/index.js';
import type { Duration, Instant } from '../../../src/support/time.js';

interface Version {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  readonly at: Instant;
}

/** One version of one object. */
export type Happening = Version &
  ({ readonly of: 'pod'; readonly object: Pod } | { readonly of: 'set'; readonly object: ReplicaSet });

export interface SafetyView {
  /** In the order of the server's writes. */
  readonly happenings: readonly Happening[];
  /** Names of pods that the story itself has taken away. */
  readonly taken: ReadonlySet<string>;
  /** How old what the operator acts on may be. */
  readonly staleness: Duration;
  /** Whether nobody else can have written what an operator does not know of: then it never hands over one too many. */
  readonly exact: boolean;
}

export interface Safety {
  readonly violations: readonly string[];
  readonly handedOver: number;
}

export function checkSafety(view: SafetyView): Safety {
  const check = new SafetyCheck(view);
  for (const happening of view.happenings) check.see(happening);
  return check;
}

const stateOf = (pod: Pod) => pod.metadata.labels?.[labels.state];
const isActive = (pod: Pod) => !isTerminating(pod) && !isOver(pod);

class SafetyCheck {
  readonly violations: string[] = [];
  handedOver = 0;
  readonly #pods = new Map<string, Pod>();
  readonly #sets = new Map<string, { readonly set: ReplicaSet; readonly sizes: { at: Instant; size: number }[] }>();

  constructor(private readonly view: SafetyView) {}

  see(happening: Happening): void {
    if (happening.of === 'set') return this.#seeSet(happening.object, happening);
    const pod = happening.object;
    const before = this.#pods.get(pod.metadata.uid);
    const gone = happening.type === 'DELETED';
    if (before) this.#change(before, pod, happening);
    if (before && isActive(before) && (gone || isTerminating(pod))) this.#removal(before, happening);
    if (gone) this.#pods.delete(pod.metadata.uid);
    else this.#pods.set(pod.metadata.uid, pod);
  }

  #seeSet(set: ReplicaSet, { type, at }: Version): void {
    const { uid } = set.metadata;
    if (type === 'DELETED' || isTerminatingSet(set)) {
      this.#sets.delete(uid);
      return;
    }
    const sizes = this.#sets.get(uid)?.sizes ?? [];
    this.#sets.set(uid, { set, sizes: [...sizes, { at, size: set.spec?.replicas ?? 1 }] });
  }

  #change(before: Pod, pod: Pod, { at }: Version): void {
    const [was, is] = [stateOf(before), stateOf(pod)];
    const { name } = pod.metadata;
    if (was === states.delivered && is !== was) this.violations.push(`${name} was a replica and is ${is}`);
    if (was !== states.stocked || is !== states.delivered) return;
    this.handedOver++;
    const uid = controllerOf(pod)?.uid ?? '';
    const known = this.#sets.get(uid);
    // gone since: the garbage collector takes the container too
    if (!known) return;
    const { set } = known;
    if (pod.metadata.annotations?.[annotations.replicaSet] !== set.metadata.name)
      this.violations.push(`${name} was made from another template than that of ${set.metadata.name}`);
    for (const [key, value] of Object.entries(set.spec?.template?.metadata?.labels ?? {}))
      if (pod.metadata.labels?.[key] !== value) this.violations.push(`${name} is a replica without ${key}=${value}`);
    const held = this.#replicas(uid).filter((one) => one.metadata.uid !== pod.metadata.uid && stateOf(one) === is);
    const wanted = Math.max(...this.#sizes(uid, at));
    if (this.view.exact && held.length + 1 > wanted)
      this.violations.push(
        `${name} is the ${held.length + 1}th container handed to ${set.metadata.name}, of ${wanted}`,
      );
  }

  /** A ReplicaSet may delete a container from stock only when it has more that run than it wants. */
  #removal(pod: Pod, { at }: Version): void {
    const uid = controllerOf(pod)?.uid ?? '';
    if (stateOf(pod) !== states.delivered || !this.#sets.has(uid) || this.view.taken.has(pod.metadata.name)) return;
    const running = this.#replicas(uid).filter((one) => !isWaiting(one)).length;
    const wanted = Math.min(...this.#sizes(uid, at));
    if (running <= wanted)
      this.violations.push(`${pod.metadata.name} was lost, though ${running} ran of ${wanted} that were wanted`);
  }

  #replicas(uid: string): readonly Pod[] {
    return [...this.#pods.values()].filter((pod) => controllerOf(pod)?.uid === uid && isActive(pod));
  }

  /** The sizes that the ReplicaSet had since what the operator may know. */
  #sizes(uid: string, at: Instant): readonly number[] {
    const sizes = this.#sets.get(uid)?.sizes ?? [];
    return sizes.filter((_, i) => (sizes[i + 1]?.at ?? at) >= at - this.view.staleness).map(({ size }) => size);
  }
}

const isTerminatingSet = (set: ReplicaSet) => set.metadata.deletionTimestamp !== undefined;
