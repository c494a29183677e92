/** What a claim's status says, as a pure function of its plan and of what it has. */
import type { ContainerClaim, ContainerClaimStatus } from '../api/container-claim.js';
import type { Pod } from '../api/kubernetes.js';
import type { Condition } from '../api/meta/metadata.js';
import { labels } from '../api/names.js';
import { endingOf, failedStages, isReady, mainStatus, passedStages, type Refusal, restartsOf } from '../line/index.js';
import { type ConditionUpdate, isTrue, setCondition } from '../runtime/index.js';
import { type Instant, instantOf, timestamp } from '../support/time.js';
import { formatIndexes } from './completed-indexes.js';
import { degradedDraft } from './degraded.js';
import { type Holding, isConfigured, type Ledger, lastDelivery, servedSlots, type Succeeded } from './ledger.js';
import { exitCodeOfLast, retriesOf, totalFailures } from './retry.js';
import { isServed, isSettled, type Standing } from './standing.js';
import { releasedOf } from './released.js';
import { slotsOf } from './slots.js';

export interface StatusView {
  readonly claim: ContainerClaim;
  readonly ledger: Ledger;
  readonly standing: Standing;
  /** The hooks that are for one of its containers: names of notify stages. */
  readonly hooksOf: (pod: Pod) => readonly string[];
  readonly expiresAt: Instant | undefined;
  /** How many slots were filled anew since the last status, of a claim that was delivered before. */
  readonly replaced: number;
  /** Containers that could not be deleted, or changed. */
  readonly refusals: readonly Refusal[];
  readonly now: Instant;
}

export function claimStatus(view: StatusView): ContainerClaimStatus {
  const { claim, ledger, expiresAt } = view;
  const before = claim.status;
  // of a claim that has ended, what could not be deleted is still there
  const held = view.standing.phase === 'finished' ? ledger.refused : ledger.held;
  const had = countsOf(held, ledger);
  // a number that was given away counts again where a leader that did not know of that has filled it
  const desired = servedSlots(ledger) + ledger.missing.length + ledger.forgone.length;
  const counts = {
    desired,
    forgone: ledger.forgone.length,
    ...had,
    failed: Math.max(before?.failed ?? 0, totalFailures(ledger)),
  };
  const { forgone: _, ...told } = counts;
  const said = conditions(view, counts);
  // none is left to tell where a migration has taken them all meanwhile
  const delivered = isTrue(said, 'Delivered') ? (lastDelivery(ledger) ?? timestamp(view.now)) : undefined;
  return {
    observedGeneration: claim.metadata.generation ?? 1,
    ...told,
    ...completionOf(view),
    ...restarted(view),
    replaced: (before?.replaced ?? 0) + view.replaced,
    items: itemCounts(claim, [...held, ...ledger.succeeded], ledger),
    ...(before?.stages && { stages: before.stages }),
    ...defined('readyAt', before?.readyAt ?? (isAllReady(counts) ? timestamp(view.now) : undefined)),
    ...(view.standing.phase === 'waiting' && view.standing.queue ? { queue: view.standing.queue } : {}),
    ...defined('deliveredAt', before?.deliveredAt ?? delivered),
    ...defined(
      'expiresAt',
      before?.expiresAt ?? (expiresAt !== undefined && counts.allocated > 0 ? timestamp(expiresAt) : undefined),
    ),
    selector: `${labels.claim}=${claim.metadata.name}`,
    conditions: said,
  };
}

/** What is there still of a claim that is being deleted: what could not be deleted itself. */
export function endingStatus(claim: ContainerClaim, ledger: Ledger): Partial<ContainerClaimStatus> {
  const { refused, succeeded } = ledger;
  return { ...countsOf(refused, ledger), items: itemCounts(claim, [...refused, ...succeeded], ledger) };
}

/** @param held the containers whose work is not done */
function countsOf(held: readonly Holding[], { succeeded }: Ledger) {
  const configured = held.filter(isConfigured);
  return {
    // what has succeeded keeps its slot
    allocated: held.length + succeeded.length,
    configured: configured.length + succeeded.length,
    ready: configured.filter(({ pod }) => isReady(pod)).length,
    active: held.length,
    succeeded: succeeded.length,
  };
}

const defined = <Name extends string>(name: Name, value: string | undefined) =>
  value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: string });

/** What must be known of work that has ended when its pods are gone. */
function completionOf({ claim, ledger, standing }: StatusView): Partial<ContainerClaimStatus> {
  const retries = standing.phase === 'finished' ? [] : retriesOf(ledger);
  const has = [...ledger.held, ...ledger.succeeded, ...ledger.backingOff].map(({ slot }) => slot.index);
  const granted = standing.phase === 'settled' ? (formatIndexes(has) ?? '') : undefined;
  const lastExitCode = exitCodeOfLast(ledger) ?? claim.status?.lastExitCode;
  return {
    ...defined('grantedIndexes', claim.status?.grantedIndexes ?? granted),
    ...(lastExitCode !== undefined && totalFailures(ledger) > 0 && { lastExitCode }),
    ...defined('completedIndexes', formatIndexes(ledger.succeeded.map(({ slot }) => slot.index))),
    ...(retries.length > 0 && { retries }),
  };
}

/** Restarts by kubelets, of the containers that are there. */
function restarted({ ledger }: StatusView): Partial<ContainerClaimStatus> {
  const pods = [...ledger.held, ...ledger.succeeded, ...ledger.failed].flatMap(({ pod }) => pod ?? []);
  const count = pods.reduce((sum, pod) => sum + restartsOf(pod), 0);
  if (count === 0) return {};
  const [last] = pods.flatMap((pod) => lastRestart(pod) ?? []).sort((a, b) => b.at - a.at);
  return { restarts: { count, ...defined('lastReason', last?.why) } };
}

function lastRestart(pod: Pod): { readonly at: Instant; readonly why: string } | undefined {
  const end = restartsOf(pod) > 0 ? mainStatus(pod)?.lastState?.terminated : undefined;
  if (!end) return undefined;
  const why = `pod ${pod.metadata.name}: ${end.reason ?? 'Error'}, exit code ${end.exitCode}`;
  return { at: instantOf(end.finishedAt) ?? 0, why };
}

function itemCounts(claim: ContainerClaim, held: readonly Succeeded[], ledger: Ledger) {
  const filled = new Set([...ledger.held, ...ledger.succeeded].map(({ slot }) => slot.index));
  const released = [...releasedOf(claim)].filter((number) => !filled.has(number));
  const given = released.length === 0 ? [] : slotsOf(claim).filter(({ index }) => released.includes(index));
  const counts = claim.spec.items.map((item, position) => ({
    item: item.name ?? String(position),
    desired: item.count - given.filter((slot) => slot.item === item).length,
    delivered: 0,
    ready: 0,
  }));
  const places = new Map(claim.spec.items.map((item, position) => [item, position]));
  for (const holding of held) {
    const count = counts[places.get(holding.slot.item) ?? -1];
    if (!count) continue;
    count.delivered++;
    const { pod, slot } = holding;
    if (pod && endingOf(pod) === undefined && isReady(pod) && isConfigured({ pod, slot })) count.ready++;
  }
  return counts;
}

const isAllReady = ({ allocated, ready, succeeded }: Counts): boolean =>
  allocated > 0 && ready + succeeded === allocated;

interface Counts {
  readonly desired: number;
  /** Of these, those that the claim gave up. */
  readonly forgone: number;
  readonly allocated: number;
  readonly configured: number;
  readonly ready: number;
  readonly succeeded: number;
}

function conditions(view: StatusView, counts: Counts): readonly Condition[] {
  const observedGeneration = view.claim.metadata.generation ?? 1;
  const said = view.claim.status?.conditions;
  return [...drafts(view, counts), ...hookDraft(view), ...degradedDraft(said, view.refusals)].reduce<
    readonly Condition[]
  >((all, draft) => setCondition(all, { ...draft, observedGeneration }, view.now), said ?? []);
}

const truth = (type: string, status: boolean, reason: string, message: string): ConditionUpdate => ({
  type,
  status: status ? 'True' : 'False',
  reason,
  message,
});

function drafts(view: StatusView, counts: Counts): readonly ConditionUpdate[] {
  const { standing } = view;
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
    case 'undecided':
      return [];
    case 'delivering': {
      const all = counts.allocated === counts.desired - counts.forgone;
      const whole = isSettled(view.claim) ? 'Partial' : 'Delivered';
      return [
        truth('Admitted', true, 'Admitted', 'the pool will serve the claim'),
        truth(
          'Delivered',
          all || isServed(view.claim),
          all ? whole : 'Delivering',
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
        readiness({ ...counts, forgone: counts.desired - counts.allocated }),
      ];
    case 'finished':
      return finishedDrafts(standing);
  }
}

function finishedDrafts({ reason, message }: Standing & { readonly phase: 'finished' }): readonly ConditionUpdate[] {
  const end = [truth('Ready', false, reason, message), truth('Finished', true, reason, message)];
  switch (reason) {
    case 'Complete':
    case 'BackoffLimitExceeded':
      return [
        // work can be done before anybody has said that it was delivered
        truth('Admitted', true, 'Admitted', 'the pool will serve the claim'),
        truth('Delivered', true, reason, message),
        // a Job's conditions, for `kubectl wait`
        truth(reason === 'Complete' ? 'Complete' : 'Failed', true, reason, message),
        ...end,
      ];
    case 'LifetimeEnded':
      return end;
    case 'DeadlineExceeded':
      return [truth('TimedOut', true, reason, message), truth('Delivered', false, reason, message), ...end];
    case 'StockEmpty':
      return [truth('Delivered', false, reason, message), ...end];
  }
}

/** Of what has succeeded nobody expects that it is ready. */
function readiness({ desired: asked, forgone, allocated, configured, ready, succeeded }: Counts): ConditionUpdate {
  const desired = asked - forgone;
  const done = succeeded === 0 ? '' : `, ${succeeded} succeeded`;
  if (ready + succeeded === desired)
    return {
      type: 'Ready',
      status: 'True',
      reason: 'AllReady',
      message: `${ready} of ${desired} containers ready${done}`,
    };
  const reason = allocated < desired ? 'NotAllocated' : configured < desired ? 'NotConfigured' : 'NotReady';
  return {
    type: 'Ready',
    status: 'False',
    reason,
    message: `of ${desired} containers ${allocated} allocated, ${configured} configured, ${ready} ready${done}`,
  };
}

/** A claim that has finished waits for no hook any more. */
function unheard({ status }: ContainerClaim): readonly ConditionUpdate[] {
  if (!status?.conditions?.some(({ type, reason }) => type === 'Notified' && reason === 'Notifying')) return [];
  const message = 'the claim finished before all hooks were done';
  return [{ type: 'Notified', status: 'False', reason: 'Finished', message }];
}

/** What has come of the hooks; nothing where there are none. */
function hookDraft({ claim, hooksOf, ledger, standing }: StatusView): readonly ConditionUpdate[] {
  const pods = ledger.held.map(({ pod }) => ({
    name: pod.metadata.name,
    hooks: hooksOf(pod),
    failed: failedStages(pod),
    passed: passedStages(pod),
  }));
  const names = [...new Set(pods.flatMap(({ hooks }) => hooks))];
  if (standing.phase === 'finished') return unheard(claim);
  if (names.length === 0) return [];
  const of = pods.length;
  for (const hook of names) {
    const failing = pods.filter(({ hooks, failed }) => hooks.includes(hook) && failed[hook] !== undefined);
    const [first] = failing;
    if (!first) continue;
    const message = `hook ${hook} failed for ${failing.length} of ${of} containers, such as ${first.name}: ${first.failed[hook]}`;
    return [{ type: 'Notified', status: 'False', reason: 'HookFailed', message }];
  }
  const done = pods.filter(({ hooks, passed }) => hooks.every((hook) => passed.has(hook))).length;
  const message = `the hooks of ${done} of ${of} containers are done: ${names.join(', ')}`;
  return [
    done === of
      ? { type: 'Notified', status: 'True', reason: 'HooksDone', message }
      : { type: 'Notified', status: 'False', reason: 'Notifying', message },
  ];
}
