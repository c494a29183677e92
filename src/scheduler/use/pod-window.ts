import type { Key } from '../../api/meta/resource.js';
import type { Amounts } from '../../scheduling/resources/amounts.js';
import type { Duration, Instant } from '../../support/time.js';
import type { UseSample } from './use-source.js';

/** What a pod uses: mean and variance in which what is older weighs less. */
export interface PodUse {
  readonly since: Instant;
  readonly to: Instant;
  readonly mean: Amounts;
  readonly variance: Amounts;
  /** From so many samples: one says nothing of the variance. */
  readonly samples: number;
}

/**
 * The pods of one node. There are many more than nodes, so that their samples are not kept: mean and variance are carried on,
 * with weights that fall by e in every `window`.
 */
export class PodWindow {
  #uses: ReadonlyMap<Key, PodUse> = new Map();

  constructor(private readonly window: Duration) {}

  /** Pods that the sample does not name are gone. */
  add({ from, to, pods }: Pick<UseSample, 'from' | 'to' | 'pods'>): void {
    if (!pods) return;
    const uses = new Map<Key, PodUse>();
    for (const [key, use] of pods) uses.set(key, carriedOn(this.#uses.get(key), use, from, to, this.window));
    this.#uses = uses;
  }

  use(pod: Key): PodUse | undefined {
    return this.#uses.get(pod);
  }
}

/**
 * Exponentially weighted mean and variance, with the weight that a span of this length has: α = 1 − exp(−Δt / window),
 * mean += α·d, variance = (1 − α)·(variance + α·d²) where d is the distance from the mean before (West 1979). Pure.
 */
export function carriedOn(
  before: PodUse | undefined,
  use: Amounts,
  from: Instant,
  to: Instant,
  window: Duration,
): PodUse {
  const alpha = 1 - Math.exp(-(to - Math.max(from, before?.to ?? from)) / window);
  const mean: Record<string, number> = {};
  const variance: Record<string, number> = {};
  for (const [name, value] of Object.entries(use)) {
    const known = before?.mean[name] ?? value;
    const distance = value - known;
    mean[name] = known + alpha * distance;
    variance[name] = (1 - alpha) * ((before?.variance[name] ?? 0) + alpha * distance ** 2);
  }
  return { since: before?.since ?? from, to, mean, variance, samples: (before?.samples ?? 0) + 1 };
}
