/** The breaker of a pool's refill: a pure function of the containers that cannot start. */
import type { Pod } from '../api/kubernetes.js';
import { type Duration, type Instant, instantOf, minute, second } from '../support/time.js';

/**
 * So many containers in a row that cannot start open it. They stay in the stock: the kubelet goes on trying them, and they are
 * all the memory that the breaker has, over restarts of the operator too.
 */
export const breakerLimit = 5;

/** While it is open, one container at a time is tried, so long after the last one at least and at most. */
const probeAfter = { least: 30 * second, most: 5 * minute };

export interface Breaker {
  readonly isOpen: boolean;
  /** Older ones of those that keep it open: they have said what they know. */
  readonly excess: readonly Pod[];
  /** While it is open: when the next container may be tried. */
  readonly probeAt: Instant;
  /** How long one waits for that. */
  readonly pause: Duration;
}

/**
 * Open while so many have failed since one last got ready: a probe that gets ready closes it. Failures beside containers
 * that start (a bad node among good ones) do not open it. With each probe that fails the oldest of the failed goes, so
 * that they stand for a longer and longer time; so long is the pause before the next.
 * @param failing of one template, the newest first
 * @param lastSuccess when the youngest container of that template that got ready was made
 * @param probing whether one is being tried now
 */
export function breakerOf(
  failing: readonly Pod[],
  lastSuccess: Instant | undefined,
  probing: 'probing' | 'idle',
): Breaker {
  const since = failing.filter((pod) => createdAt(pod) > (lastSuccess ?? -Infinity));
  const last = since.slice(0, breakerLimit);
  const times = last.map(createdAt);
  const [newest, oldest] = [Math.max(...times), Math.min(...times)];
  const pause = Math.min(probeAfter.most, Math.max(probeAfter.least, newest - oldest));
  const isOpen = since.length >= breakerLimit;
  return {
    isOpen,
    excess: since.slice(breakerLimit),
    probeAt: isOpen && probing === 'idle' ? newest + pause : Infinity,
    pause,
  };
}

const createdAt = ({ metadata }: Pod): Instant => instantOf(metadata.creationTimestamp) ?? 0;
