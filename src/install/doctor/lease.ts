import type { Lease, Pod } from '../../api/kubernetes.js';
import { formatDuration, type Instant, instantOf, second } from '../../support/time.js';
import { type Finding, findingsOf } from './finding.js';
import { isSeen, type Sight } from './sight.js';

/** A Lease, and how it looked a moment later. */
export interface Watched {
  readonly lease: Lease;
  readonly later: Lease | undefined;
}

export interface LeaseView {
  readonly namespace: string;
  /** Those of operators, of all namespaces. */
  readonly leases: Sight<readonly Watched[]>;
  /** Of the operator's Deployment. */
  readonly pods: Sight<readonly Pod[]>;
  readonly now: Instant;
}

/** Whether an operator works; `unseen` where that may not be looked at. */
export type Leading = 'somebody' | 'nobody' | 'unseen';

/** Whether the holder renews it: seen to, or not long ago by our own clock, which may be wrong. */
export function isRenewed({ lease, later }: Watched, now: Instant): boolean {
  if ((later ?? lease).spec?.holderIdentity === '') return false;
  if (later && later.metadata.resourceVersion !== lease.metadata.resourceVersion) return true;
  const renewed = instantOf(lease.spec?.renewTime);
  const duration = (lease.spec?.leaseDurationSeconds ?? 0) * second;
  return renewed !== undefined && now >= renewed && now < renewed + duration;
}

export function leadingOf({ leases, now }: Pick<LeaseView, 'leases' | 'now'>): Leading {
  if (!isSeen(leases)) return 'unseen';
  return leases.seen.some((watched) => isRenewed(watched, now)) ? 'somebody' : 'nobody';
}

/** Does somebody lead, and only one? */
export function examineLease({ namespace, leases, pods, now }: LeaseView): readonly Finding[] {
  const { ok, unknown, warning, problem } = findingsOf('leader');
  if (!isSeen(leases)) return [unknown(leases.hidden)];
  const held = leases.seen.filter((watched) => isRenewed(watched, now)).map(({ lease }) => lease);
  const own = held.find(({ metadata }) => metadata.namespace === namespace);
  const leader = own ?? held[0];
  if (!leader) {
    const [stale] = leases.seen.filter(({ lease }) => lease.spec?.holderIdentity);
    const since = now - (instantOf(stale?.lease.spec?.renewTime) ?? now);
    const last = stale
      ? `: ${stale.lease.spec?.holderIdentity} held the lease last, and has not renewed it for ${formatDuration(since)}`
      : '';
    return [
      problem(
        `no operator leads${last}`,
        'nothing is delivered and no stock is made until one does: see what keeps its pods from working',
      ),
    ];
  }
  const findings = [ok(`${holderOf(leader)} leads, in its term ${leader.spec?.leaseTransitions ?? 0}`)];
  if (held.length > 1)
    findings.push(
      warning(
        `operators with leases of their own work in ${held.map(({ metadata }) => metadata.namespace).join(' and ')}`,
        'let each look after other namespaces (penstock run --namespaces), or stop all but one',
      ),
    );
  const strange = own && isSeen(pods) && !pods.seen.some(({ metadata }) => holderOf(own) === metadata.name);
  if (strange && own)
    findings.push(
      warning(
        `the lease is held by ${own.spec?.holderIdentity}, which is no pod of the operator's Deployment`,
        'somebody runs an operator elsewhere: let them stop it',
      ),
    );
  return findings;
}

/** An identity is the name of the host, which for a pod is its own, and a suffix. */
const holderOf = ({ spec }: Lease): string => spec?.holderIdentity?.replace(/_[^_]*$/, '') ?? '';
