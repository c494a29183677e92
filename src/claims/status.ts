/** What a claim's status says, as a pure function of its plan and of what it has. */
import type { ContainerClaim, ContainerClaimStatus } from '../api/container-claim.js';
import type { Condition } from '../api/meta/metadata.js';
import { labels } from '../api/names.js';
import { isReady, isResized } from '../line/index.js';
import { type ConditionUpdate, setCondition } from '../runtime/index.js';
import { type Instant, timestamp } from '../support/time.js';
import { type Holding, type Ledger, lastDelivery } from './ledger.js';
import { isServed, type Standing } from './plan.js';
import { desiredOf } from './slots.js';

export interface StatusView {
  readonly claim: ContainerClaim;
  readonly ledger: Ledger;
  readonly standing: Standing;
  readonly expiresAt: Instant | undefined;
  /** How many slots were filled anew since the last status, of a claim that was delivered before. */
  readonly replaced: number;
  readonly now: Instant;
}

export function claimStatus(view: StatusView): ContainerClaimStatus {
  const { claim, ledger, expiresAt } = view;
  const before = claim.status;
  const held = view.standing.phase === 'finished' ? [] : ledger.held;
  const allocated = held.length;
  const configured = held.filter(isResized);
  const ready = configured.filter(({ pod }) => isReady(pod)).length;
  const counts = { desired: desiredOf(claim), allocated, configured: configured.length, ready };
  const delivered = allocated === counts.desired ? lastDelivery(ledger) : undefined;
  return {
    observedGeneration: claim.metadata.generation ?? 1,
    ...counts,
    replaced: (before?.replaced ?? 0) + view.replaced,
    items: itemCounts(claim, held),
    ...defined('deliveredAt', before?.deliveredAt ?? delivered),
    ...defined(
      'expiresAt',
      before?.expiresAt ?? (expiresAt !== undefined && allocated > 0 ? timestamp(expiresAt) : undefined),
    ),
    selector: `${labels.claim}=${claim.metadata.name}`,
    conditions: conditions(view, counts),
  };
}

const defined = <Name extends string>(name: Name, value: string | undefined) =>
  value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: string });

function itemCounts(claim: ContainerClaim, held: readonly Holding[]) {
  const counts = claim.spec.items.map(({ name, count }, position) => ({
    item: name ?? String(position),
    desired: count,
    delivered: 0,
    ready: 0,
  }));
  const places = new Map(claim.spec.items.map((item, position) => [item, position]));
  for (const holding of held) {
    const count = counts[places.get(holding.slot.item) ?? -1];
    if (!count) continue;
    count.delivered++;
    if (isReady(holding.pod) && isResized(holding)) count.ready++;
  }
  return counts;
}

interface Counts {
  readonly desired: number;
  readonly allocated: number;
  readonly configured: number;
  readonly ready: number;
}

function conditions(view: StatusView, counts: Counts): readonly Condition[] {
  const observedGeneration = view.claim.metadata.generation ?? 1;
  return drafts(view, counts).reduce<readonly Condition[]>(
    (all, draft) => setCondition(all, { ...draft, observedGeneration }, view.now),
    view.claim.status?.conditions ?? [],
  );
}

function drafts(view: StatusView, counts: Counts): readonly ConditionUpdate[] {
  const { standing } = view;
  const truth = (type: string, status: boolean, reason: string, message: string): ConditionUpdate => ({
    type,
    status: status ? 'True' : 'False',
    reason,
    message,
  });
  const ready = readiness(counts);
  switch (standing.phase) {
    case 'refused':
      return [
        truth('Admitted', false, standing.reason, standing.message),
        truth('Delivered', isServed(view.claim), standing.reason, standing.message),
        ready,
      ];
    case 'waiting':
      return [
        truth('Admitted', true, 'Admitted', 'the pool will serve the claim'),
        // a claim that was served once and replaces a lost container stays Delivered; its counts tell the rest
        truth('Delivered', isServed(view.claim), 'Waiting', standing.message),
        ready,
      ];
    case 'delivering': {
      const all = counts.allocated === counts.desired;
      return [
        truth('Admitted', true, 'Admitted', 'the pool will serve the claim'),
        truth(
          'Delivered',
          all || isServed(view.claim),
          all ? 'Delivered' : 'Delivering',
          `${counts.allocated} of ${counts.desired} containers delivered`,
        ),
        ready,
      ];
    }
    case 'settled':
      return [
        truth('Admitted', true, 'Admitted', 'the pool will serve the claim'),
        truth('Delivered', true, 'Partial', standing.message),
        ...(standing.reason === 'DeadlineExceeded' ? [truth('TimedOut', true, standing.reason, standing.message)] : []),
        // it will not get more: ready when all that it has is
        readiness({ ...counts, desired: counts.allocated }),
      ];
    case 'finished':
      return [
        ...(standing.reason === 'DeadlineExceeded' ? [truth('TimedOut', true, standing.reason, standing.message)] : []),
        ...(standing.reason === 'LifetimeEnded' ? [] : [truth('Delivered', false, standing.reason, standing.message)]),
        truth('Ready', false, standing.reason, standing.message),
        truth('Finished', true, standing.reason, standing.message),
      ];
  }
}

function readiness({ desired, allocated, configured, ready }: Counts): ConditionUpdate {
  if (ready === desired)
    return { type: 'Ready', status: 'True', reason: 'AllReady', message: `${ready} of ${desired} containers ready` };
  const reason = allocated < desired ? 'NotAllocated' : configured < desired ? 'NotConfigured' : 'NotReady';
  return {
    type: 'Ready',
    status: 'False',
    reason,
    message: `of ${desired} containers ${allocated} allocated, ${configured} configured, ${ready} ready`,
  };
}
