/** What becomes of containers that failed in a stage: pure. */
import type { Pod } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import { isTerminating } from '../line/index.js';
import { type Duration, type Instant, instantOf } from '../support/time.js';

interface Rules {
  readonly most: number;
  readonly keepFor: Duration;
}

export interface QuarantinedPlan {
  readonly retire: readonly { readonly pod: Pod; readonly why: string }[];
  /** How many are kept aside, less those to retire. */
  readonly count: number;
  readonly wakeAt: Instant | undefined;
}

/** @param pods those that are kept aside. The oldest go first when there are more than there may be. */
export function planQuarantined(pods: Iterable<Pod>, { most, keepFor }: Rules, now: Instant): QuarantinedPlan {
  const since = (pod: Pod): Instant => instantOf(pod.metadata.annotations?.[annotations.quarantinedAt]) ?? 0;
  const present = [...pods].filter((pod) => !isTerminating(pod)).sort((a, b) => since(b) - since(a));
  const kept = present.slice(0, most).filter((pod) => since(pod) + keepFor > now);
  const staying = new Set(kept);
  const oldest = kept.at(-1);
  return {
    retire: present
      .filter((pod) => !staying.has(pod))
      .map((pod) => ({ pod, why: 'it has been in quarantine for long enough' })),
    count: kept.length,
    wakeAt: oldest && since(oldest) + keepFor,
  };
}

interface Spoilt {
  readonly pod: Pod;
  readonly why: string;
}

/** Of containers that are to be put aside, those for which there is room; the others go. */
export function roomFor(
  spoilt: readonly Spoilt[],
  present: number,
  { most }: Rules,
): { readonly aside: readonly Spoilt[]; readonly away: readonly Spoilt[] } {
  const room = Math.max(0, most - present);
  return { aside: spoilt.slice(0, room), away: spoilt.slice(room) };
}
