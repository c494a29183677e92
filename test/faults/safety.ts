/** What must hold at every moment of a run, checked on its history, version by version. */
import type { ContainerClaim } from '../../src/api/container-claim.js';
import type { ContainerPool } from '../../src/api/container-pool.js';
import type { Pod } from '../../src/api/kubernetes.js';
import { evictionRequestOf } from '../../src/api/eviction-request.js';
import { controllerOf } from '../../src/api/meta/kind.js';
import { annotations, labels, states } from '../../src/api/names.js';
import { isTrue } from '../../src/runtime/conditions.js';
import { type Duration, type Instant, instantOf, parseDuration, second } from '../../src/support/time.js';
import { canonicalJson } from '../../src/support/digest.js';
import { foreignOf } from './foreign.js';
import type { Happening } from './history.js';
import type { Journal } from './journal.js';
import type { Latches } from './latches.js';
import type { Mix } from './mix.js';
import { hasItsImage, hasItsSize, lackOf, promisedAt } from './promise.js';
import { type Violation, violation } from './violation.js';
import { exitCodeOf, recordedIn } from './work.js';

const stateOf = (pod: Pod) => pod.metadata.labels?.[labels.state];
const claimUidOf = (pod: Pod) => pod.metadata.annotations?.[annotations.claimUid];
const indexOf = (pod: Pod) => pod.metadata.annotations?.[annotations.index];
const placeOf = (pod: Pod) => `${claimUidOf(pod)}/${indexOf(pod)}`;
const isEnding = (pod: Pod) => pod.metadata.deletionTimestamp !== undefined;
export const isOver = (pod: Pod) => pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';

/** What may come after each state; first of all a container is in stock or on the way there, or made for a claim. */
const follows: Readonly<Record<string, readonly string[]>> = {
  '': [states.producing, states.stocked, states.delivered],
  [states.producing]: [states.stocked],
  [states.stocked]: [states.delivered],
  [states.delivered]: [states.returned],
  [states.returned]: [states.kept],
  [states.kept]: [states.delivered],
};

/** @param wasDenied whether the pod of this name could not be deleted, before all faults were over */
export function checkSafety(
  happenings: readonly Happening[],
  journal: Journal,
  latches: Latches,
  mix: Mix,
  wasDenied: (pod: string) => boolean,
): readonly Violation[] {
  const check = new SafetyCheck(journal, latches, mix, wasDenied);
  for (const happening of happenings) check.see(happening);
  return check.violations;
}

class SafetyCheck {
  readonly violations: Violation[] = [];
  readonly #pods = new Map<string, Pod>();
  /** By claim and number: when a container was last lost. */
  readonly #lostAt = new Map<string, Instant>();
  /** By claim and number: when work was done that is known to be done. */
  readonly #doneAt = new Map<string, Instant>();
  /** By claim: how often its work has failed. */
  readonly #failures = new Map<string, number>();
  /** Claims and numbers of which the claim's status has said that they are done. */
  readonly #recorded = new Set<string>();
  readonly #livingClaims = new Map<string, ContainerClaim>();
  /** Also those that are gone: what was promised does not change with that. */
  readonly #claims = new Map<string, ContainerClaim>();
  readonly #pools = new Map<string, ContainerPool>();
  readonly #handedOverBy: ReadonlyMap<string, string>;

  /** By uid: the tenant of the first claim that had the container; empty for one without. */
  readonly #served = new Map<string, string>();

  constructor(
    private readonly journal: Journal,
    private readonly latches: Latches,
    private readonly mix: Mix,
    private readonly wasDenied: (pod: string) => boolean,
  ) {
    this.#handedOverBy = new Map(
      journal.entries.flatMap(({ version, kind, actor }) =>
        version === undefined || kind !== 'Pod' ? [] : [[version, actor]],
      ),
    );
  }

  see(happening: Happening): void {
    const { uid } = happening.object.metadata;
    const gone = happening.type === 'DELETED';
    switch (happening.of) {
      case 'claim':
        this.#claims.set(uid, happening.object);
        for (const number of recordedIn(happening.object)) this.#recorded.add(`${uid}/${number}`);
        return keep(this.#livingClaims, uid, happening.object, gone);
      case 'pool':
        return keep(this.#pools, uid, happening.object, gone);
      case 'pod': {
        const before = this.#pods.get(uid);
        const pod = happening.object;
        if (!gone) this.#change(before, pod, happening.at);
        this.#work(before, pod, gone, happening.at);
        if (before && !isOver(before) && isOver(pod)) this.#lostAt.set(placeOf(before), happening.at);
        if (before && !isEnding(before) && (gone || isEnding(pod))) {
          this.#removal(before, happening.at);
          this.#lostAt.set(placeOf(before), happening.at);
        }
        return keep(this.#pods, uid, pod, gone);
      }
    }
  }

  #fail(rule: string, pod: Pod, what: string): void {
    const { name } = pod.metadata;
    const claim = pod.metadata.labels?.[labels.claim];
    this.violations.push(violation(rule, `pod ${name} ${what}`, name, ...(claim === undefined ? [] : [claim])));
  }

  #change(before: Pod | undefined, pod: Pod, at: Instant): void {
    const [was, is] = [before && stateOf(before), stateOf(pod)];
    if (was !== is && !(follows[was ?? ''] ?? []).includes(is ?? ''))
      this.#fail('never handed over again', pod, `was ${was ?? 'not there'} and is ${is}`);
    if (is === states.producing && pod.metadata.annotations?.[annotations.line] === undefined)
      this.#fail('no write for nothing', pod, 'has to be put into stock, and no line of its pool asks for that');
    if (was === states.delivered && is === states.returned) this.#givenBack(before, pod, at);
    if (is === states.kept && was === states.returned && this.latches.isDirty(pod, at))
      this.#fail('clean when kept', pod, 'is kept for its tenant, and its latch has not cleaned it yet');
    if (before && canonicalJson(foreignOf(before)) !== canonicalJson(foreignOf(pod)))
      this.#fail('others untouched', pod, "has a container of others' that was changed");
    const [owner, later] = [before && claimUidOf(before), claimUidOf(pod)];
    if (owner !== undefined && owner !== later && is !== states.returned && !isMoved(before, pod))
      this.#fail('one claim only', pod, `belonged to claim ${owner} and now to ${later}`);
    if (is === states.delivered) this.#delivered(before, pod, at);
    else if (controllerOf(pod)?.kind !== 'ContainerPool') this.#fail('owned', pod, 'is in stock, but no pool owns it');
  }

  /** Only where the pool uses containers again, and nobody has a claim to it any more. */
  #givenBack(before: Pod | undefined, pod: Pod, at: Instant): void {
    if (pod.metadata.annotations?.[annotations.reuse] === undefined)
      this.#fail('used again only where allowed', pod, 'came back, and its pool uses nothing again');
    if (foreignOf(pod).length > 0)
      this.#fail('used again only where allowed', pod, "came back, and a container of others' has seen its claim");
    const claim = this.#livingClaims.get((before && claimUidOf(before)) ?? '');
    if (isMoved(before, pod)) return;
    if (claim && claim.metadata.deletionTimestamp === undefined && !this.#hasEnded(claim, at))
      this.#fail('never taken away', pod, `was taken back, though claim ${claim.metadata.name} holds it`);
  }

  /** What is done is not done again. */
  #doneBefore(pod: Pod, at: Instant): void {
    const done = this.#doneAt.get(placeOf(pod));
    // a leader whose view is behind may have begun to hand it over before it could know
    if (done !== undefined && at - done > this.#underWay + this.mix.lag)
      this.#fail('done once', pod, `is handed over for number ${indexOf(pod)}, whose work was done before`);
  }

  /** Work is done once its claim says so, or as long as its container is there to show it. */
  #work(before: Pod | undefined, pod: Pod, gone: boolean, at: Instant): void {
    const code = exitCodeOf(pod);
    if (code === undefined || stateOf(pod) !== states.delivered) return;
    const claim = claimUidOf(pod) ?? '';
    if (code !== 0) {
      if (!before || exitCodeOf(before) === undefined) this.#failures.set(claim, 1 + (this.#failures.get(claim) ?? 0));
      return;
    }
    const place = placeOf(pod);
    const recorded = this.#recorded.has(place);
    if (gone || isEnding(pod)) {
      if (!recorded && (before === undefined || !isEnding(before))) this.#doneAt.delete(place);
    } else if (!this.#doneAt.has(place)) this.#doneAt.set(place, at);
  }

  #delivered(before: Pod | undefined, pod: Pod, at: Instant): void {
    const claim = this.#claims.get(claimUidOf(pod) ?? '');
    if (!claim) return this.#fail('owned', pod, `is delivered to ${claimUidOf(pod)}, a claim that there never was`);
    if (controllerOf(pod)?.uid !== claim.metadata.uid || pod.metadata.ownerReferences?.length !== 1)
      this.#fail('owned', pod, 'is delivered, but its claim is not its only owner');
    if (pod.metadata.labels?.[labels.claim] !== claim.metadata.name)
      this.#fail('owned', pod, `is delivered, but labelled with claim ${pod.metadata.labels?.[labels.claim]}`);
    const lack = lackOf(pod, claim);
    if (lack !== undefined) this.#fail('configured as promised', pod, lack);
    const tenant = claim.spec.tenant ?? '';
    const served = this.#served.get(pod.metadata.uid) ?? tenant;
    this.#served.set(pod.metadata.uid, served);
    if (served !== tenant)
      this.#fail('tenants apart', pod, `served tenant '${served}' and is delivered to '${tenant}'`);
    const handedOver = !before || stateOf(before) !== states.delivered || claimUidOf(before) !== claimUidOf(pod);
    if (handedOver && before && stateOf(before) === states.kept && tenant === '')
      this.#fail('tenants apart', pod, 'was kept for a tenant and is delivered to a claim without one');
    if (handedOver) {
      this.#doneBefore(pod, at);
      return this.#term(pod);
    }
    if (indexOf(before) === indexOf(pod)) return;
    const [from, to] = [before, pod].map((one) => promisedAt(claim, Number(indexOf(one)))?.name);
    if (from !== to) this.#fail('keeps its item', pod, `was for item ${from} and is for item ${to}`);
  }

  /** For so long a call may be on its way: late ones, and those of a process that stands still, come when all has changed. */
  get #underWay(): Duration {
    return this.mix.late > 0 || this.mix.pauses < Infinity ? 20 * second : second;
  }

  /** Replicas settle by the term who of two stays: a wrong one would let them disagree. */
  #term(pod: Pod): void {
    const actor = this.#handedOverBy.get(pod.metadata.resourceVersion);
    const held = this.journal.terms.get(actor ?? '');
    const term = Number(pod.metadata.annotations?.[annotations.term]);
    if (held && !held.has(term)) this.#fail('true terms', pod, `carries term ${term}, which ${actor} never held`);
  }

  /** The operator ends what is delivered only for a reason that holds at that moment. */
  #removal(pod: Pod, at: Instant): void {
    const remover = this.journal.removers.get(pod.metadata.uid);
    if (remover === undefined || stateOf(pod) !== states.delivered) return;
    const claim = this.#livingClaims.get(claimUidOf(pod) ?? '');
    if (exitCodeOf(pod) !== undefined && claim && claim.metadata.deletionTimestamp === undefined)
      this.#fail('never taken away', pod, `had ended, and was deleted by ${remover} with its log`);
    if (isOver(pod)) return;
    if (!claim || claim.metadata.deletionTimestamp !== undefined || this.#hasEnded(claim, at)) return;
    if (pod.status?.conditions?.some(({ type, status }) => type === 'PodResizePending' && status === 'True')) return;
    // that it goes was decided when its deletion was denied first: its number has been filled anew since, where that could be
    if (this.wasDenied(pod.metadata.name)) return;
    // another has done its work
    if (this.#doneAt.has(placeOf(pod)) || this.#recorded.has(placeOf(pod))) return;
    if (evictionRequestOf(pod)) return this.#replacedFirst(pod, claim, at);
    // of two with one number the other one was there when that was looked up, and went before this one did
    if (this.#hasTwin(pod) || at - (this.#lostAt.get(placeOf(pod)) ?? -Infinity) < this.#underWay) return;
    this.#fail('never taken away', pod, `was deleted by ${remover}, though claim ${claim.metadata.name} holds it`);
  }

  /** What is asked to go goes when another one serves in its place: the claim has never fewer for it. */
  #replacedFirst(pod: Pod, claim: ContainerClaim, at: Instant): void {
    const item = promisedAt(claim, Number(indexOf(pod)))?.item;
    const serves = (one: Pod) =>
      item === undefined || (isReady(one) && hasItsSize(one, item) && hasItsImage(one, item));
    const twins = this.#twinsOf(pod);
    // one that does not serve, or has not been told of its size, is no loss
    if (twins.some(serves) || (twins.length > 0 && !serves(pod))) return;
    if (at - (this.#lostAt.get(placeOf(pod)) ?? -Infinity) < this.#underWay) return;
    this.#fail(
      'replaced first',
      pod,
      `was asked to go and went, and no other container served as number ${indexOf(pod)}`,
    );
  }

  #hasTwin(pod: Pod): boolean {
    return this.#twinsOf(pod).length > 0;
  }

  #twinsOf(pod: Pod): readonly Pod[] {
    return [...this.#pods.values()].filter(
      (other) =>
        other.metadata.uid !== pod.metadata.uid &&
        claimUidOf(other) === claimUidOf(pod) &&
        indexOf(other) === indexOf(pod) &&
        !isEnding(other) &&
        !isOver(other),
    );
  }

  /**
   * Whether the claim's containers may go: its lifetime is over, its deadline passed before it was served, or it does not
   * wait and was not served: then what it had comes back before its status says so.
   */
  #hasEnded(claim: ContainerClaim, at: Instant): boolean {
    const { conditions, expiresAt } = claim.status ?? {};
    if (isTrue(conditions, 'Finished') || (instantOf(expiresAt) ?? Infinity) <= at) return true;
    if ((this.#failures.get(claim.metadata.uid) ?? 0) > (claim.spec.backoffLimit ?? 6)) return true;
    if (claim.spec.whenEmpty === 'Fail' && !isTrue(conditions, 'Delivered')) return true;
    const created = instantOf(claim.metadata.creationTimestamp) ?? at;
    const deadline = parseDuration(claim.spec.deadline ?? '');
    if (deadline !== undefined && !isTrue(conditions, 'Delivered') && created + deadline <= at) return true;
    const lifetime = parseDuration(claim.spec.lifetime ?? this.#lifetimeBy(claim) ?? '');
    return lifetime !== undefined && created + lifetime <= at;
  }

  /** What its pool gives to claims that state none. */
  #lifetimeBy({ metadata, spec }: ContainerClaim): string | undefined {
    for (const pool of this.#pools.values())
      if (pool.metadata.namespace === metadata.namespace && pool.metadata.name === spec.pool.name)
        return pool.spec.claims.defaultLifetime ?? pool.spec.claims.maxLifetime;
    return undefined;
  }
}

const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;

/** Whether this very change is a migration's. */
const isMoved = (before: Pod | undefined, pod: Pod): boolean => {
  const mark = (one: Pod | undefined) => one?.metadata.annotations?.[annotations.migration];
  return mark(pod) !== undefined && mark(pod) !== mark(before);
};

function keep<T>(map: Map<string, T>, uid: string, object: T, gone: boolean): void {
  if (gone) map.delete(uid);
  else map.set(uid, object);
}
