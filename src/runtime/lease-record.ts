import type { Lease } from '../api/kubernetes.js';
import type { Draft } from '../api/meta/resource.js';
import { type Duration, type Instant, microTimestamp, second } from '../support/time.js';

/** What a Lease says, and since when (by our own clock) it has said exactly that. */
export interface Observed {
  readonly holder: string;
  readonly term: number;
  readonly duration: Duration;
  readonly since: Instant;
}

export type Decision = { readonly do: 'take' } | { readonly do: 'wait'; readonly until: Instant };

/**
 * Whether the lease may be taken. Only our own clock counts: a lease has run out when it has not changed for as long as it
 * was given for, whatever the times in it say (client-go's `leaderelection` decides in the same way).
 */
export function decide(observed: Observed | undefined, identity: string, now: Instant): Decision {
  if (!observed || observed.holder === '' || observed.holder === identity) return { do: 'take' };
  const until = observed.since + observed.duration;
  return now >= until ? { do: 'take' } : { do: 'wait', until };
}

export function observe({ spec }: Lease, since: Instant): Observed {
  return {
    holder: spec?.holderIdentity ?? '',
    term: spec?.leaseTransitions ?? 0,
    duration: (spec?.leaseDurationSeconds ?? 0) * second,
    since,
  };
}

type LeaseSpec = NonNullable<Draft<Lease>['spec']>;

/** The record of a holder. `acquired` is when this holder's term began. */
export function heldSpec(holder: string, term: number, duration: Duration, acquired: Instant, now: Instant): LeaseSpec {
  return {
    holderIdentity: holder,
    // whole seconds, as the API has it
    leaseDurationSeconds: Math.ceil(duration / second),
    acquireTime: microTimestamp(acquired),
    renewTime: microTimestamp(now),
    leaseTransitions: term,
  };
}

/** The record of a lease that was given back: anyone may take it at once. */
export function freeSpec(term: number, now: Instant): LeaseSpec {
  return heldSpec('', term, second, now, now);
}
