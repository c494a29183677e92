import type { Pod } from '../../src/api/kubernetes.js';
import { annotations, labels, states } from '../../src/api/names.js';
import type { Clock } from '../../src/support/clock.js';
import type { Random } from '../../src/support/random.js';
import { type Duration, type Instant, second } from '../../src/support/time.js';
import { mainOf } from './foreign.js';

/** A kubelet that has not overlooked a change shows it by then. */
const shownWithin: Duration = 2 * second;
/** It looks again by itself. */
const ownLook: Duration = 90 * second;

/**
 * When the latches of supervised containers have cleaned what came back, as they do on real nodes: a kubelet may overlook
 * that a delivery is over, and then sees it with the next change of the pod; the latch takes the time that its pool gives.
 */
export class Latches {
  /** By uid: each time that the container came back, and when it was clean then. */
  readonly #returns = new Map<string, { readonly at: Instant; cleanAt: Instant }[]>();

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  see(pod: Pod, before: Pod | undefined): void {
    if (stateOf(pod) !== states.returned) return;
    const now = this.clock.now();
    const shown = now + this.random.uniform() * shownWithin;
    const overlooked = this.random.uniform() < 0.2;
    const cleaning = this.random.uniform() * timeToClean(pod);
    const returns = this.#returns.get(pod.metadata.uid) ?? [];
    this.#returns.set(pod.metadata.uid, returns);
    const last = returns.at(-1);
    if (!last || (before && stateOf(before) === states.delivered))
      returns.push({ at: now, cleanAt: (overlooked ? now + ownLook : shown) + cleaning });
    else last.cleanAt = Math.min(last.cleanAt, shown + cleaning);
  }

  /** Whether what its last claim left behind was still there at that moment. */
  isDirty({ metadata }: Pod, at: Instant): boolean {
    return this.#returns.get(metadata.uid)?.some((one) => one.at <= at && at < one.cleanAt) ?? false;
  }
}

const stateOf = ({ metadata }: Pod) => metadata.labels?.[labels.state];

/** From the latch's own command line: `supervise FILES GRACE SCRUB_DEADLINE`. */
function timeToClean(pod: Pod): Duration {
  if (pod.metadata.annotations?.[annotations.latchMode] !== 'Supervise') return 0;
  const words = [...(mainOf(pod)?.command ?? []), ...(mainOf(pod)?.args ?? [])];
  const [, grace, scrub] = words.slice(words.indexOf('supervise') + 1);
  return (Number(grace) + Number(scrub)) * second;
}
